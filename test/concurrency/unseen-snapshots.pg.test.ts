import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemRun } from '../engine/item-run.ts';
import { drive } from '../lifecycle/drive.ts';
import { pidOf } from '../locks/holders.ts';
import { createLockRun, createTool, type Tool } from '../locks/lock-run.ts';

/** Owns the tables and has no privilege besides: of other roles' sessions it sees neither state nor age nor command. */
let plain: Tool;
let run: ItemRun;

/** Of each unit, 5 s of which it leaves alone: it answers after a second of waiting. */
const REMAINING_MS = 6_000;

beforeAll(async () => {
  run = await createLockRun({ keepOldTable: true });
  plain = await createTool(run, []);
});

afterAll(async () => {
  await plain?.drop();
});

describe('a role without pg_read_all_stats', () => {
  it.each(['repack', 'revert'] as const)(
    '(%s) waits for snapshots of other roles from before the run, a superuser’s too, and names them (fault n7)',
    async (action) => {
      const readers = await Promise.all([run.database.appClient(), run.database.client()]);
      for (const reader of readers) {
        await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
        await reader.query('SELECT 1');
      }
      const pids = await Promise.all(readers.map(pidOf));
      if (action === 'repack')
        await drive({ url: plain.url, request: { ...run.request, stopAfter: 'POST_SYNC_UPDATE' } });
      // Rows from after those snapshots, which the exchange has to drain.
      await run.database.query(`UPDATE public.item SET note = 'later' WHERE id > 90`);
      const oid = await run.oid();
      const seenByReaders = async () =>
        Promise.all(
          readers.map(async (reader) => {
            const { rows } = await reader.query(
              `SELECT count(*)::int AS rows, count(*) FILTER (WHERE note = 'later')::int AS later FROM public.item`,
            );
            return rows[0];
          }),
        );
      const later = action === 'repack' ? 0 : 10;
      const waits: string[] = [];
      const results = await drive({
        url: plain.url,
        request: { ...run.request, action },
        remainingMs: () => REMAINING_MS,
        async onUnit(task, result) {
          if (result.status !== 'wait' || (task !== 'SWAP' && task !== 'REVERT')) return;
          waits.push(result.because);
          expect(await run.oid(), 'nothing is exchanged while they are open').toBe(oid);
          expect(await seenByReaders()).toEqual([
            { rows: 100, later },
            { rows: 100, later },
          ]);
          for (const reader of readers) await reader.query('COMMIT');
        },
      });
      expect(waits).toHaveLength(1);
      for (const pid of pids) {
        expect(waits[0]).toMatch(
          new RegExp(`pid ${pid} \\(user \\w+\\) reads in a snapshot from before the last drain`),
        );
      }
      expect(await run.oid()).not.toBe(oid);
      expect(results.at(-1)).toMatchObject({ status: action === 'repack' ? 'stop' : 'done' });
      await Promise.all(readers.map((reader) => reader.end()));
    },
  );
});
