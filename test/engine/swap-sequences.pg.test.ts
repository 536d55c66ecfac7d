import { beforeAll, describe, expect, it } from 'vitest';
import { pidOf, untilOlderThanAMoment } from '../locks/holders.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { ItemRun, once } from './item-run.ts';

const SERIAL_ITEM = /* sql */ `
  CREATE TABLE public.item (id serial PRIMARY KEY, code text UNIQUE, other serial);
  INSERT INTO public.item (code) SELECT 'c' || i FROM generate_series(1, 100) AS i;
  GRANT USAGE ON SEQUENCE public.item_id_seq, public.item_other_seq TO PUBLIC;`;

const TO_BIGINT = { alter: 'ALTER COLUMN id TYPE bigint' };

/** The exchange: the block, and COMMIT in the same round trip. */
const EXCHANGE = /^SET LOCAL statement_timeout[\s\S]*COMMIT$/;

/** What columns own each sequence, and its type. */
async function sequences(run: ItemRun): Promise<string[]> {
  const rows = await run.database.query<{ line: string }>(/* sql */ `
    SELECT concat_ws(' ', s.oid::regclass, format_type(q.seqtypid, NULL),
                     coalesce(d.refobjid::regclass || '.' || a.attname, 'nobody')) AS line
    FROM pg_class AS s
    JOIN pg_sequence AS q ON q.seqrelid = s.oid
    LEFT JOIN pg_depend AS d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'a'
    LEFT JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE s.oid IN ('public.item_id_seq'::regclass, 'public.item_other_seq'::regclass)
    ORDER BY 1`);
  return rows.map((row) => row.line);
}

const DRIVER = 'test:same';

/** SWAP, unit by unit, until the sequences are released. */
async function untilReleased(run: ItemRun): Promise<void> {
  for (let units = 0; units < 10; units += 1) {
    await run.unit('SWAP', { driver: DRIVER });
    if ((await sequences(run)).every((line) => line.endsWith(' nobody'))) return;
  }
  throw new Error('The sequences were not released');
}

describe('the sequences of serial columns', () => {
  let narrow: ItemRun;
  let wide: ItemRun;

  beforeAll(async () => {
    narrow = await ItemRun.create({ table: SERIAL_ITEM });
    wide = await ItemRun.create({ table: SERIAL_ITEM, request: TO_BIGINT });
    await narrow.through('POST_SYNC_UPDATE');
    await wide.through('POST_SYNC_UPDATE');
  });

  it('do not keep the exchange waiting: a transaction that has called nextval itself goes on beside it', async () => {
    const run = await narrow.clone();
    const writer = await run.database.appClient();
    const observer = once('before', EXCHANGE, () => writer.query(`BEGIN; SELECT nextval('public.item_id_seq')`));
    await run.drive(
      { stopAfter: 'SWAP' },
      {
        observer,
        // The new table's column gets the sequence when the transaction has ended, not before.
        async onUnit(_task, result) {
          if (result.status === 'wait') {
            await writer.query(`INSERT INTO public.item (id, code) VALUES (currval('public.item_id_seq'), 'explicit')`);
            await writer.query('COMMIT');
          }
        },
      },
    );
    const events = await run.database.query(
      `SELECT kind FROM shadowstep.event WHERE kind IN ('swapped', 'wait') ORDER BY event_id`,
    );
    expect(events).toEqual([{ kind: 'swapped' }, { kind: 'wait' }]);
    expect(await run.rows()).toContain('(101,explicit,101)');
    expect(await sequences(run)).toEqual(['item_id_seq integer item.id', 'item_other_seq integer item.other']);
  });

  it('are released only when their users let go, who are named', async () => {
    const run = await narrow.clone();
    const holder = await run.database.appClient();
    await holder.query(`SET application_name = 'importer'; BEGIN; SELECT nextval('public.item_other_seq')`);
    const pid = await pidOf(holder);
    await untilOlderThanAMoment(run.database, pid);
    const waits: string[] = [];
    await run.drive(
      {},
      {
        async onUnit(_task, result) {
          if (result.status === 'wait') {
            waits.push(result.because);
            await holder.query('COMMIT');
          }
        },
      },
    );
    expect(waits).toEqual([expect.stringMatching(`^pid ${pid} \\(importer, .* on public.item_other_seq`)]);
  });

  it('are wide enough at the moment of the exchange: an id beyond int is accepted at once', async () => {
    const run = await wide.clone();
    const writer = await run.database.client();
    let line = '';
    const observer = once('after', EXCHANGE, async () => {
      await writer.query(`SELECT setval('public.item_id_seq', 3000000000)`);
      await writer.query(`INSERT INTO public.item (code) VALUES ('beyond')`);
      line = (await sequences(run)).join();
    });
    await run.drive({}, { observer });
    expect(line).toBe('item_id_seq bigint nobody,item_other_seq integer nobody');
    expect(await run.rows()).toContain('(3000000001,beyond,101)');
    expect(await sequences(run)).toEqual(['item_id_seq bigint item.id', 'item_other_seq integer item.other']);
  });

  it('are as they were after a reset, also when they were released already', async () => {
    const run = await wide.clone();
    const before = await dumpCatalog(await (await ItemRun.create({ table: SERIAL_ITEM })).database.client());
    await untilReleased(run);
    expect(await sequences(run)).toEqual(['item_id_seq bigint nobody', 'item_other_seq integer nobody']);
    await run.drive({ action: 'reset' }, { driver: DRIVER });
    expect(await sequences(run)).toEqual(['item_id_seq integer item.id', 'item_other_seq integer item.other']);
    expectSameCatalog(before, await dumpCatalog(await run.database.client()));
  });

  it('go back with a revert, also one that comes before the new table has got them', async () => {
    const run = await wide.clone();
    const oid = await run.oid();
    await untilReleased(run);
    await run.unit('SWAP', { driver: DRIVER });
    expect(await run.oid()).not.toBe(oid);
    expect(await sequences(run)).toEqual(['item_id_seq bigint nobody', 'item_other_seq integer nobody']);
    await run.drive({ action: 'revert' }, { driver: DRIVER });
    expect(await run.oid()).toBe(oid);
    expect(await sequences(run)).toEqual(['item_id_seq integer item.id', 'item_other_seq integer item.other']);
  });

  it('stay wide after a revert or a reset when they have counted beyond', async () => {
    const run = await wide.clone();
    await untilReleased(run);
    await run.database.query(`SELECT setval('public.item_id_seq', 3000000000)`);
    await run.drive({ action: 'reset' }, { driver: DRIVER });
    expect(await sequences(run)).toEqual(['item_id_seq bigint item.id', 'item_other_seq integer item.other']);
  });

  it('that were altered before their release stop the swap; one that was dropped from a column after it is left alone', async () => {
    const run = await narrow.clone();
    await run.owner.query('ALTER SEQUENCE public.item_other_seq INCREMENT BY 5');
    await expect(run.drive({}, { driver: DRIVER })).rejects.toMatchObject({ name: 'SourceChangedError' });
    await run.owner.query('ALTER SEQUENCE public.item_other_seq INCREMENT BY 1');
    await untilReleased(run);
    await run.owner.query('ALTER SEQUENCE public.item_other_seq OWNED BY public.item.code');
    await run.drive({ action: 'reset' }, { driver: DRIVER });
    expect(await sequences(run)).toEqual(['item_id_seq integer item.id', 'item_other_seq integer item.code']);
  });
});
