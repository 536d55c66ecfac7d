import { resolveTable } from '../engine/catalog/resolve-table.ts';
import { type Refusal, RequestDiffersError, RunAlreadyDrivenError, WrongStageError } from '../engine/errors.ts';
import type { Session } from '../engine/postgres/session.ts';
import { partOfError } from '../engine/pre-validation/checks/part-of-a-whole.ts';
import { isPresent } from '../engine/registry/presence.ts';
import { findLiveRun, type Run, readRun } from '../engine/registry/runs.ts';
import { registryVersion, VERSION_WITH_WHOLES } from '../engine/registry/schema.ts';
import { findLiveWhole, findLiveWholeOfRun, type Whole } from '../engine/registry/wholes.ts';
import { differingFields, type ParsedRequest, requestIdentity } from '../engine/request.ts';
import type { RunStage } from '../engine/stages.ts';
import { formatTableName } from '../engine/table-name.ts';

/** A run of the table that has not ended, as `plan` tells of it. */
export interface LiveRun {
  readonly runId: string;
  readonly stage: RunStage;
  readonly driver: { readonly id: string | null; readonly live: boolean };
  /** Of a partitioned table: which partition the run is of, and how many are done. Null of any other table. */
  readonly whole: {
    readonly wholeId: string;
    readonly partition: string;
    readonly done: number;
    readonly all: number;
  } | null;
  /** Fields in which the request differs from the run's; empty when `run` would go on with it. */
  readonly differingFields: readonly string[];
  /** Why `run` would be refused, under the names of the errors that it would end with; empty when it would go on. */
  readonly refusals: readonly Refusal[];
}

/**
 * The live run of the request's table, as `run` would meet it now, of a partitioned table that of the partition under way
 * (or begun last); null when there is none. Reads only, makes no registry.
 */
export async function findLiveRunOf(session: Session, request: ParsedRequest): Promise<LiveRun | null> {
  const met = await findMet(session, request);
  if (met === null) {
    return null;
  }
  const { run, whole, partOf } = met;
  const [table, runId] = [formatTableName(run.source), String(run.runId)];
  const fields = differingFields((whole ?? run).request, requestIdentity(request));
  const leaseSeconds = run.leaseSeconds ?? 0;
  const live = run.driver !== null && leaseSeconds > 0 && (await isPresent(session, run.driver));
  const errors = [
    ...(partOf === null ? [] : [partOfError(table, partOf)]),
    ...(live ? [new RunAlreadyDrivenError(table, runId, run.driver ?? '', leaseSeconds)] : []),
    ...(fields.length > 0 ? [new RequestDiffersError(table, runId, fields)] : []),
    ...(run.stage === 'REVERT'
      ? [new WrongStageError(table, runId, 'repack', run.stage, 'It is on its way back: finish it with revert.')]
      : []),
  ];
  return {
    runId,
    stage: run.stage,
    driver: { id: run.driver, live },
    whole:
      whole === null
        ? null
        : { wholeId: String(whole.wholeId), partition: table, done: whole.done, all: whole.partitions },
    differingFields: fields,
    refusals: errors.map(({ name, message }) => ({
      code: name,
      message: `Run ${runId} is live, at ${run.stage}, ${whoDrives(run.driver, live)}.`,
      remedy: message,
    })),
  };
}

interface Met {
  readonly run: Run;
  /** The request is for this partitioned table. */
  readonly whole: Whole | null;
  /** The request is for a partition of this one, which is not to be asked for by its own name now. */
  readonly partOf: Whole | null;
}

async function findMet(session: Session, request: ParsedRequest): Promise<Met | null> {
  const version = await registryVersion(session);
  if (version === 0) {
    return null;
  }
  const found = await resolveTable(session, request.table);
  const knowsWholes = version >= VERSION_WITH_WHOLES;
  if (knowsWholes && (found === null || found.relkind === 'p')) {
    const whole = await findLiveWhole(session, request.table, found?.oid ?? null);
    const runId = whole?.leafRunId ?? whole?.lastRunId ?? null;
    const run = runId === null ? null : await readRun(session, runId);
    if (run !== null) {
      return { run, whole, partOf: null };
    }
  }
  const run = await findLiveRun(session, request.table, found?.oid ?? null);
  const partOf =
    run !== null && knowsWholes && found?.isPartition ? await findLiveWholeOfRun(session, run.runId) : null;
  return run === null ? null : { run, whole: null, partOf };
}

/** What `plan` says in the place of a plan: nothing is checked anew, for `run` would not do it either. */
export function liveRunLines(table: string, { runId, stage, driver, whole }: LiveRun): string {
  const run =
    whole === null
      ? `run ${runId}`
      : `${whole.done} of ${whole.all} partitions are done, run ${runId} of ${whole.partition}`;
  const where =
    stage === 'DONE' ? 'is over, the next has not begun' : `is live, at ${stage}, ${whoDrives(driver.id, driver.live)}`;
  return (
    `${table}: ${run} ${where}.\n` +
    'There is nothing to plan: `run` with this request goes on from there. `status` shows how far it is; `reset` before ' +
    'the swap, or `revert` after it, undoes the run.'
  );
}

function whoDrives(driver: string | null, live: boolean): string {
  if (driver === null) {
    return 'driven by nobody';
  }
  return live ? `driven by ${driver}` : `its driver ${driver} gone`;
}
