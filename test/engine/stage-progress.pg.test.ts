import { beforeAll, describe, expect, it } from 'vitest';
import { OWN_WRITE } from '../../lambdas/engine/object-names.ts';
import { postSyncUpdateUnit } from '../../lambdas/engine/post-sync-update/post-sync-update.ts';
import { type RunReport, reportRun } from '../../lambdas/engine/registry/report.ts';
import type { UnitOutcome } from '../../lambdas/engine/unit.ts';
import { COPY, errorOf, ItemRun } from './item-run.ts';

let atDrain: ItemRun;

beforeAll(async () => {
  atDrain = await ItemRun.create();
  await atDrain.through('SYNC_SCHEMAS');
});

/** POST_SYNC_UPDATE with `remainingMs` of its invocation left at every look, until it does other work than VACUUM. */
async function unitWith(run: ItemRun, remainingMs: number): Promise<UnitOutcome> {
  for (;;) {
    const outcome = await postSyncUpdateUnit(await run.context(() => remainingMs));
    await run.endSessions();
    if (outcome.status !== 'more' || outcome.progress !== undefined) return outcome;
  }
}

async function reportOf(run: ItemRun): Promise<RunReport> {
  const session = await run.session('report');
  const report = await reportRun(session, 1n);
  await run.endSessions();
  if (report === null) throw new Error('There is no run 1');
  return report;
}

describe('what a stage counts', () => {
  it('is keys while the log is drained, ranges while the copy is verified, in the unit’s outcome and in the report', async () => {
    const run = await atDrain.clone();
    await run.owner.query(`UPDATE public.item SET note = 'new' WHERE id <= 10`);
    expect(await unitWith(run, 0)).toMatchObject({ progress: { measure: 'keys', done: 0n, estimated: 10n } });
    expect((await reportOf(run)).progress).toEqual({ measure: 'keys', done: '0', estimated: '10' });
    // Enough to drain, and less than a slice of the verification keeps back.
    expect(await unitWith(run, 1_500)).toMatchObject({ progress: { measure: 'ranges', done: 0n, estimated: 1n } });
    expect((await reportOf(run)).progress).toEqual({ measure: 'ranges', done: '0', estimated: '1' });
  });

  it('is indexes in SYNC_SCHEMAS and foreign keys after the exchange; nothing where there is nothing to count', async () => {
    const run = await ItemRun.create();
    await run.through('BACKFILL');
    expect((await reportOf(run)).progress).toBeNull();
    await run.database.query(`
      INSERT INTO shadowstep.detached_statement (run_id, unit_no, stage, kind, object_name, statement, weight, finished_at)
      SELECT 1, i, CASE WHEN i < 3 THEN 'SYNC_SCHEMAS' ELSE 'SWAP' END, 'index', 'i' || i, 'SELECT', 0,
             CASE WHEN i % 2 = 1 THEN now() END
      FROM generate_series(1, 4) AS i`);
    expect((await reportOf(run)).progress).toEqual({ measure: 'indexes', done: '1', estimated: '2' });
    await run.database.query(`UPDATE shadowstep.run SET stage = 'SWAP', swapped_at = now()`);
    expect((await reportOf(run)).progress).toEqual({ measure: 'foreign keys', done: '1', estimated: '2' });
  });
});

describe('the verification’s figures', () => {
  it('are those of the last comparison of each range: none differs any more once a resumed run has passed', async () => {
    const run = await atDrain.clone();
    await run.database.query(`UPDATE ${COPY} SET note = 'damaged' WHERE id = 7`);
    expect((await errorOf(run.drive())).name).toBe('VerificationFailedError');
    expect((await reportOf(run)).verification).toEqual({ result: 'failed', rowsCompared: '100', differences: '1' });
    await run.database.query(`SELECT set_config('${OWN_WRITE}', 'on', false)`);
    await run.database.query(`UPDATE ${COPY} SET note = 'n7' WHERE id = 7`);
    await run.drive();
    expect((await reportOf(run)).verification).toEqual({ result: 'passed', rowsCompared: '100', differences: '0' });
  });
});
