import { expect } from 'vitest';
import type { TestDatabase } from './database.ts';

export type RunEnd = 'DONE' | 'REVERTED' | 'RESET';

export async function oidOf(database: TestDatabase, table: string): Promise<number> {
  const [row] = await database.query<{ oid: number }>(`SELECT $1::regclass::oid AS oid`, [table]);
  return row?.oid ?? 0;
}

/** How often the tables of a run change places. */
const EXCHANGES: Readonly<Record<RunEnd, { readonly swapped: number; readonly reverted: number }>> = {
  DONE: { swapped: 1, reverted: 0 },
  REVERTED: { swapped: 1, reverted: 1 },
  RESET: { swapped: 0, reverted: 0 },
};

/**
 * Every run of the database has ended as told, in order, and has said of each exchange that it happened, once; the table
 * is another one than `oidBefore` when one of them was done, else the same.
 */
export async function expectExchanged(
  database: TestDatabase,
  table: string,
  oidBefore: number,
  ends: readonly RunEnd[],
): Promise<void> {
  const runs = await database.query(/* sql */ `
    SELECT stage, (SELECT count(*)::int FROM shadowstep.event AS v WHERE v.run_id = r.run_id AND kind = 'swapped') AS swapped,
           (SELECT count(*)::int FROM shadowstep.event AS v WHERE v.run_id = r.run_id AND kind = 'reverted') AS reverted
    FROM shadowstep.run AS r ORDER BY run_id`);
  expect(runs, 'how the runs ended').toEqual(ends.map((stage) => ({ stage, ...EXCHANGES[stage] })));
  const isAnother = (await oidOf(database, table)) !== oidBefore;
  expect(isAnother, `${table} is another table than before`).toBe(ends.includes('DONE'));
}
