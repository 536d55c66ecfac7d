import { backfillUnit } from './backfill/backfill.ts';
import { explainByChange } from './catalog/explain-by-change.ts';
import { resolveTable } from './catalog/resolve-table.ts';
import { cleanUpUnit } from './clean-up/clean-up.ts';
import { resetUnit } from './clean-up/reset.ts';
import { isRetryable, NoSuchRunError, type ShadowstepError, WrongStageError } from './errors.ts';
import { nameLockTimeout, nameLockTimeoutBeforeRun } from './locks/lock-timeout.ts';
import type { Logger } from './log.ts';
import { postSyncUpdateUnit } from './post-sync-update/post-sync-update.ts';
import type { OpenSession, Session } from './postgres/session.ts';
import { asShadowstepError, sqlstateOf } from './postgres/sqlstate.ts';
import { partOfError } from './pre-validation/checks/part-of-a-whole.ts';
import { refusalInstead } from './pre-validation/refusal-instead.ts';
import { startRun } from './pre-validation/start-run.ts';
import { readRequest } from './read-request.ts';
import { assertRegistryConsistent } from './registry/consistency.ts';
import { claimRun, releaseRun, startHeartbeat } from './registry/lease.ts';
import { assertSameRequest, isSameRequest } from './registry/live-request.ts';
import { LOCAL_DRIVER_PREFIX } from './registry/presence.ts';
import {
  findLiveRun,
  findUnheardEnd,
  markHeard,
  type Run,
  readRun,
  recordError,
  StageMovedOn,
  setWaitingFor,
} from './registry/runs.ts';
import { registryIsReady } from './registry/schema.ts';
import { findLiveWholeOfRun } from './registry/wholes.ts';
import { type ParsedRequest, parseRequest } from './request.ts';
import { setupUnit } from './setup/setup.ts';
import {
  type Action,
  isPast,
  isTerminal,
  MAX_UNITS_PER_EXECUTION,
  type RunStage,
  type StageName,
  type TaskName,
} from './stages.ts';
import { revertUnit } from './swap/revert.ts';
import { swapUnit } from './swap/swap.ts';
import { syncSchemasUnit } from './sync-schemas/sync-schemas.ts';
import { formatTableName } from './table-name.ts';
import type { UnitEvent, UnitOutcome, UnitResult } from './unit.ts';
import type { UnitContext } from './unit-context.ts';
import { afterLeaf, ofLeaf, targetOfWhole } from './whole/target.ts';

/** What a task needs of the world it runs in. */
export interface UnitEnvironment {
  readonly openSession: OpenSession;
  /** What is left of the invocation, ms. */
  remainingMs(): number;
  readonly log: Logger;
}

/** Kept back at the end of an invocation for committing, recording and answering, ms. */
const MARGIN_MS = 5_000;

/** Where each action ends. */
const ENDS: Readonly<Record<Action, RunStage>> = {
  repack: 'DONE',
  'clean-up': 'DONE',
  revert: 'REVERTED',
  reset: 'RESET',
};

/** One unit of each stage. PRE_VALIDATION is another matter: there is no run yet. */
const UNITS: Readonly<
  Record<Exclude<TaskName, 'REQUEST' | 'PRE_VALIDATION'>, (ctx: UnitContext) => Promise<UnitOutcome>>
> = {
  SETUP: setupUnit,
  BACKFILL: backfillUnit,
  SYNC_SCHEMAS: syncSchemasUnit,
  POST_SYNC_UPDATE: postSyncUpdateUnit,
  SWAP: swapUnit,
  CLEAN_UP: cleanUpUnit,
  REVERT: revertUnit,
  RESET: resetUnit,
};

/**
 * One invocation of one task of the state machine: parses the request anew, claims the run for this driver, does one
 * unit of work and says what comes next. Safe to call again after a crash at any point. Throws only ShadowstepErrors,
 * each with a literal name; the registry has the error before it is thrown.
 */
