import type { ResolvedTable } from '../catalog/resolve-table.ts';
import { NoSuchRunError, RequestDiffersError } from '../errors.ts';
import type { Session } from '../postgres/session.ts';
import { requestOfLeaf } from '../pre-validation/validate-whole.ts';
import { type Run, readRun, StageMovedOn } from '../registry/runs.ts';
import { endLeaf, findLiveWhole, findLiveWholeOfRun, findUnheardWhole, type Whole } from '../registry/wholes.ts';
import { differingFields, type ParsedRequest, requestIdentity } from '../request.ts';
import { type Action, isPast, isTerminal, type TaskName } from '../stages.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { beginNextLeaf, giveUpWhole, settleWhole } from './hand-over.ts';
import { startWhole } from './start-whole.ts';

/** To whom a partition was dropped, detached or renamed during its run. */
const GIVEN_UP_ALONE =
  'This partition was not in its place any more and is given up alone: run goes on with the others, and a further reset gives them up too';

/** What a request for a partitioned table means to the unit at hand. */
export type WholeTarget =
  /** A unit of the partition under way. */
  | { readonly kind: 'leaf'; readonly whole: Whole; readonly request: ParsedRequest; readonly run: Run }
  /** No partition is under way, and this is all there is to say. `run` is the one that was begun last. */
  | { readonly kind: 'answer'; readonly outcome: UnitOutcome; readonly run: Run | null };

/** How a whole has ended for which each action asks. */
const STOPPED_BECAUSE = {
  repack: null,
  'clean-up': null,
  reset: 'reset',
  revert: 'reverted',
} as const satisfies Record<Action, string | null>;

/**
 * Resolves a request for a partitioned table to the partition under way; between two, it does what the task asks for. Null
 * when the request is for an ordinary table. `known` says whether there is a registry. Throws NoSuchRunError,
 * RequestDiffersError, RefusedError, and StageMovedOn when a twin was faster.
 */
export async function targetOfWhole(
  session: Session,
  task: Exclude<TaskName, 'REQUEST'>,
  request: ParsedRequest,
  driver: string,
  known: boolean,
  found: ResolvedTable | null,
  remainingMs: () => number,
): Promise<WholeTarget | null> {
  if (found !== null && found.relkind !== 'p') {
    return null;
  }
  const whole = known ? await findLiveWhole(session, request.table, found?.oid ?? null) : null;
  if (whole !== null) {
    return ofLiveWhole(session, task, request, driver, whole);
  }
  if (found === null) {
    return null;
  }
  const ended = known ? await findUnheardWhole(session, request.table, driver, STOPPED_BECAUSE[request.action]) : null;
  if (ended !== null && (request.action !== 'repack' || fieldsThatDiffer(ended, request).length === 0)) {
    return answer(session, ended, { status: 'stop', message: hasEnded(ended, STOPPED_BECAUSE[request.action]) });
  }
  if (task !== 'PRE_VALIDATION') {
    throw new NoSuchRunError(formatTableName(request.table), request.action);
  }
  await startWhole(session, request, found.oid, driver, remainingMs);
  return leafUnderWay(session, await findLiveWhole(session, request.table, found.oid), request);
}

/**
 * The outcome of the request, the partition's run having ended with `run`: on to the next partition in a new execution, so
 * that no history grows with their number; or the end of the whole.
 */
export async function afterLeaf(
  session: Session,
  whole: Whole,
  request: ParsedRequest,
  driver: string,
  outcome: UnitOutcome,
  run: Run,
): Promise<UnitOutcome> {
  if (outcome.status === 'wait' || outcome.status === 'more') {
    return outcome;
  }
  if (run.stage === 'RESET') {
    return (await findLiveWholeOfRun(session, run.runId)) === null
      ? outcome
      : { ...outcome, message: `${outcome.message}. ${GIVEN_UP_ALONE}` };
  }
  if (run.stage !== 'DONE') {
    return outcome;
  }
  const waiting = await settleWhole(session, whole, driver);
  const goesOn = waiting.length > 0 && request.action === 'repack' && outcome.status === 'done';
  return goesOn ? { status: 'restart', message: `${outcome.message}; ${waiting.length} to go` } : outcome;
}

/** Which partition, and how many of how many are done, before what its unit says. */
export function ofLeaf(whole: Whole, run: Run, outcome: UnitOutcome): UnitOutcome {
  if (outcome.status === 'wait') {
    return outcome;
  }
  const which = `${formatTableName(run.source)} (partition ${whole.done + 1} of ${whole.partitions})`;
  return { ...outcome, message: `${which}: ${outcome.message}` };
}

