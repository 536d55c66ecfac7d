import type pg from 'pg';
import { expect, it } from 'vitest';
import { ItemRun } from '../engine/item-run.ts';

/** Sessions, each with statements of this length, one after the other, out of step: at no moment is nobody reading. */
const SESSIONS = 4;
const STATEMENT_SECONDS = 0.4;

/** Of a unit, 5 s of which it leaves alone: it watches for 2 s, which are fewer rounds than it would like. */
const REMAINING_MS = 7_000;

/** A swap that is had by anything but luck is had within a few units. */
const MOST_WAITS = 4;

/** Reads elsewhere, and writes a row of the table now and then, so that there is always something to drain. */
async function work(client: pg.Client, number: number, stopped: () => boolean): Promise<void> {
  await client.query(`SELECT pg_sleep($1)`, [(number * STATEMENT_SECONDS) / SESSIONS]);
  while (!stopped()) {
    await client.query(`UPDATE public.item SET note = md5(note) WHERE id = $1`, [1 + number]);
    await client.query(`SELECT pg_sleep($1)`, [STATEMENT_SECONDS]);
  }
}

it('the swap comes through statements that overlap without a gap, each longer than it hopes for', async () => {
  const run = await ItemRun.create();
  await run.through('POST_SYNC_UPDATE');
  const clients = await Promise.all(Array.from({ length: SESSIONS }, () => run.database.appClient()));
  let stopped = false;
  const works = clients.map((client, number) => work(client, number, () => stopped));
  const waits: string[] = [];
  try {
    const results = await run.drive(
      {},
      {
        remainingMs: () => REMAINING_MS,
        onUnit(task, result) {
          if (task !== 'SWAP' || result.status !== 'wait') return;
          waits.push(result.because);
          expect(waits.length, waits.at(-1)).toBeLessThanOrEqual(MOST_WAITS);
        },
      },
    );
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
  } finally {
    stopped = true;
    await Promise.all(works);
  }
  const rows = await run.rows();
  expect(rows).toHaveLength(100);
});
