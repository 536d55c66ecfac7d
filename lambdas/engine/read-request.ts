import type { Session } from './postgres/session.ts';
import { isPresent } from './registry/presence.ts';
import { findDeliveredRun, type Run, readRun } from './registry/runs.ts';
import { registryIsReady } from './registry/schema.ts';
import { findLiveWholeOfRun } from './registry/wholes.ts';
import type { ParsedRequest } from './request.ts';
import { isTerminal } from './stages.ts';
import { formatTableName } from './table-name.ts';
import type { UnitOutcome } from './unit.ts';

/** REQUEST: nothing is started by a delivery that has started something before. */
export async function readRequest(session: Session, request: ParsedRequest, driver: string): Promise<UnitOutcome> {
  if (request.requestId !== null && (await registryIsReady(session))) {
    const delivered = await startedBy(session, request.requestId);
    // A live run that its own driver goes on with, or that nobody drives, is not a repeated delivery's business to stop.
    const heldByAnother =
      delivered !== null &&
      delivered.driver !== null &&
      delivered.driver !== driver &&
      (delivered.leaseSeconds ?? 0) > 0 &&
      (await isPresent(session, delivered.driver));
    if (delivered !== null && (isTerminal(delivered.stage) || heldByAnother)) {
      return { status: 'stop', message: `this request has started run ${delivered.runId} before: ${delivered.stage}` };
    }
  }
  return { status: 'done', message: `${request.action} ${formatTableName(request.table)}` };
}

/**
 * The run that a delivery with this id has started. Of a partitioned table it is the run of the partition under way, which
 * the same request goes on with in execution after execution; null between two partitions.
 */
async function startedBy(session: Session, requestId: string): Promise<Run | null> {
  const delivered = await findDeliveredRun(session, requestId);
  const whole = delivered === null ? null : await findLiveWholeOfRun(session, delivered.runId);
  if (whole === null) {
    return delivered;
  }
  return whole.leafRunId === null ? null : readRun(session, whole.leafRunId);
}
