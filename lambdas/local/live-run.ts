import { resolveTable } from '../engine/catalog/resolve-table.ts';
import { type Refusal, RequestDiffersError, RunAlreadyDrivenError, WrongStageError } from '../engine/errors.ts';
import type { Session } from '../engine/postgres/session.ts';
import { isPresent } from '../engine/registry/presence.ts';
import { findLiveRun } from '../engine/registry/runs.ts';
import { registryVersion } from '../engine/registry/schema.ts';
import { differingFields, type ParsedRequest, requestIdentity } from '../engine/request.ts';
import type { RunStage } from '../engine/stages.ts';
import { formatTableName } from '../engine/table-name.ts';

/** A run of the table that has not ended, as `plan` tells of it. */
export interface LiveRun {
  readonly runId: string;
  readonly stage: RunStage;
  readonly driver: { readonly id: string | null; readonly live: boolean };
  /** Fields in which the request differs from the run's; empty when `run` would go on with it. */
  readonly differingFields: readonly string[];
  /** Why `run` would be refused, under the names of the errors that it would end with; empty when it would go on. */
  readonly refusals: readonly Refusal[];
}

/** The live run of the request's table, as `run` would meet it now; null when there is none. Reads only, makes no registry. */
export async function findLiveRunOf(session: Session, request: ParsedRequest): Promise<LiveRun | null> {
  if ((await registryVersion(session)) === 0) {
    return null;
  }
  const oid = (await resolveTable(session, request.table))?.oid ?? null;
  const run = await findLiveRun(session, request.table, oid);
  if (run === null) {
    return null;
  }
  const [table, runId] = [formatTableName(run.source), String(run.runId)];
  const fields = differingFields(run.request, requestIdentity(request));
  const leaseSeconds = run.leaseSeconds ?? 0;
  const live = run.driver !== null && leaseSeconds > 0 && (await isPresent(session, run.driver));
  const errors = [
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
    differingFields: fields,
    refusals: errors.map(({ name, message }) => ({
      code: name,
      message: `Run ${runId} is live, at ${run.stage}, ${whoDrives(run.driver, live)}.`,
      remedy: message,
    })),
  };
}

/** What `plan` says in the place of a plan: nothing is checked anew, for `run` would not do it either. */
export function liveRunLines(table: string, { runId, stage, driver }: LiveRun): string {
  return (
    `${table}: run ${runId} is live, at ${stage}, ${whoDrives(driver.id, driver.live)}.\n` +
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