export async function runTask(task: TaskName, event: UnitEvent, env: UnitEnvironment): Promise<UnitResult> {
  const request = await parseRequest(event.request);
  const answer = (outcome: UnitOutcome, run: Run | null): UnitResult => toResult(outcome, request, run, event);
  let session: Session | null = null;
  try {
    session = await env.openSession(task.toLowerCase());
    if (task === 'REQUEST') {
      return answer(await readRequest(session, request, event.driver), null);
    }
    const known = await registryIsReady(session);
    const found = await resolveTable(session, request.table);
    const remainingMs = () => env.remainingMs() - MARGIN_MS;
    const target = await targetOfWhole(session, task, request, event.driver, known, found, remainingMs);
    if (target?.kind === 'answer') {
      await hearForRemoteDriver(session, target.run, event.driver);
      return answer(target.outcome, target.run);
    }
    if (target !== null) {
      const { whole } = target;
      const [outcome, run] = await advance(task, target.request, target.run, event, env, session);
      const settled = await afterLeaf(session, whole, request, event.driver, outcome, run);
      await hearForRemoteDriver(session, run, event.driver);
      return answer(ofLeaf(whole, run, settled), run);
    }
    let run = known ? await findLiveRun(session, request.table, found?.oid ?? null) : null;
    if (run !== null && found?.isPartition) {
      const whole = await findLiveWholeOfRun(session, run.runId);
      if (whole !== null) {
        throw partOfError(formatTableName(request.table), whole);
      }
    }
    if (run === null) {
      const ended = known ? await findUnheardEnd(session, request.table, event.driver, ENDS[request.action]) : null;
      if (ended !== null && (request.action !== 'repack' || isSameRequest(ended, request))) {
        await hearForRemoteDriver(session, ended, event.driver);
        return answer({ status: 'stop', message: `run ${ended.runId} has ended: ${ended.stage}` }, ended);
      }
      if (task !== 'PRE_VALIDATION') {
        throw new NoSuchRunError(formatTableName(request.table), request.action);
      }
      run = await startRun(session, request, event.driver);
    }
    return answer(...(await advance(task, request, run, event, env, session)));
  } catch (error) {
    if (error instanceof StageMovedOn) {
      return answer({ status: 'more', message: 'another unit of this table was faster' }, null);
    }
    const named = await nameLockTimeoutBeforeRun(session, request, asShadowstepError(error));
    const early = task === 'REQUEST' || task === 'PRE_VALIDATION';
    throw early && session !== null ? await refusalInstead(session, request, named) : named;
  } finally {
    await session?.end();
  }
}

async function advance(
  task: Exclude<TaskName, 'REQUEST'>,
  request: ParsedRequest,
  found: Run,
  event: UnitEvent,
  env: UnitEnvironment,
  session: Session,
): Promise<[UnitOutcome, Run]> {
  if (request.action === 'repack') {
    assertSameRequest(found, request);
  }
  await claimRun(session, found, event.driver);
  const run = (await readRun(session, found.runId)) ?? found;
  const table = formatTableName(run.source);
  const log = env.log.child({ runId: String(run.runId), stage: task, table });
  let early: UnitOutcome | null;
  try {
    early = skipUnit(task, request, run);
  } catch (error) {
    // Refused, so nobody will go on under this driver: the next request need not wait for its lease to end.
    await releaseRun(session, run.runId, event.driver);
    throw error;
  }
  if (early !== null) {
    return [await settle(session, request, run, event, early), run];
  }
  const started = performance.now();
  const ctx: UnitContext = {
    session,
    openSession: env.openSession,
    request,
    run,
    driver: event.driver,
    log,
    remainingMs: () =>
      Math.min(env.remainingMs() - MARGIN_MS, request.unitSeconds * 1_000 - (performance.now() - started)),
  };
  const heartbeat = startHeartbeat(() => env.openSession(`${run.runId}/heartbeat`), run.runId, event.driver, log);
  try {
    if (task !== 'RESET') {
      await assertRegistryConsistent(session, run);
    }
    const outcome = await UNITS[task as keyof typeof UNITS](ctx);
    log.info('unit done', { outcome: outcome.status, durationMs: Math.round(performance.now() - started) });
    const after = (await readRun(session, run.runId)) ?? run;
    return [await settle(session, request, after, event, outcome), after];
  } catch (error) {
    if (error instanceof StageMovedOn) {
      return [{ status: 'more', message: 'another unit of this run was faster' }, run];
    }
    const named = asShadowstepError(error);
    // What these two stop at is in the way of the dropping, and undoing a change of the definition would not mend it.
    const dropping = task === 'RESET' || task === 'CLEAN_UP';
    throw await recordFailure(ctx, env, dropping ? named : await explainByChange(session, run, named));
  } finally {
    await heartbeat.stop();
  }
}

/** What needs no unit: a stage that is past, a stop that was asked for, a task that does not fit the run. */
function skipUnit(task: Exclude<TaskName, 'REQUEST'>, request: ParsedRequest, run: Run): UnitOutcome | null {
  const table = formatTableName(run.source);
  if (request.stopAfter !== null && isPast(run.stage, request.stopAfter) && request.action === 'repack') {
    return {
      status: 'stop',
      message: `stopped after ${request.stopAfter}, as asked; run ${run.runId} goes on when started again`,
    };
  }
  if (task === 'PRE_VALIDATION') {
    return { status: 'done', message: `run ${run.runId} is at ${run.stage}` };
  }
  if (task === 'RESET') {
    return null;
  }
  if (task === 'REVERT') {
    if (run.stage !== 'REVERT' && !run.swapped) {
      throw new WrongStageError(
        table,
        String(run.runId),
        'revert',
        run.stage,
        'Nothing was swapped yet: use reset to give the run up.',
      );
    }
    return null;
  }
  if (run.stage === 'REVERT') {
    throw new WrongStageError(
      table,
      String(run.runId),
      request.action,
      run.stage,
      'It is on its way back: finish it with revert.',
    );
  }
  if (isPast(run.stage, task)) {
    return { status: 'done', message: `${task} was done before` };
  }
  if (run.stage !== task && request.action === 'repack') {
    // Every task before this one has answered `done`: a failover has taken the registry back, with all else, to where a
    // standby had come that lacked the last commits (the stage moves with its work, I-11). Anew, the run goes on from there.
    return {
      status: 'restart',
      message: `run ${run.runId} is back at ${run.stage}: the server has lost what it did later (a failover?); it goes on from there`,
    };
  }
  if (run.stage !== task) {
    throw new WrongStageError(table, String(run.runId), request.action, run.stage, 'Run it to the end of SWAP first.');
  }
  return null;
}

