import { describe, expect, it } from 'vitest';
import { resolveCapturedKey } from '../../lambdas/engine/capture/key-columns.ts';
import { setMarks } from '../../lambdas/engine/registry/runs.ts';
import { recordedFacts, recordedKey, runObjects } from '../../lambdas/engine/unit-context.ts';
import { resolveRangeKey } from '../../lambdas/engine/verify/key-order.ts';
import { planKeyRanges } from '../../lambdas/engine/verify/key-ranges.ts';
import { verifySlice } from '../../lambdas/engine/verify/verify.ts';
import { COPY, errorOf, ItemRun } from '../engine/item-run.ts';

const SECRET = 'nobody-may-read-this';

async function synced(table?: string): Promise<ItemRun> {
  const run = await ItemRun.create(table === undefined ? {} : { table });
  await run.through('SYNC_SCHEMAS');
  // Past the guard, as a fault of our own would get.
  await run.database.query(`SET shadowstep.own_write = 'on'`);
  return run;
}

/** Ten ranges of ten rows each, and the context of a unit that has time for `slices` of them. */
async function planned(run: ItemRun, slices: number) {
  let looked = 0;
  const ctx = await run.context(() => {
    looked += 1;
    return looked <= 2 * slices ? 60_000 : 0;
  });
  const key = recordedKey(recordedFacts(ctx.run));
  const captured = await resolveCapturedKey(ctx.session, key, ctx.run.sourceOid);
  const rangeKey = await resolveRangeKey(ctx.session, key, captured, ctx.run.sourceOid);
  if (ctx.run.marks.verification_planned !== true) {
    await ctx.session.transaction({}, async (tx) => {
      await planKeyRanges(tx, runObjects(ctx.run), rangeKey, 10);
      await setMarks(tx, ctx.run.runId, { verification_planned: true });
    });
  }
  return { ...ctx, run: { ...ctx.run, marks: { ...ctx.run.marks, verification_planned: true } } };
}

