import { beforeAll, describe, expect, it } from 'vitest';
import { resolveCapturedKey } from '../../lambdas/engine/capture/key-columns.ts';
import { setMarks } from '../../lambdas/engine/registry/runs.ts';
import { recordedFacts, recordedKey, runObjects } from '../../lambdas/engine/unit-context.ts';
import { planPlaceRanges } from '../../lambdas/engine/verify/place-ranges.ts';
import { verifySlice } from '../../lambdas/engine/verify/verify.ts';
import { COPY, errorOf, ItemRun } from '../engine/item-run.ts';

const ROWS = 2_000;
const ROWS_PER_RANGE = 200;
const RANGES = 'shadowstep_1.shadowstep_verify_range';

/** Keys that lie anywhere, in some sixty blocks. */
const TABLE = /* sql */ `
  CREATE TABLE public.item (id uuid PRIMARY KEY, number int UNIQUE, note text);
  INSERT INTO public.item SELECT md5(i::text)::uuid, i, repeat('n', 200) FROM generate_series(1, ${ROWS}) AS i;`;

let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create({ table: TABLE });
  await template.through('SYNC_SCHEMAS');
});

/** What the copy keeps elsewhere than the source does. */
const ELSEWHERE: readonly (readonly [what: string, sql: string])[] = [
  ['in the order of the source', 'SELECT 1'],
  ['changed since, every third', `UPDATE ${COPY} SET note = note WHERE number % 3 = 0`],
  [
    'in no order at all',
    `CREATE TEMP TABLE shuffled AS SELECT * FROM ${COPY} ORDER BY md5(number::text);
     TRUNCATE ${COPY}; INSERT INTO ${COPY} SELECT * FROM shuffled`,
  ],
  [
    'from the last to the first',
    `CREATE TEMP TABLE turned AS SELECT * FROM ${COPY} ORDER BY number DESC;
     TRUNCATE ${COPY}; INSERT INTO ${COPY} SELECT * FROM turned`,
  ],
];

/** A run whose copy keeps its rows so, past the guard, as a fault of our own would. */
async function keptElsewhere(sql: string): Promise<ItemRun> {
  const run = await template.clone();
  await run.database.query(`SET shadowstep.own_write = 'on'`);
  await run.database.query(sql);
  return run;
}

async function planned(run: ItemRun) {
  const ctx = await run.context(() => 60_000);
  const captured = await resolveCapturedKey(ctx.session, recordedKey(recordedFacts(ctx.run)), ctx.run.sourceOid);
  await ctx.session.transaction({}, async (tx) => {
    await planPlaceRanges(tx, runObjects(ctx.run), captured, ctx.request.workers, ROWS_PER_RANGE);
    await setMarks(tx, ctx.run.runId, { verification_planned: true, ranges_by: 'place' });
  });
  return { ...ctx, run: { ...ctx.run, marks: { ...ctx.run.marks, verification_planned: true, ranges_by: 'place' } } };
}

async function compared(run: ItemRun): Promise<number> {
  const [row] = await run.database.query<{ ranges: number; rows: number }>(
    `SELECT count(*)::int AS ranges, sum(rows_compared)::int AS rows FROM ${RANGES}`,
  );
  expect(row?.ranges, 'the ranges are many').toBeGreaterThan(5);
  return row?.rows ?? 0;
}

describe('rows that the copy keeps', () => {
  it.each(ELSEWHERE)('%s are found and held against their like, each once', async (_what, sql) => {
    const run = await keptElsewhere(sql);
    const ctx = await planned(run);
    expect(await verifySlice(ctx, 0)).toBe(true);
    expect(await compared(run)).toBe(ROWS);
    expect(await run.database.query('SELECT FROM shadowstep.finding')).toEqual([]);
    await run.endSessions();
  });

  it.each(ELSEWHERE)('%s are found to differ, to be missing, to be too many', async (_what, sql) => {
    const run = await keptElsewhere(sql);
    const ctx = await planned(run);
    const wrong: string[] = [];
    // In every range of either table, with some luck; each of the three far from the others.
    for (let number = 1; number <= ROWS; number += 101) {
      const [row] = await run.database.query<{ id: string }>('SELECT id FROM public.item WHERE number = $1', [number]);
      wrong.push(row?.id ?? '');
      if (number % 2 === 0) await run.database.query(`DELETE FROM ${COPY} WHERE number = $1`, [number]);
      else await run.database.query(`UPDATE ${COPY} SET note = 'another' WHERE number = $1`, [number]);
      const [extra] = await run.database.query<{ id: string }>(
        `INSERT INTO ${COPY} SELECT gen_random_uuid(), ${ROWS} + $1 RETURNING id`,
        [number],
      );
      wrong.push(extra?.id ?? '');
    }
    expect((await errorOf(verifySlice(ctx, 0))).name).toBe('VerificationFailedError');
    const found = await run.database.query<{ id: string }>(
      `SELECT row_key ->> 0 AS id FROM shadowstep.finding, jsonb_array_elements(row_keys) AS listed(row_key)`,
    );
    expect(found.map((row) => row.id).sort()).toEqual(wrong.sort());
    await run.endSessions();
  });

  it('where the table has grown since the ranges were planned are compared with the last', async () => {
    const run = await keptElsewhere('SELECT 1');
    const ctx = await planned(run);
    for (const table of ['public.item', COPY]) {
      await run.database.query(`
        INSERT INTO ${table} SELECT md5(i::text)::uuid, i, repeat('n', 200) FROM generate_series(${ROWS + 1}, ${ROWS + 500}) AS i`);
    }
    expect(await verifySlice(ctx, 0)).toBe(true);
    expect(await compared(run)).toBe(ROWS + 500);
    await run.endSessions();
  });
});

describe('a range of the source', () => {
  it.each(ELSEWHERE.slice(0, 2))(
    'has most of its rows in the same range of the copy, which keeps them %s',
    async (_what, sql) => {
      const run = await keptElsewhere(sql);
      await planned(run);
      const inRange = (side: string) =>
        `(t.ctid::text::point)[0] >= r.${side}_from AND ((t.ctid::text::point)[0] < r.${side}_to OR r.${side}_to IS NULL)`;
      const [row] = await run.database.query<{ together: number; unmoved: number }>(`
      SELECT count(*) FILTER (WHERE s.range_no = c.range_no)::int AS together,
             (SELECT count(*)::int FROM ${COPY} AS t WHERE t.number % 3 <> 0) AS unmoved
      FROM (SELECT t.id, r.range_no FROM public.item AS t JOIN ${RANGES} AS r ON ${inRange('source')}) AS s
      JOIN (SELECT t.id, r.range_no FROM ${COPY} AS t JOIN ${RANGES} AS r ON ${inRange('copy')}) AS c USING (id)`);
      expect(row?.together).toBeGreaterThan(0.9 * (row?.unmoved ?? 0));
      await run.endSessions();
    },
  );
});