async function ofLiveWhole(
  session: Session,
  task: Exclude<TaskName, 'REQUEST'>,
  request: ParsedRequest,
  driver: string,
  whole: Whole,
): Promise<WholeTarget> {
  const fields = request.action === 'repack' ? fieldsThatDiffer(whole, request) : [];
  if (fields.length > 0) {
    throw new RequestDiffersError(formatTableName(whole.root), String(whole.leafRunId ?? whole.lastRunId), fields);
  }
  if (whole.leafRunId !== null) {
    return leafUnderWay(session, whole, request);
  }
  const last = whole.lastRunId === null ? null : await readRun(session, whole.lastRunId);
  if (task === 'RESET') {
    if (last?.stage === 'RESET' && isUnheardBy(driver, last)) {
      // It has given up one partition alone, and its answer was lost: repeated, it must not give up the others.
      const message = `run ${last.runId} has ended: ${last.stage}. ${GIVEN_UP_ALONE}`;
      return { kind: 'answer', outcome: { status: 'stop', message }, run: last };
    }
    await giveUpWhole(session, whole, driver);
    const message = `given up between two partitions: ${whole.done} of ${whole.partitions} are done, and stay so`;
    return answer(session, whole, { status: 'done', message });
  }
  if (request.action !== 'repack') {
    return afterLastUndo(request, driver, whole, last);
  }
  const [next] = await settleWhole(session, whole, driver);
  if (next === undefined) {
    return answer(session, whole, { status: 'stop', message: hasEnded(whole, null) });
  }
  if (task !== 'PRE_VALIDATION') {
    // The answer of the unit that ended the last partition was lost, or a failover has taken its end back and forth.
    const stops = request.stopAfter !== null && isPast('DONE', request.stopAfter);
    return answer(
      session,
      whole,
      stops
        ? {
            status: 'stop',
            message: `stopped after ${request.stopAfter}, as asked; the next partition is ${formatTableName(next)}`,
          }
        : { status: 'restart', message: `${whole.done} of ${whole.partitions} partitions are done` },
    );
  }
  await beginNextLeaf(session, whole, next, request, driver);
  return leafUnderWay(session, await findLiveWhole(session, whole.root, whole.rootOid), request);
}

/** A clean-up that is repeated because its answer was lost has done its work; there is nothing else to undo here. */
function afterLastUndo(request: ParsedRequest, driver: string, whole: Whole, last: Run | null): WholeTarget {
  if (request.action === 'clean-up' && last?.stage === 'DONE' && isUnheardBy(driver, last)) {
    return {
      kind: 'answer',
      outcome: { status: 'stop', message: `run ${last.runId} has ended: ${last.stage}` },
      run: last,
    };
  }
  throw new NoSuchRunError(formatTableName(whole.root), request.action);
}

/** True when the end of the run is this driver's own, or nobody has heard of it. */
function isUnheardBy(driver: string, run: Run): boolean {
  return run.marks.finished_by === driver || run.marks.heard === undefined;
}

async function leafUnderWay(session: Session, whole: Whole | null, request: ParsedRequest): Promise<WholeTarget> {
  const runId = whole?.leafRunId ?? null;
  const run = runId === null ? null : await readRun(session, runId);
  if (run !== null && isTerminal(run.stage)) {
    // Its end came between two reads; or somebody has ended it by hand, and the whole is told here.
    await endLeaf(session, run.runId, run.stage);
    throw new StageMovedOn();
  }
  if (whole === null || run === null) {
    throw new StageMovedOn();
  }
  return { kind: 'leaf', whole, run, request: requestOfLeaf(request, run.source) };
}

async function answer(session: Session, whole: Whole, outcome: UnitOutcome): Promise<WholeTarget> {
  const run = whole.lastRunId === null ? null : await readRun(session, whole.lastRunId);
  return { kind: 'answer', outcome, run };
}

function fieldsThatDiffer(whole: Whole, request: ParsedRequest): string[] {
  return differingFields(whole.request, requestIdentity(request));
}

function hasEnded(whole: Whole, because: string | null): string {
  const how = because === null ? 'has gone through its partitions' : `has ended: ${because}`;
  return `${formatTableName(whole.root)} ${how}; ${whole.done} ${whole.done === 1 ? 'is' : 'are'} done`;
}
