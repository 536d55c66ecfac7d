import { afterAll, describe, expect, it } from 'vitest';
import { STAGES, type StageName } from '../../lambdas/engine/stages.ts';
import { shadowstep, spawnShadowstep } from '../local/shadowstep-process.ts';
import { pollUntil } from '../support/poll.ts';
import { Tally } from './kill-points.ts';
import { ShelfRun } from './shelf-run.ts';

const KIND = 'process of the command line killed (SIGKILL)';

/** At this stage or, where the process is quicker than our looking, at a later one. */
const KILLED_AT: readonly StageName[] = ['PRE_VALIDATION', 'BACKFILL', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE', 'SWAP'];

/** A busy machine takes its time to start a process. */
const STARTS_WITHIN_MS = 120_000;

/** The same kills each time, as far as two processes can be made to meet. */
const SEED = 3;

/** Numbers below `limit` that follow from the seed (Park and Miller's generator). */
function* numbers(seed: number, limit: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (state * 48_271) % 2_147_483_647;
    yield state % limit;
  }
}

describe('a process that is killed', () => {
  const tally = new Tally();
  afterAll(() => tally.print());

  it(`at moments that follow from seed ${SEED} is followed by one that goes on`, async () => {
    const shelf = await ShelfRun.create();
    const command = ['run', '--database-url', shelf.url, '--table', 'public.item'];
    const looks = numbers(SEED, 12);
    const stageNow = async (): Promise<string> => {
      const [known] = await shelf.run.database.query(`SELECT to_regclass('shadowstep.run') IS NOT NULL AS there`);
      if (known?.there !== true) return 'PRE_VALIDATION';
      const [run] = await shelf.run.database.query<{ stage: string }>(`SELECT stage FROM shadowstep.run`);
      return run?.stage ?? 'PRE_VALIDATION';
    };
    for (const stage of KILLED_AT) {
      await shelf.write();
      const { child, ended } = spawnShadowstep(command);
      let alive = true;
      void ended.then(() => {
        alive = false;
      });
      // From the moment that a session of ours is seen at this stage, or a later one: so many looks more.
      const met = await pollUntil(
        `the process to be at ${stage}`,
        async () => {
          if (!alive) return 'over';
          const working = await shelf.run.database.query(`
          SELECT FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, 'shadowstep/')`);
          const now = await stageNow();
          return (
            working.length > 0 && STAGES.indexOf(now as (typeof STAGES)[number]) >= STAGES.indexOf(stage) && 'there'
          );
        },
        STARTS_WITHIN_MS,
      );
      if (met === 'over') break;
      for (let look = looks.next().value; look > 0; look -= 1) await stageNow();
      child.kill('SIGKILL');
      const { code } = await ended;
      if (code === null) tally.struck(KIND);
    }
    const { code, stderr } = await shadowstep(command);
    expect(code, stderr).toBe(0);
    await shelf.expectEnded('DONE');
    tally.allHeld();
    expect(tally.of(KIND)).toBeGreaterThanOrEqual(3);
  }, 600_000);
});
