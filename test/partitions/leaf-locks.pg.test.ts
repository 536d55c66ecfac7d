import { describe, expect, it } from 'vitest';
import { drive } from '../lifecycle/drive.ts';
import { pidOf, untilOlderThanAMoment } from '../locks/holders.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase } from '../support/database.ts';
import { fill, PARTITIONED_SHAPES, type PartitionedShape } from './shapes.ts';

async function setup(shape: PartitionedShape) {
  const database = await createDatabase();
  const owner = await database.appClient('owner');
  await owner.query(shape.ddl);
  await owner.query(fill(shape, 200));
  const request = { table: shape.leaf, workers: 1 };
  const go = (fields: Readonly<Record<string, unknown>> = {}) =>
    drive({ url: database.urlOf('owner'), request: { ...request, ...fields } });
  return { database, owner, go };
}

const RANGE = PARTITIONED_SHAPES[0] as PartitionedShape;

/** Notes, for each ATTACH PARTITION, the sequential scans of every table of the public schema that it did itself. */
const SCANS_OF_ATTACH = /* sql */ `
  CREATE SCHEMA noted;
  CREATE TABLE noted.scans (of_table text, scans bigint);
  GRANT ALL ON SCHEMA noted TO PUBLIC;
  GRANT ALL ON noted.scans TO PUBLIC;
  CREATE FUNCTION noted.began() RETURNS event_trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM set_config('noted.scans', COALESCE((SELECT jsonb_object_agg(relid::text, seq_scan) FROM pg_stat_xact_user_tables), '{}')::text, true);
  END $$;
  CREATE FUNCTION noted.ended() RETURNS event_trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF current_query() LIKE '%ATTACH PARTITION%' THEN
      INSERT INTO noted.scans
      SELECT relname, seq_scan - COALESCE((current_setting('noted.scans')::jsonb ->> relid::text)::bigint, 0)
      FROM pg_stat_xact_user_tables WHERE schemaname = 'public';
    END IF;
  END $$;
  CREATE EVENT TRIGGER noted_began ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION noted.began();
  CREATE EVENT TRIGGER noted_ended ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION noted.ended();`;

describe('under the lock of the swap', () => {
  it.each(PARTITIONED_SHAPES.map((shape) => [shape.name, shape] as const))(
    'ATTACH PARTITION reads no row, in the swap and in the revert: %s',
    async (_, shape) => {
      const { database, go } = await setup(shape);
      await database.query(SCANS_OF_ATTACH);
      await go({ stopAfter: 'SWAP' });
      await go({ action: 'revert' });
      const noted = await database.query<{ of_table: string; scans: string }>(
        `SELECT of_table, sum(scans)::text AS scans FROM noted.scans GROUP BY 1`,
      );
      expect(noted.map((row) => row.of_table)).toContain(shape.leaf.slice('public.'.length));
      expect(noted.filter((row) => row.scans !== '0')).toEqual([]);
    },
  );

  it('names a session that holds the root, and has taken nothing', async () => {
    const { database, go } = await setup(RANGE);
    await go({ stopAfter: 'POST_SYNC_UPDATE' });
    const reader = await database.appClient('app');
    await reader.query(`BEGIN; SELECT count(*) FROM public.sales WHERE at = '2024-05-05'`);
    await untilOlderThanAMoment(database, await pidOf(reader));
    const waits: string[] = [];
    await drive({
      url: database.urlOf('owner'),
      request: { table: RANGE.leaf, workers: 1 },
      async onUnit(_, result) {
        if (result.status === 'wait') {
          waits.push(result.because);
          await reader.query('ROLLBACK');
        }
      },
    });
    expect(waits[0]).toMatch(/AccessShareLock on public\.sales/);
  });
});

describe('the default partition’s check', () => {
  it('goes with a reset in the middle of SWAP', async () => {
    const { database, go } = await setup(RANGE);
    const admin = await database.client();
    const before = await dumpCatalog(admin);
    const stopped = new Error('stopped');
    await expect(
      drive({
        url: database.urlOf('owner'),
        request: { table: RANGE.leaf, workers: 1 },
        onUnit(_, result) {
          if (result.message.includes('is to be checked')) throw stopped;
        },
      }),
    ).rejects.toBe(stopped);
    await database.query(`UPDATE shadowstep.run SET driver_expires_at = now() - interval '1 second'`);
    const [check] = await database.query(
      `SELECT conrelid::regclass::text AS on FROM pg_constraint WHERE conname = 'shadowstep_bound_1'`,
    );
    expect(check).toEqual({ on: 'sales_rest' });
    await go({ action: 'reset' });
    expectSameCatalog(before, await dumpCatalog(admin));
  });

  it('is made again where somebody has dropped it', async () => {
    const { database, owner } = await setup(RANGE);
    const admin = await database.client();
    const before = await dumpCatalog(admin);
    let dropped = false;
    await drive({
      url: database.urlOf('owner'),
      request: { table: RANGE.leaf, workers: 1 },
      async onUnit(_, result) {
        if (!dropped && result.message.includes('validating shadowstep_bound_1')) {
          dropped = true;
          await owner.query('ALTER TABLE public.sales_rest DROP CONSTRAINT shadowstep_bound_1');
        }
      },
    });
    expect(dropped).toBe(true);
    expectSameCatalog(before, await dumpCatalog(admin));
  });
});

describe('a TRUNCATE', () => {
  it('of the root, of the leaf and of a sibling is followed before the swap and after it', async () => {
    const { database, go } = await setup(RANGE);
    const app = await database.appClient('owner');
    const write = async (from: number) => {
      await app.query(
        `INSERT INTO public.sales SELECT i, '2025-02-02'::date + (i % 700)::int, 'eu', 'new' FROM generate_series($1::int, $1 + 99) AS i`,
        [from],
      );
    };
    const rows = () =>
      database.query(`SELECT tableoid::regclass::text AS leaf, s::text AS row FROM public.sales AS s ORDER BY 1, 2`);
    await go({ stopAfter: 'SETUP' });
    await app.query('TRUNCATE public.sales_2024');
    await go({ stopAfter: 'BACKFILL' });
    await app.query('TRUNCATE public.sales');
    await write(1);
    const first = await rows();
    await go({ stopAfter: 'SWAP' });
    expect(await rows()).toEqual(first);
    await app.query('TRUNCATE public.sales_2025');
    await write(1_000);
    const second = await rows();
    await go({ action: 'revert' });
    expect(await rows()).toEqual(second);
    expect(second.length).toBeGreaterThan(50);
  });
});
