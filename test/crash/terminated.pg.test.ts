import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kill, strikeEverywhere, Tally } from './kill-points.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { ShelfRun, TASKS_OF } from './shelf-run.ts';

let own: OwnServer;

beforeAll(async () => {
  own = await startOwnServer();
});

afterAll(() => own.stop());

/** Ends a session as soon as it is seen at work, true; or, where it does nothing, all the same. */
const END_ONCE_ACTIVE = /* sql */ `
  CREATE FUNCTION pg_temp.end_once_active(server_process integer) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    active boolean := false;
    late timestamptz := clock_timestamp() + interval '20 ms';
  BEGIN
    RAISE NOTICE 'looking';
    WHILE NOT active AND clock_timestamp() < late LOOP
      PERFORM pg_stat_clear_snapshot();
      SELECT state = 'active' INTO active FROM pg_stat_get_activity(server_process);
    END LOOP;
    PERFORM pg_terminate_backend(server_process);
    RETURN COALESCE(active, false);
  END
  $$`;

let seenAtWork = 0;

/** The server process is watched from within the server, since most statements are over before an answer would be back. */
async function terminated(kind: string, every: number, shelf: ShelfRun): Promise<Kill> {
  const watcher = await shelf.run.database.client();
  await watcher.query(END_ONCE_ACTIVE);
  let ended: Promise<boolean> = Promise.resolve(false);
  return {
    kind,
    every,
    async strike(_client, { pid }) {
      const looking = new Promise((resolve) => watcher.once('notice', resolve));
      ended = watcher
        .query<{ active: boolean }>(`SELECT pg_temp.end_once_active($1) AS active`, [pid])
        .then(({ rows }) => rows[0]?.active === true);
      await looking;
    },
    async afterUnit(struck) {
      if (struck && (await ended)) seenAtWork += 1;
    },
  };
}

/** Of the processes that were ended, those that were carrying out a statement: the log names it then. */
async function endedInsideStatements(): Promise<number> {
  const lines = (await own.server.log()).split('\n');
  return lines.filter(
    (line, index) =>
      line.includes('terminating connection due to administrator command') && lines[index + 1]?.includes('STATEMENT:'),
  ).length;
}

describe('a connection that the server ends at any statement', () => {
  const tally = new Tally();
  afterAll(async () => {
    tally.print();
    console.log(`of these connections ${await endedInsideStatements()} ended while the server carried out a statement`);
  });

  it.each([
    ['repack', null, 'DONE', 3, 60],
    ['reset', 'SYNC_SCHEMAS', 'RESET', 1, 10],
    ['revert', 'SWAP', 'REVERTED', 1, 30],
  ] as const)(
    '%s goes on, and loses nothing (I-11, I-12)',
    async (action, from, end, every, atLeast) => {
      const shelf = await ShelfRun.create({ database: await own.createDatabase() });
      if (from !== null) await shelf.run.through(from);
      const kind = `connection terminated at a statement of a ${action}`;
      const loggedBefore = await endedInsideStatements();
      seenAtWork = 0;
      await strikeEverywhere(shelf, { action }, TASKS_OF[action], await terminated(kind, every, shelf), tally);
      await shelf.expectEnded(end);
      tally.allHeld();
      expect(tally.of(kind)).toBeGreaterThan(atLeast);
      expect(seenAtWork, 'seen at work when they were ended').toBeGreaterThan(0);
      expect((await endedInsideStatements()) - loggedBefore, 'whose statement the log names').toBeGreaterThan(0);
    },
    300_000,
  );
});