/** Applies what the driver asked for to the outcome, and ends the lease where the driver stops. */
async function settle(
  session: Session,
  request: ParsedRequest,
  run: Run,
  event: UnitEvent,
  outcome: UnitOutcome,
): Promise<UnitOutcome> {
  const reached =
    outcome.status === 'done' &&
    request.stopAfter !== null &&
    request.action === 'repack' &&
    isPast(run.stage, request.stopAfter);
  const settled: UnitOutcome = reached
    ? {
        status: 'stop',
        message: `stopped after ${request.stopAfter}, as asked; run ${run.runId} goes on when started again`,
      }
    : outcome;
  if (isTerminal(run.stage)) {
    await hearForRemoteDriver(session, run, event.driver);
  } else {
    await setWaitingFor(session, run.runId, event.driver, settled.status === 'wait' ? settled.because : null);
    if (settled.status === 'stop' || settled.status === 'restart' || startsAnew(settled, event)) {
      await releaseRun(session, run.runId, event.driver);
    }
  }
  return settled;
}

/** Nothing while the run is live. */
async function hearForRemoteDriver(session: Session, run: Run | null, driver: string): Promise<void> {
  if (run !== null && isTerminal(run.stage) && !driver.startsWith(LOCAL_DRIVER_PREFIX)) {
    await markHeard(session, run.runId);
  }
}

/** True when this execution has run so many units that its history would come near the limit. */
function startsAnew(outcome: UnitOutcome, event: UnitEvent): boolean {
  return (outcome.status === 'more' || outcome.status === 'wait') && event.unitsDone + 1 >= MAX_UNITS_PER_EXECUTION;
}

/** Kept back from recording an error for telling it, ms. */
const TELLING_MS = 2_000;

/**
 * The registry has the error before anybody else does, unless the network is silent: it is told in time all the same, so
 * that the machine repeats the unit instead of waiting for its invocation to be ended from outside.
 */
async function recordFailure(ctx: UnitContext, env: UnitEnvironment, error: ShadowstepError): Promise<ShadowstepError> {
  let timer: NodeJS.Timeout | undefined;
  const outOfTime = new Promise<ShadowstepError>((resolve) => {
    timer = setTimeout(() => resolve(error), Math.max(1_000, env.remainingMs() - TELLING_MS));
  });
  const named = await Promise.race([writeFailure(ctx, env, error), outOfTime]);
  clearTimeout(timer);
  const level = isRetryable(named) ? 'warn' : 'error';
  ctx.log[level]('unit failed', { error: named.name, sqlstate: sqlstateOf(error) });
  return named;
}

/**
 * A lock timeout gets its blockers named. A driver that will not come back by itself gives its lease up. Over a connection
 * of its own: the unit's may be the one that broke.
 */
async function writeFailure(ctx: UnitContext, env: UnitEnvironment, error: ShadowstepError): Promise<ShadowstepError> {
  const { run } = ctx;
  let named = error;
  let session: Session | null = null;
  try {
    session = await env.openSession(`${run.runId}/error`);
    named = await nameLockTimeout({ ...ctx, session }, error);
    await recordError(session, run.runId, ctx.driver, named);
    if (!isRetryable(named)) {
      await releaseRun(session, run.runId, ctx.driver);
    }
  } catch (unrecorded) {
    ctx.log.warn('the error could not be recorded', { error: asShadowstepError(unrecorded).name });
  } finally {
    await session?.end();
  }
  return named;
}

function toResult(outcome: UnitOutcome, request: ParsedRequest, run: Run | null, event: UnitEvent): UnitResult {
  const progress =
    outcome.status === 'more' && outcome.progress !== undefined
      ? outcome.progress
      : { done: 0n, estimated: 0n, measure: '' as const };
  const status = startsAnew(outcome, event) ? 'restart' : outcome.status;
  return {
    status,
    waitSeconds: status === 'wait' && outcome.status === 'wait' ? Math.max(1, Math.ceil(outcome.seconds)) : 0,
    because: status === 'wait' && outcome.status === 'wait' ? outcome.because : '',
    action: request.action,
    runId: run === null ? '' : String(run.runId),
    stage: run?.stage ?? ('PRE_VALIDATION' satisfies StageName as RunStage),
    table: formatTableName(request.table),
    unitsDone: event.unitsDone + 1,
    progress: {
      done: String(progress.done),
      estimated: String(progress.estimated),
      percent:
        progress.estimated > 0n ? Math.min(100, Math.floor(Number((progress.done * 100n) / progress.estimated))) : 0,
      measure: progress.measure,
    },
    message: outcome.status === 'wait' ? outcome.because : outcome.message,
  };
}
