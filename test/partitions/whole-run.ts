import type pg from 'pg';
import { expect } from 'vitest';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { type DriveOptions, drive } from '../lifecycle/drive.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fill, type PartitionedShape, SMALL_WHOLE } from './shapes.ts';

/** The leaves of `SMALL_WHOLE` in the order of their turn. */
export const SMALL_LEAVES = ['public.sales_2024', 'public.sales_2025'] as const;

export const ROOT = 'public.sales';

/** A partitioned table in a database of its own, rebuilt as a whole. */
export interface WholeRun {
  readonly database: TestDatabase;
  readonly owner: pg.Client;
  readonly admin: pg.Client;
  /** The catalog and the rows, with the partition of each, before anything was done. */
  readonly before: string;
  readonly rowsBefore: readonly string[];
  go(
    fields?: Readonly<Record<string, unknown>>,
    options?: Partial<Omit<DriveOptions, 'url' | 'request'>>,
  ): Promise<UnitResult[]>;
  /** As it is now, in a database of its own. */
  clone(): Promise<WholeRun>;
  /** Rows that no writer touches, with the partition in which each is. */
  rows(): Promise<string[]>;
  /** Of the leaf tables now, by their names. */
  oids(): Promise<Map<string, number>>;
  /** The leaves as the newest whole has them: name, state. */
  leaves(): Promise<string[]>;
  /** Names of what is left of ours beside the registry. */
  leftovers(): Promise<string[]>;
}

export async function setupWhole(shape: PartitionedShape = SMALL_WHOLE, rows = 60): Promise<WholeRun> {
  const database = await createDatabase();
  const owner = await database.appClient('owner');
  await owner.query(shape.ddl);
  await owner.query(fill(shape, rows));
  const admin = await database.client();
  return on(database, owner, admin, await dumpCatalog(admin), await rowsOf(database));
}

/** Rows that no writer touches, with the partition in which each is. */
async function rowsOf(database: TestDatabase): Promise<string[]> {
  return texts(
    database,
    `SELECT s.tableoid::regclass || s::text AS text FROM ${ROOT} AS s WHERE id < 1000000 ORDER BY 1`,
  );
}

async function texts(database: TestDatabase, sql: string): Promise<string[]> {
  return (await database.query<{ text: string }>(sql)).map(({ text }) => text);
}

function on(
  database: TestDatabase,
  owner: pg.Client,
  admin: pg.Client,
  before: string,
  rowsBefore: string[],
): WholeRun {
  return {
    database,
    owner,
    admin,
    before,
    rowsBefore,
    async clone() {
      const copy = await database.clone();
      return on(copy, await copy.appClient('owner'), await copy.client(), before, rowsBefore);
    },
    go: (fields = {}, options = {}) =>
      drive({ url: database.urlOf('owner'), request: { table: ROOT, workers: 1, ...fields }, ...options }),
    rows: () => rowsOf(database),
    async oids() {
      const leaves = await database.query<{ name: string; oid: number }>(`
        SELECT relid::regclass::text AS name, relid::oid::int AS oid FROM pg_partition_tree('${ROOT}') WHERE isleaf`);
      return new Map(leaves.map(({ name, oid }) => [name, oid]));
    },
    leaves: () =>
      texts(
        database,
        `SELECT leaf_schema || '.' || leaf_name || ' ' || state AS text FROM shadowstep.whole_leaf
         WHERE whole_id = (SELECT max(whole_id) FROM shadowstep.whole) ORDER BY place`,
      ),
    leftovers: () =>
      texts(
        database,
        `SELECT nspname::text AS text FROM pg_namespace WHERE nspname LIKE 'shadowstep\\_%'
         UNION ALL SELECT tgname::text FROM pg_trigger WHERE tgname LIKE 'shadowstep%'
         UNION ALL SELECT conname::text FROM pg_constraint
         WHERE conname LIKE 'shadowstep\\_%' AND connamespace = 'public'::regnamespace`,
      ),
  };
}

/** Every leaf is done, rows and catalog are what they were, and nothing of ours is left. */
export async function expectAllDone(run: WholeRun, leaves: readonly string[] = SMALL_LEAVES): Promise<void> {
  expect(await run.leaves()).toEqual(leaves.map((leaf) => `${leaf} done`));
  expect(await run.rows()).toEqual(run.rowsBefore);
  expectSameCatalog(run.before, await dumpCatalog(run.admin));
  expect(await run.leftovers()).toEqual([]);
}