describe('the verifier', () => {
  it('finds what happens to the copy between two slices, in a range that is still open', async () => {
    const run = await synced();
    const ctx = await planned(run, 3);
    expect(await verifySlice(ctx, 0), 'the first slice does not come to the end').toBe(false);
    const open = await run.database.query(
      'SELECT range_no FROM shadowstep_1.shadowstep_verify_range WHERE rows_compared IS NULL',
    );
    expect(open.length).toBeGreaterThan(2);
    expect(open.length).toBeLessThan(10);
    await run.database.query(`DELETE FROM ${COPY} WHERE id = 99`);
    const error = await errorOf(verifySlice({ ...ctx, remainingMs: () => 60_000 }, 0));
    expect(error.name).toBe('VerificationFailedError');
    expect(await run.database.query('SELECT row_keys FROM shadowstep.finding')).toEqual([{ row_keys: [['99']] }]);
    await run.endSessions();
  });

  it('passes no table of whose ranges somebody has taken some away', async () => {
    const run = await synced();
    const ctx = await planned(run, 3);
    expect(await verifySlice(ctx, 0), 'the first slice does not come to the end').toBe(false);
    const ranges = 'shadowstep_1.shadowstep_verify_range';
    const last = `(SELECT max(range_no) FROM ${ranges})`;
    for (const taken of ['range_no = 1', 'range_no = 5', `range_no = ${last}`, 'rows_compared IS NULL', 'true']) {
      await run.database.query(`CREATE TABLE public.taken AS SELECT * FROM ${ranges} WHERE ${taken}`);
      await run.database.query(`DELETE FROM ${ranges} WHERE range_no IN (SELECT range_no FROM public.taken)`);
      const error = await errorOf(verifySlice({ ...ctx, remainingMs: () => 60_000 }, 0));
      expect([taken, error.name]).toEqual([taken, 'RegistryChangedError']);
      await run.database.query(`INSERT INTO ${ranges} SELECT * FROM public.taken`);
      await run.database.query('DROP TABLE public.taken');
    }
    expect(await verifySlice({ ...ctx, remainingMs: () => 60_000 }, 0)).toBe(true);
    await run.endSessions();
  });

  it('takes a value that is only stored in another way for the same', async () => {
    const run = await synced(`
      CREATE TABLE public.item (id bigint PRIMARY KEY, wide text, wider text);
      ALTER TABLE public.item ALTER wide SET STORAGE EXTERNAL, ALTER wider SET STORAGE EXTENDED;
      INSERT INTO public.item SELECT i, repeat('w', 9000), repeat('v', 900000) FROM generate_series(1, 5) AS i;`);
    await run.database.query(`
      CREATE TEMP TABLE plain (id bigint, wide text, wider text);
      ALTER TABLE plain ALTER wide SET STORAGE EXTENDED, ALTER wider SET STORAGE EXTERNAL;
      INSERT INTO plain SELECT id, wide || '', wider || '' FROM public.item;
      DELETE FROM ${COPY};
      INSERT INTO ${COPY} SELECT * FROM plain`);
    const stored = (table: string) =>
      run.database.query(`SELECT pg_column_size(wide) AS a, pg_column_size(wider) AS b FROM ${table} WHERE id = 1`);
    expect(await stored(COPY), 'stored in another way').not.toEqual(await stored('public.item'));
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.database.query('SELECT FROM shadowstep.finding')).toEqual([]);
  });

  it('finds a row that is there twice, where somebody has dropped the index that forbids it', async () => {
    const run = await synced();
    const ctx = await planned(run, 100);
    await run.database.query(`ALTER TABLE ${COPY} DROP CONSTRAINT item_pkey, DROP CONSTRAINT item_code_key`);
    await run.database.query(`INSERT INTO ${COPY} SELECT * FROM ${COPY} WHERE id = 7`);
    expect((await errorOf(verifySlice(ctx, 0))).name).toBe('VerificationFailedError');
    expect(await run.database.query('SELECT row_count::int AS rows, row_keys FROM shadowstep.finding')).toEqual([
      { rows: 1, row_keys: [['7']] },
    ]);
    await run.endSessions();
  });

  it.each([
    ['an empty table', 'DELETE FROM public.item'],
    ['a table of one row', 'DELETE FROM public.item WHERE id > 1'],
  ])('passes %s', async (_what, sql) => {
    const run = await ItemRun.create();
    await run.database.query(sql);
    const rows = await run.rows();
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toEqual(rows);
  });

  it('tells nobody a value or a key but the finding (I-13), and lets the run through after a reset', async () => {
    const run = await synced(`
      CREATE TABLE public.item (id text PRIMARY KEY, note text);
      INSERT INTO public.item SELECT '${SECRET}-' || i, '${SECRET}' FROM generate_series(1, 100) AS i;`);
    const before = await run.rows();
    await run.database.query(`UPDATE ${COPY} SET note = '${SECRET}!' WHERE id = '${SECRET}-7'`);
    const error = await errorOf(run.drive());
    expect(error.name).toBe('VerificationFailedError');
    const told = await run.database.query(`
      SELECT r::text AS line FROM shadowstep.run AS r UNION ALL SELECT e::text FROM shadowstep.event AS e
      UNION ALL SELECT s::text FROM shadowstep.stage AS s UNION ALL SELECT d::text FROM shadowstep.detached_statement AS d`);
    expect(`${error.message}${error.stack}${JSON.stringify(told)}`).not.toContain(SECRET);
    const findings = 'SELECT row_keys FROM shadowstep.finding';
    expect(await run.database.query(findings)).toEqual([{ row_keys: [[`${SECRET}-7`]] }]);
    expect(await run.rows(), 'nothing was swapped').toEqual(before);
    await run.drive({ action: 'reset' });
    expect(await run.leftovers()).toEqual([]);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toEqual(before);
    expect(await run.database.query(findings)).toHaveLength(1);
  });

  it('keeps the rows of the copy in the order of the source, so that merging the two reads each block once', async () => {
    // As many as make the planner hash the rows rather than the log, where it may (PG 16+).
    const run = await ItemRun.create({
      table: `
        CREATE TABLE public.item (id bigint PRIMARY KEY, note text);
        INSERT INTO public.item SELECT i, repeat('n', 100) FROM generate_series(1, 6000) AS i; ANALYZE public.item;`,
    });
    await run.through('BACKFILL');
    const order = (table: string) => run.database.query(`SELECT id FROM ${table} ORDER BY ctid`);
    expect(await order(COPY)).toEqual(await order('public.item'));
  });
});
