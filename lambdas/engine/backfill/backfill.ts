import { assertCaptureIntact } from '../capture/intact.ts';
import { resolveCapturedKey } from '../capture/key-columns.ts';
import { followTruncate, hasTruncateMarker } from '../capture/truncated.ts';
import { SourceRewrittenError } from '../errors.ts';
import type { Session } from '../postgres/session.ts';
import { sqlstateOf } from '../postgres/sqlstate.ts';
import { advanceBatch, backfillProgress, claimBatch } from '../registry/batches.ts';
import { insertEvent } from '../registry/events.ts';
import { lockRun, moveStage, setBatchBlocks } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import { ReplicaGate } from '../throttle/replica-gate.ts';
import type { UnitOutcome } from '../unit.ts';
import { copiedColumns, recordedFacts, recordedKey, runObjects, type UnitContext } from '../unit-context.ts';
import { BatchSizer } from './batch-size.ts';
import { copyBlocks } from './copy-batch.ts';

/** A batch is cancelled when it takes this many times its target (and at least half a minute): it is halved then. */
const TIMEOUT_IN_TARGETS = 10;
const SHORTEST_BATCH_TIMEOUT_MS = 30_000;

/**
 * BACKFILL: one slice, i.e. batches over several connections until the time budget is spent, all are done, or a replica
 * lags too far behind.
 */
export async function backfillUnit(ctx: UnitContext): Promise<UnitOutcome> {
  const { run, session, request } = ctx;
  const objects = runObjects(run);
  await assertCaptureIntact(ctx);
  if (await hasTruncateMarker(session, objects.changeLog)) {
    await followTruncate(session, run, ctx.driver, objects.changeLog, objects.copy);
  }

  const sizer = new BatchSizer(run.batchBlocks, request.targetBatchMs);
  const gate = new ReplicaGate(ctx);
  const extra = (await gate.isOpen(session)) ? await openWorkers(ctx, request.workers - 1) : [];
  let copiedNothing: boolean;
  try {
    copiedNothing = !(await settleAll([session, ...extra].map((worker) => copyUntilDone(ctx, worker, sizer, gate))));
  } catch (error) {
    if (error instanceof TruncatedMeanwhile) {
      return { status: 'more', message: 'the table was truncated; the copy follows' };
    }
    throw error;
  } finally {
    await Promise.all(extra.map((worker) => worker.end()));
  }
  await setBatchBlocks(session, run.runId, ctx.driver, sizer.blocks);

  const progress = await backfillProgress(session, run.runId);
  const held = progress.unfinished > 0n ? await gate.close(ctx) : null;
  if (held !== null) {
    return held;
  }
  if (progress.unfinished > 0n && copiedNothing) {
    return { status: 'wait', seconds: 2, because: 'an earlier invocation still works on the last batches' };
  }
  if (progress.unfinished > 0n) {
    return {
      status: 'more',
      message: `${progress.rowsCopied} rows copied`,
      progress: { measure: 'blocks', done: progress.blocksDone, estimated: progress.blocks },
    };
  }
  await session.transaction({}, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    await moveStage(tx, run, 'SYNC_SCHEMAS');
  });
  return { status: 'done', message: `${progress.rowsCopied} rows copied` };
}

/** More connections, as many as the server grants: fewer workers are slower, not wrong. */
async function openWorkers(ctx: UnitContext, count: number): Promise<Session[]> {
  const opened: Session[] = [];
  for (let number = 0; number < count; number += 1) {
    try {
      opened.push(await ctx.openSession(`${ctx.run.runId}/backfill`));
    } catch (error) {
      ctx.log.warn('fewer workers than asked for', { workers: opened.length + 1, sqlstate: sqlstateOf(error) });
      break;
    }
  }
  return opened;
}

/**
 * Waits for every worker before throwing the first error, so that none is left in the middle of a transaction. True when
 * any of them copied a batch.
 */
async function settleAll(workers: readonly Promise<number>[]): Promise<boolean> {
  const results = await Promise.allSettled(workers);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
  return results.some((result) => result.status === 'fulfilled' && result.value > 0);
}

/** Resolves to how many batches it copied. */
async function copyUntilDone(
  ctx: UnitContext,
  session: Session,
  sizer: BatchSizer,
  gate: ReplicaGate,
): Promise<number> {
  let batches = 0;
  const facts = recordedFacts(ctx.run);
  const key = await resolveCapturedKey(session, recordedKey(facts), ctx.run.sourceOid);
  const columns = copiedColumns(facts);
  // Room for one more batch and its commit before the invocation ends.
  while (ctx.remainingMs() > 2 * ctx.request.targetBatchMs && (await gate.isOpen(session))) {
    const blocks = sizer.blocks;
    try {
      const copied = await copyOneBatch(ctx, session, key, columns, blocks);
      if (copied === null) {
        return batches;
      }
      batches += 1;
      sizer.observe(copied.blocks, copied.durationMs);
    } catch (error) {
      if (sqlstateOf(error) !== '57014' || blocks === 1) {
        throw error;
      }
      sizer.observeTimeout();
    }
  }
  return batches;
}

/** One transaction: claim, copy, mark (I-5). Null when no batch is left to claim. */
async function copyOneBatch(
  ctx: UnitContext,
  session: Session,
  key: Parameters<typeof copyBlocks>[2],
  columns: readonly string[],
  blocks: number,
): Promise<{ blocks: number; durationMs: number } | null> {
  const { run } = ctx;
  const started = performance.now();
  const statementTimeoutMs = Math.min(
    Math.max(1_000, ctx.remainingMs()),
    Math.max(SHORTEST_BATCH_TIMEOUT_MS, TIMEOUT_IN_TARGETS * ctx.request.targetBatchMs),
  );
  return session.transaction({ asynchronousCommit: true, statementTimeoutMs }, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'KEY SHARE');
    const batch = await claimBatch(tx, run.runId);
    if (batch === null) {
      return null;
    }
    const wanted = batch.nextBlock + BigInt(blocks);
    const toBlock = wanted < batch.endBlock ? wanted : batch.endBlock;
    const rows = await copyBlocks(tx, runObjects(run), key, columns, batch.nextBlock, toBlock);
    const filenode = run.sourceFilenode ?? 0;
    if (!(await advanceBatch(tx, run.runId, batch, toBlock, rows, run.sourceOid, filenode))) {
      await explainOtherFile(ctx);
    }
    const durationMs = performance.now() - started;
    await insertEvent(tx, run.runId, { stage: 'BACKFILL', kind: 'batch', rows: BigInt(rows), durationMs });
    return { blocks: Number(toBlock - batch.nextBlock), durationMs };
  });
}

/**
 * The source lies in another file than at SETUP. After a TRUNCATE the marker says so and the next unit follows it; after
 * a rewrite nothing can (positions mean nothing any more). Always throws, so that the batch is rolled back.
 */
async function explainOtherFile(ctx: UnitContext): Promise<never> {
  const probe = await ctx.openSession(`${ctx.run.runId}/probe`);
  try {
    if (await hasTruncateMarker(probe, runObjects(ctx.run).changeLog)) {
      throw new TruncatedMeanwhile();
    }
    throw new SourceRewrittenError(formatTableName(ctx.run.source));
  } finally {
    await probe.end();
  }
}

/** Ends the slice so that the next one follows the TRUNCATE. */
class TruncatedMeanwhile extends Error {}
