import { type ChangeLogNames, logTable } from '../capture/change-log.ts';
import { RegistryChangedError } from '../errors.ts';
import type { Queryable, Session } from '../postgres/session.ts';
import { insertEvent } from '../registry/events.ts';
import { lockRun, type Run } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import { drainFunction } from './drain-function.ts';

export interface DrainedBatch {
  /** Log rows taken; fewer than asked for when the pass is over. */
  readonly taken: bigint;
  readonly putBack: bigint;
  /** The application has truncated the table: nothing was taken. */
  readonly truncated: boolean;
  /** The pass has ended with this batch. */
  readonly passEnded: boolean;
  /** Whole passes in a row, this one included, that only put back what they had taken. */
  readonly fruitlessPasses: number;
  /** The most often that a key of this batch had been put back before. */
  readonly mostPutBack: number;
}

interface SlotRow {
  pass_until_seq: bigint | null;
  pass_drained: bigint;
  pass_new: bigint;
  pass_put_back: bigint;
  fruitless_passes: number;
}

interface DrainRow {
  taken: bigint;
  fresh: bigint;
  distinct_keys: bigint;
  put_back_keys: bigint;
  most_put_back: number;
  truncated: boolean;
}

/**
 * One transaction of the drain. The slot row, locked first, keeps two drainers of one log apart (I-9; never SKIP LOCKED on
 * the log: two drainers left a phantom row when tried). Locks no row of the table the application uses.
 */
export async function drainBatch(
  session: Session,
  run: Run,
  driver: string,
  names: ChangeLogNames,
  batchSize: number,
): Promise<DrainedBatch> {
  return session.transaction({ asynchronousCommit: true }, async (tx) => {
    await lockRun(tx, run, driver, 'KEY SHARE');
    const slot = await lockSlot(tx, run, names);
    const started = performance.now();
    const untilSeq = slot.pass_until_seq ?? (await newestSeq(tx, names));
    const [drained] = await tx.query<DrainRow>(
      /* sql */ `SELECT * FROM ${drainFunction(names)}($1::pg_catalog.int4, $2::pg_catalog.int8)`,
      [batchSize, untilSeq],
    );
    if (drained === undefined || drained.truncated) {
      return { taken: 0n, putBack: 0n, truncated: true, passEnded: false, fruitlessPasses: 0, mostPutBack: 0 };
    }
    const passEnded = drained.taken < BigInt(batchSize);
    const passNew = slot.pass_new + drained.fresh;
    const passDistinct = slot.pass_drained + drained.distinct_keys;
    const passPutBack = slot.pass_put_back + drained.put_back_keys;
    const fruitless = passDistinct > 0n && passNew === 0n && passPutBack >= passDistinct;
    const fruitlessPasses = passEnded ? (fruitless ? slot.fruitless_passes + 1 : 0) : slot.fruitless_passes;
    await tx.query(
      /* sql */ `
      UPDATE shadowstep.drain_slot
      SET keys_drained = keys_drained + $3, keys_put_back = keys_put_back + $4,
          drained_since_vacuum = drained_since_vacuum + $3,
          pass_until_seq = $5, pass_drained = $6, pass_new = $7, pass_put_back = $8, fruitless_passes = $9
      WHERE run_id = $1 AND change_log = $2`,
      [
        run.runId,
        names.log,
        drained.taken,
        drained.put_back_keys,
        passEnded ? null : untilSeq,
        passEnded ? 0n : passDistinct,
        passEnded ? 0n : passNew,
        passEnded ? 0n : passPutBack,
        fruitlessPasses,
      ],
    );
    if (drained.taken > 0n) {
      await insertEvent(tx, run.runId, {
        stage: run.stage,
        kind: 'drain',
        rows: drained.taken,
        durationMs: performance.now() - started,
        detail: { putBack: String(drained.put_back_keys) },
      });
    }
    return {
      taken: drained.taken,
      putBack: drained.put_back_keys,
      truncated: false,
      passEnded,
      fruitlessPasses,
      mostPutBack: drained.most_put_back,
    };
  });
}

async function lockSlot(tx: Queryable, run: Run, names: ChangeLogNames): Promise<SlotRow> {
  const [row] = await tx.query<SlotRow>(
    /* sql */ `
    SELECT pass_until_seq, pass_drained, pass_new, pass_put_back, fruitless_passes
    FROM shadowstep.drain_slot WHERE run_id = $1 AND change_log = $2 FOR UPDATE`,
    [run.runId, names.log],
  );
  if (row === undefined) {
    throw new RegistryChangedError(formatTableName(run.source), String(run.runId), 'a drain slot is missing');
  }
  return row;
}

/** The end of a pass: rows that come later belong to the next one. */
async function newestSeq(tx: Queryable, names: ChangeLogNames): Promise<bigint> {
  const [row] = await tx.query<{ seq: bigint }>(
    /* sql */ `SELECT COALESCE((SELECT l.seq FROM ${logTable(names)} AS l ORDER BY l.seq DESC LIMIT 1), 0) AS seq`,
  );
  return row?.seq ?? 0n;
}

/** Log rows waiting, counted up to `atMost`. */
export async function countPending(client: Queryable, names: ChangeLogNames, atMost: number): Promise<number> {
  const [row] = await client.query<{ pending: number }>(
    /* sql */ `
    SELECT pg_catalog.count(*)::pg_catalog.int4 AS pending
    FROM (SELECT FROM ${logTable(names)} LIMIT $1) AS l`,
    [atMost],
  );
  return row?.pending ?? 0;
}
