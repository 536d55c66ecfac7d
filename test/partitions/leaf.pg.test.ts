import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { drive } from '../lifecycle/drive.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startRootWriters } from './root-writers.ts';
import { fill, PARTITIONED_SHAPES, type PartitionedShape } from './shapes.ts';

const SHAPES = PARTITIONED_SHAPES.map((shape) => [shape.name, shape] as const);

interface Bundle {
  readonly database: TestDatabase;
  readonly admin: pg.Client;
  readonly before: string;
  readonly fixed: string[];
  go(fields?: Readonly<Record<string, unknown>>): Promise<void>;
}

async function setup(shape: PartitionedShape, rows = 2_000): Promise<Bundle> {
  const database = await createDatabase();
  const owner = await database.appClient('owner');
  await owner.query(shape.ddl);
  await owner.query(fill(shape, rows));
  await owner.end();
  const admin = await database.client();
  const request = { table: shape.leaf, targetBatchMs: 100, workers: 2 };
  return {
    database,
    admin,
    before: await dumpCatalog(admin),
    fixed: await fixedRows(database),
    async go(fields = {}) {
      await drive({ url: database.urlOf('owner'), request: { ...request, ...fields } });
    },
  };
}

/** Rows that no writer touches, with the partition in which each is. */
async function fixedRows(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ row: string }>(
    `SELECT s.tableoid::regclass || s::text AS row FROM public.sales AS s WHERE id < 1000000 ORDER BY 1`,
  );
  return rows.map(({ row }) => row);
}

async function expectNothingOfOurs(database: TestDatabase): Promise<void> {
  const left = await database.query(`
    SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'shadowstep\\_%'
    UNION ALL SELECT tgname FROM pg_trigger WHERE tgname LIKE 'shadowstep%'
    UNION ALL SELECT conname FROM pg_constraint WHERE conname LIKE 'shadowstep\\_%' AND connamespace = 'public'::regnamespace`);
  expect(left).toEqual([]);
}

async function expectRows(bundle: Bundle, writers: Awaited<ReturnType<typeof startRootWriters>>): Promise<void> {
  const { errors, rows, statements } = await writers.stop();
  expect(errors).toEqual([]);
  expect(statements).toBeGreaterThan(50);
  const found = await bundle.database.query<{ id: string; at: string; region: string; note: string }>(
    `SELECT id::text, at::text, region, note FROM public.sales WHERE id >= 1000000 ORDER BY id`,
  );
  const must = [...rows].sort(([one], [other]) => one - other).map(([id, entry]) => ({ id: String(id), ...entry }));
  expect(found).toEqual(must);
  expect(await fixedRows(bundle.database)).toEqual(bundle.fixed);
}

describe.each(SHAPES)('a partition repacked in place, %s', (_, shape) => {
  it('is the same partition afterwards, a table of another OID', async () => {
    const bundle = await setup(shape);
    const [before] = await bundle.database.query(`SELECT '${shape.leaf}'::regclass::oid AS oid`);
    await bundle.go();
    const [after] = await bundle.database.query(`SELECT '${shape.leaf}'::regclass::oid AS oid`);
    expect(after).not.toEqual(before);
    expectSameCatalog(bundle.before, await dumpCatalog(bundle.admin));
    expect(await fixedRows(bundle.database)).toEqual(bundle.fixed);
    await expectNothingOfOurs(bundle.database);
  });

  it('loses nothing of writers that know the root only, in a run and a revert and a run to the end', async () => {
    const bundle = await setup(shape);
    const writers = await startRootWriters(bundle.database, shape);
    await writers.progressed(50);
    await bundle.go({ stopAfter: 'SWAP' });
    await writers.progressed(100);
    await bundle.go({ action: 'revert' });
    expectSameCatalog(bundle.before, await dumpCatalog(bundle.admin));
    await writers.progressed(50);
    await bundle.go();
    await writers.progressed(50);
    await expectRows(bundle, writers);
    expectSameCatalog(bundle.before, await dumpCatalog(bundle.admin));
    await expectNothingOfOurs(bundle.database);
  });

  it('is as it was after a reset', async () => {
    const bundle = await setup(shape, 300);
    const writers = await startRootWriters(bundle.database, shape, 2);
    await bundle.go({ stopAfter: 'POST_SYNC_UPDATE' });
    await writers.progressed(20);
    await bundle.go({ action: 'reset' });
    await writers.progressed(20);
    await expectRows(bundle, writers);
    expectSameCatalog(bundle.before, await dumpCatalog(bundle.admin));
    await expectNothingOfOurs(bundle.database);
  });
});
