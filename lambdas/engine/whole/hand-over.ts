import { type PartitionLeaf, readPartitionLeaves } from '../catalog/partition-leaves.ts';
import { RefusedError } from '../errors.ts';
import type { Queryable, Session } from '../postgres/session.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import { partitionsUnderOwnRuns, refuseOwnRuns } from '../pre-validation/checks/partitioned-table.ts';
import { preValidate } from '../pre-validation/pre-validate.ts';
import { newRun, readClock } from '../pre-validation/start-run.ts';
import { refusalsOfLeaf, requestOfLeaf } from '../pre-validation/validate-whole.ts';
import { insertEvent, type RunEvent } from '../registry/events.ts';
import { insertRun, StageMovedOn } from '../registry/runs.ts';
import {
  appendLeaves,
  beginLeaf,
  finishWhole,
  type LeafRow,
  lockBetweenLeaves,
  readLeafRows,
  updateLeaf,
  type Whole,
} from '../registry/wholes.ts';
import type { ParsedRequest } from '../request.ts';
import { formatTableName } from '../table-name.ts';

/** unique_violation: another driver has registered a run of this partition in between. */
const ANOTHER_WAS_FASTER = '23505';

/**
 * Between two partitions: takes note of those that were dropped or attached meanwhile, and ends the whole if none waits any
 * more. Resolves to those that wait, in the order of their turn. Throws StageMovedOn when a twin was faster.
 */
export async function settleWhole(session: Session, whole: Whole, driver: string): Promise<LeafRow[]> {
  return session.transaction({}, async (tx) => {
    await mustBeBetween(tx, whole);
    const waiting = await refreshLeaves(tx, whole);
    if (waiting.length === 0) {
      await finishWhole(tx, whole, null, driver);
    }
    return waiting;
  });
}

/** Gives up the partitions that wait; those that are done stay so. Throws StageMovedOn when a twin was faster. */
export async function giveUpWhole(session: Session, whole: Whole, driver: string): Promise<void> {
  await session.transaction({}, async (tx) => {
    await mustBeBetween(tx, whole);
    await finishWhole(tx, whole, 'reset', driver);
  });
}

/**
 * PRE_VALIDATION of the next partition, and its run. Throws RefusedError with all that is said against it, having changed
 * nothing; StageMovedOn when a twin was faster.
 */
export async function beginNextLeaf(
  session: Session,
  whole: Whole,
  next: LeafRow,
  request: ParsedRequest,
  driver: string,
): Promise<void> {
  const began = await readClock(session);
  const ofLeaf = requestOfLeaf(request, next);
  const { facts, refusals } = await preValidate(session, ofLeaf, whole.wholeId);
  if (refusals.length > 0 || facts === null) {
    throw new RefusedError(formatTableName(whole.root), refusalsOfLeaf(next, refusals));
  }
  await assertNoOwnRun(session, whole, next);
  const run = await newRun(session, ofLeaf, next.oid, driver, began);
  try {
    await session.transaction({}, async (tx) => {
      await mustBeBetween(tx, whole);
      await beginLeaf(tx, whole.wholeId, next.place, await insertRun(tx, run));
    });
  } catch (error) {
    if (sqlstateOf(error) !== ANOTHER_WAS_FASTER) {
      throw error;
    }
    await assertNoOwnRun(session, whole, next);
    throw new StageMovedOn();
  }
}

/** Throws RefusedError when the partition has been asked for by its own name since the whole began. */
async function assertNoOwnRun(session: Session, whole: Whole, leaf: LeafRow): Promise<void> {
  const table = formatTableName(whole.root);
  const found = await refuseOwnRuns(session, table, [leaf]);
  if (found.length > 0) {
    const { code } = partitionsUnderOwnRuns;
    throw new RefusedError(
      table,
      found.map(({ message, remedy }) => ({ code, message, remedy })),
    );
  }
}

async function mustBeBetween(tx: Queryable, whole: Whole): Promise<void> {
  if (!(await lockBetweenLeaves(tx, whole.wholeId))) {
    throw new StageMovedOn();
  }
}

/** Holds the whole's partitions against the catalog's. What is done and was dropped since is no affair of ours. */
async function refreshLeaves(tx: Queryable, whole: Whole): Promise<LeafRow[]> {
  const now = await readPartitionLeaves(tx, whole.rootOid);
  const byOid = new Map(now.map((one) => [one.oid, one]));
  const known = await readLeafRows(tx, whole.wholeId);
  const waiting: LeafRow[] = [];
  for (const leaf of known) {
    if (leaf.state !== 'waiting' && leaf.state !== 'gone') {
      continue;
    }
    const found = byOid.get(leaf.oid);
    const is = found === undefined ? 'gone' : 'waiting';
    const named = { ...leaf, state: is, schema: found?.schema ?? leaf.schema, name: found?.name ?? leaf.name } as const;
    if (is !== leaf.state || named.schema !== leaf.schema || named.name !== leaf.name) {
      await updateLeaf(tx, whole.wholeId, named);
    }
    if (is !== leaf.state) {
      await tell(tx, whole, is === 'gone' ? 'partition gone' : 'partition attached', named);
    }
    if (is === 'waiting') {
      waiting.push(named);
    }
  }
  const knownOids = new Set(known.map((leaf) => leaf.oid));
  const attached = now.filter((one) => !knownOids.has(one.oid));
  if (attached.length === 0) {
    return waiting;
  }
  await appendLeaves(tx, whole.wholeId, attached);
  for (const leaf of attached) {
    await tell(tx, whole, 'partition attached', leaf);
  }
  return (await readLeafRows(tx, whole.wholeId)).filter((leaf) => leaf.state === 'waiting');
}

/** An event needs a run: the one that was begun last. */
async function tell(
  tx: Queryable,
  whole: Whole,
  kind: RunEvent['kind'],
  leaf: Pick<PartitionLeaf, 'schema' | 'name'>,
): Promise<void> {
  if (whole.lastRunId !== null) {
    await insertEvent(tx, whole.lastRunId, {
      stage: 'CLEAN_UP',
      kind,
      detail: { partition: formatTableName({ schema: leaf.schema, name: leaf.name }) },
    });
  }
}
