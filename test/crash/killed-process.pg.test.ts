import { afterAll, describe, expect, it } from 'vitest';
import { STAGES, type StageName } from '../../lambdas/engine/stages.ts';
import { shadowstep, spawnShadowstep } from '../local/shadowstep-process.ts';
import { pollUntil } from '../support/poll.ts';
import { Tally } from './kill-points.ts';
import { ShelfRun } from './shelf-run.ts';

/** Each stage is struck once: a gate keeps the process from leaving it before. */
const KILLED_AT: readonly StageName[] = STAGES;

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

/** Whoever moves a run out of the stage whose gate is held stands still, in the transaction that would move it. */
const GATES = /* sql */ `
  CREATE FUNCTION public.at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtext(OLD.stage)); RETURN NEW; END $$;
  CREATE TRIGGER gate BEFORE UPDATE ON shadowstep.run FOR EACH ROW WHEN (OLD.stage <> NEW.stage)
  EXECUTE FUNCTION public.at_the_gate();`;

const OURS_AT_WORK = /* sql */ `
  SELECT FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, 'shadowstep/')`;

describe('a process that is killed', () => {
  const tally = new Tally();
  afterAll(() => tally.print());

  it(`at each stage, at moments that follow from seed ${SEED}, is followed by one that goes on`, async () => {
    const shelf = await ShelfRun.create();
    const { database } = shelf.run;
    const command = ['run', '--database-url', shelf.url, '--table', 'public.item'];
    const looks = numbers(SEED, 12);
    const stageNow = async (): Promise<string> => {
      const [run] = await database.query<{ stage: string }>('SELECT stage FROM shadowstep.run');
      return run?.stage ?? 'PRE_VALIDATION';
    };
    for (const stage of KILLED_AT) {
      await shelf.write();
      const gate = await database.client();
      // Before there is a run, the table itself is the gate: PRE_VALIDATION reads its size under ACCESS SHARE.
      const first = stage === 'PRE_VALIDATION';
      if (first) await gate.query('BEGIN; LOCK TABLE public.item IN ACCESS EXCLUSIVE MODE');
      else await gate.query('SELECT pg_advisory_lock(hashtext($1))', [stage]);
      const { child, ended } = spawnShadowstep(command);
      const met = pollUntil(
        `the process to be at ${stage}`,
        async () => (await database.query(OURS_AT_WORK)).length > 0 && (first || (await stageNow()) === stage),
        STARTS_WITHIN_MS,
      );
      const early = await Promise.race([met, ended]);
      expect(early, `the process has ended before ${stage}`).toBe(true);
      for (let look = looks.next().value; look > 0; look -= 1) await database.query('SELECT');
      expect(child.exitCode, 'the process is alive').toBeNull();
      child.kill('SIGKILL');
      expect((await ended).code).toBeNull();
      if (first) {
        expect(await database.query(`SELECT to_regclass('shadowstep.run') AS made`)).toEqual([{ made: null }]);
        // The registry, as the next process would make it, so that the gates can stand in it.
        await gate.query('ROLLBACK');
        expect((await shadowstep([...command, '--stop-after', 'PRE_VALIDATION'])).code).toBe(0);
        await database.query(GATES);
      } else {
        expect(await stageNow()).toBe(stage);
        await gate.query('SELECT pg_advisory_unlock_all()');
      }
      await gate.end();
      tally.struck(`process of the command line killed (SIGKILL) at ${stage}`);
    }
    const { code, stderr } = await shadowstep(command);
    expect(code, stderr).toBe(0);
    await database.query('DROP TRIGGER gate ON shadowstep.run; DROP FUNCTION public.at_the_gate');
    await shelf.expectEnded('DONE');
    tally.allHeld();
  }, 600_000);
});
