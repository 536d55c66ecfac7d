import pg from 'pg';
import { dropGuardStatement, guardTableStatements } from '../capture/guard.ts';
import { resolveCapturedKey } from '../capture/key-columns.ts';
import { createCaptureTriggerStatements, dropCaptureTriggerStatements } from '../capture/triggers.ts';
import { hasTruncateMarker } from '../capture/truncated.ts';
import { readLightFingerprint } from '../catalog/light-fingerprint.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import type { ForeignKeyFacts, TableFacts } from '../catalog/table-facts.ts';
import { dropDefaultProofStatements } from '../copy-table/partition-statements.ts';
import { dressReplacement, moveStatements, undressLive } from '../copy-table/swap-statements.ts';
import { drainFunction } from '../drain/drain-function.ts';
import type { DrainJob } from '../drain/jobs.ts';
import { type Blocker, PostgresError, SourceChangedError, SourceMissingError } from '../errors.ts';
import { type AttemptBound, attemptBound } from '../locks/attempt-bound.ts';
import { momentMs, toBlocker } from '../locks/blockers.ts';
import { lookBeforeLocking } from '../locks/first-sight.ts';
import { findCulprits, isNotNow, notNow } from '../locks/not-now.ts';
import { pauseAfterAttempts, pauseForStall } from '../locks/pauses.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import { isCatalogRowTaken, sqlstateOf } from '../postgres/sqlstate.ts';
import { countLockAttempt, StageMovedOn } from '../registry/runs.ts';
import { AUTOVACUUM_PATIENCE_MS, lockAgainstDdl } from '../setup/setup.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import { recordedFacts, runObjects, type UnitContext } from '../unit-context.ts';
import { EXCHANGE_RESULT_SQL, EXCHANGE_STATES, exchangeBlock, recordExchangeStatement } from './exchange-block.ts';
import { type Kin, kinOf } from './kin.ts';
import { lockedOids, lockTable, readLockOrder } from './lock-order.ts';
import { leftBehindViews } from './materialized-views.ts';
import { drainAndOutwaitSnapshots } from './outwait-snapshots.ts';
import { assertRoomInPark } from './room-in-park.ts';
import { findWholeRowFunctions } from './whole-row-functions.ts';

/** The swap and the revert are one exchange with the sides changed over. */
export interface Exchange {
  readonly stage: 'SWAP' | 'REVERT';
  readonly liveOid: number;
  readonly replacementOid: number;
  /** Where the live table goes. */
  readonly parkSchema: string;
  /** The drain that brings the replacement up to the live table. */
  readonly job: DrainJob;
  /** Throws SourceChangedError when the live table is not what the replacement was made for (I-10). */
  assertUnchanged(live: TableFacts): Promise<void>;
  /** Throws CopyChangedError when the table that is to take the place is not what we left. */
  assertAsWeLeftIt(replacement: TableFacts): void;
  /** True when the table that takes the place gets capture triggers of the reverse log. */
  readonly captureInReverse: boolean;
}

const TRUNCATED = 'the table was truncated; the other one follows';

interface ExchangeTimes {
  looked_ms: number;
  wait_ms: number;
  work_ms: number;
  drained: number;
  put_back: number;
}

/**
 * One attempt. First SHARE UPDATE EXCLUSIVE on every table, which keeps DDL and vacuum away and blocks no reader or
 * writer: under it the facts are read and compared in peace. Then, once more, a drain and a look for older snapshots: the locks
 * may have been waited for. Then the block, and COMMIT in the same round trip. Returns `done` when the tables have changed
 * places, `wait` or `more` when not now; nothing was changed then.
 */
export async function attemptExchange(ctx: UnitContext, exchange: Exchange): Promise<UnitOutcome> {
  const { run, session, request } = ctx;
  const objects = runObjects(run);
  const table = formatTableName(run.source);
  const inTheWay = await lookBeforeLocking(
    ctx,
    tablesOf(ctx, exchange),
    'ACCESS EXCLUSIVE',
    momentMs(request.lockTimeoutMs),
  );
  if (inTheWay.length > 0) {
    return notNow(ctx, inTheWay, 0);
  }
  let bound = attemptBound(request.lockTimeoutMs, request.swapDrainBudgetMs, 0);
  try {
    const attempt = await session.transaction(
      { lockTimeoutMs: AUTOVACUUM_PATIENCE_MS, asynchronousCommit: true },
      async (tx): Promise<ExchangeTimes | UnitOutcome> => {
        const kin = kinOf(recordedFacts(run));
        for (const table of kin.above) {
          await lockAgainstDdl(tx, table.sql);
        }
        await lockAgainstDdl(tx, `ONLY ${qualified(objects.source)}`);
        // A person's DDL on the other one, between the look at it and the block, would take the table's place with it (I-10).
        await lockAgainstDdl(tx, `ONLY ${qualified(exchange.job.follower)}`);
        // From now on nobody truncates the table; what was truncated before, `drainBeside` could not follow under this lock.
        if (await hasTruncateMarker(tx, exchange.job.names)) {
          return { status: 'more', message: TRUNCATED };
        }
        for (const table of kin.beside) {
          await lockAgainstDdl(tx, table.sql);
        }
        // Before the facts: what changes while they are read, or later, is in neither of the two otherwise (I-10).
        const lightFingerprint = await readLightFingerprint(tx, exchange.liveOid);
        const live = await readTableFacts(tx, exchange.liveOid);
        const replacement = await readTableFacts(tx, exchange.replacementOid);
        if (
          live === null ||
          replacement === null ||
          live.schema !== run.source.schema ||
          live.name !== run.source.name
        ) {
          throw new SourceMissingError(table, String(run.runId));
        }
        await exchange.assertUnchanged(live);
        exchange.assertAsWeLeftIt(replacement);
        const leftBehind = await leftBehindViews(tx, run, live);
        await assertRoomInPark(tx, table, exchange.parkSchema, live);
        const { before, after } = await readLockOrder(tx, live);
        for (const table of [...before, ...after].filter((relation) => relation.isTable)) {
          await lockAgainstDdl(tx, table.sql);
        }
        const sides = { live, replacement, parkSchema: exchange.parkSchema };
        const functions = await findWholeRowFunctions(tx, live);
        const statements = [
          ...dropCaptureTriggerStatements(qualified(live)),
          dropGuardStatement(qualified(replacement)),
          ...undressLive(sides),
          ...moveStatements(sides),
          ...dressReplacement(sides),
          ...dropDefaultProofStatements(live, run.runId),
          ...(await reverseTriggers(ctx, exchange, tx)),
          // Last: it may wait a moment for each, and sets a lock_timeout of its own.
          ...functions.statements,
        ];
        bound = attemptBound(request.lockTimeoutMs, request.swapDrainBudgetMs, statements.length);
        const block = exchangeBlock({
          runId: run.runId,
          stage: exchange.stage,
          driver: ctx.driver,
          liveOid: exchange.liveOid,
          replacementOid: exchange.replacementOid,
          lockStatements: [
            ...before.filter((relation) => !relation.isTable).map((relation) => relation.lock),
            ...kin.above.map((relation) => lockTable(relation.sql)),
            ...before.filter((relation) => relation.isTable).map((relation) => relation.lock),
            lockTable(`ONLY ${qualified(live)}`),
            lockTable(`ONLY ${qualified(replacement)}`),
            ...kin.beside.map((relation) => lockTable(relation.sql)),
            ...after.map((relation) => relation.lock),
          ],
          lockedOids: [
            exchange.liveOid,
            exchange.replacementOid,
            ...[...before, ...kin.above, ...kin.beside, ...after].map((relation) => relation.oid),
            // SET SCHEMA takes identity sequences along, and waits for transactions that have called nextval themselves.
            ...live.sequences.map((sequence) => sequence.oid),
          ],
          lockWaitMs: bound.lockWaitMs,
          momentMs: momentMs(request.lockTimeoutMs),
          drainBudgetMs: request.swapDrainBudgetMs,
          job: exchange.job,
          lightFingerprint,
          statements,
          leftBehindViews: leftBehind,
          foreignKeysToValidate: foreignKeysToValidate(live, recordedFacts(run)),
          triggerMark: exchange.captureInReverse
            ? { tableOid: exchange.replacementOid, names: objects.reverseChangeLog, mark: 'reverse_trigger_mark' }
            : null,
        });
        const next = await drainBeside(ctx, exchange);
        if (next !== 'exchange') {
          return next;
        }
        await drainBeforeLocking(tx, run, exchange);
        // SET LOCAL in its own statement: statement_timeout is armed when a statement begins.
        const results = await session.script(
          [
            `SET LOCAL statement_timeout = ${Math.trunc(bound.longestMs)}`,
            block,
            EXCHANGE_RESULT_SQL,
            recordExchangeStatement(run.runId, exchange.stage, functions),
            'COMMIT',
          ].join(';\n'),
        );
        return JSON.parse(String(results[2]?.[0]?.result)) as ExchangeTimes;
      },
    );
    if ('status' in attempt) {
      return attempt;
    }
    return { status: 'done', message: `changed places; the lock was held for ${attempt.work_ms.toFixed(1)} ms` };
  } catch (error) {
    return explainFailure(ctx, exchange, bound, error);
  }
}

/** The locks of an attempt are held for at most so long while another session drains; its own ends after 30 s of idling. */
const DRAIN_BESIDE_MS = 10_000;

/**
 * Drains in a session of its own, under the locks of the attempt, and outwaits the snapshots from before that drain. What the
 * attempt's own transaction drains is committed with the exchange only: to a REPEATABLE READ session that came while the
 * attempt waited for its locks, all of it would be missing from the new table (I-9).
 */
async function drainBeside(ctx: UnitContext, exchange: Exchange): Promise<'exchange' | UnitOutcome> {
  const until = performance.now() + DRAIN_BESIDE_MS;
  const session = await ctx.openSession(`${ctx.run.runId}/drain`);
  try {
    const remainingMs = () => Math.min(ctx.remainingMs(), until - performance.now());
    return await drainAndOutwaitSnapshots({ ...ctx, session, remainingMs }, exchange.job, [ctx.session.backendPid]);
  } finally {
    await session.end();
  }
}

/** Rows that a pre-drain round may leave; as many rounds as it may take. */
const FEW_ROWS = 20n;
const MOST_ROUNDS = 20;

/**
 * Drains once more in the exchange's own transaction, before the strong lock, what came in while older snapshots were outwaited: so
 * that the drain under the lock has milliseconds of traffic left. Undone with the attempt if that fails.
 */
async function drainBeforeLocking(tx: Queryable, run: UnitContext['run'], exchange: Exchange): Promise<void> {
  await tx.query(/* sql */ `SELECT FROM shadowstep.drain_slot WHERE run_id = $1 AND change_log = $2 FOR UPDATE`, [
    run.runId,
    exchange.job.names.log,
  ]);
  let drained = 0n;
  let putBack = 0n;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const [batch] = await tx.query<{ taken: bigint; put_back_keys: bigint }>(
      /* sql */ `SELECT taken, put_back_keys FROM ${drainFunction(exchange.job.names)}(1000, 9223372036854775807)`,
    );
    drained += batch?.taken ?? 0n;
    putBack += batch?.put_back_keys ?? 0n;
    if ((batch?.taken ?? 0n) <= FEW_ROWS) {
      break;
    }
  }
  await tx.query(
    /* sql */ `
    UPDATE shadowstep.drain_slot SET keys_drained = keys_drained + $3, keys_put_back = keys_put_back + $4
    WHERE run_id = $1 AND change_log = $2`,
    [run.runId, exchange.job.names.log, drained, putBack],
  );
}

/** By its statement_timeout, or by a person. */
const QUERY_CANCELED = '57014';

/** What an attempt that did not succeed means; throws what is not a matter of time. */
async function explainFailure(
  ctx: UnitContext,
  exchange: Exchange,
  bound: AttemptBound,
  error: unknown,
): Promise<UnitOutcome> {
  const { run, session } = ctx;
  const table = formatTableName(run.source);
  switch (sqlstateOf(error)) {
    case EXCHANGE_STATES.blocked:
      return notNow(ctx, blockersOf(error), 0);
    case EXCHANGE_STATES.drainTooLong:
      return {
        status: 'wait',
        seconds: Math.max(
          pauseForStall(bound.longestMs),
          pauseAfterAttempts(await countLockAttempt(session, run.runId)),
        ),
        because: `what was left in the change log took longer than swapDrainBudgetMs (${ctx.request.swapDrainBudgetMs})`,
      };
    case EXCHANGE_STATES.truncated:
      return { status: 'more', message: TRUNCATED };
    case EXCHANGE_STATES.movedOn:
      throw new StageMovedOn();
    case EXCHANGE_STATES.changed:
      throw new SourceChangedError(table, ['grants, dependents or sequences']);
    default:
      if (isNotNow(error) || isCatalogRowTaken(error)) {
        const culprits = await findCulprits(ctx, tablesOf(ctx, exchange), 'ACCESS EXCLUSIVE', bound.lockWaitMs);
        return sqlstateOf(error) === QUERY_CANCELED
          ? notNow(ctx, culprits, bound.longestMs, `the tables did not change places within ${bound.longestMs} ms`)
          : notNow(ctx, culprits, bound.longestMs);
      }
      throw error;
  }
}

/** What an attempt locks, by the facts of SETUP: the two tables, views, partners …, identity sequences. */
function tablesOf(ctx: UnitContext, exchange: Exchange): number[] {
  const facts = recordedFacts(ctx.run);
  return [
    exchange.liveOid,
    exchange.replacementOid,
    ...lockedOids(facts),
    ...Object.values(kinOf(facts)).flatMap((tables: readonly Kin[]) => tables.map((table) => table.oid)),
    // Serial ones are released before and not touched here.
    ...facts.sequences.filter((sequence) => sequence.kind === 'identity').map((sequence) => sequence.oid),
  ];
}

function blockersOf(error: unknown): Blocker[] {
  const cause = error instanceof PostgresError ? error.cause : null;
  const detail = cause instanceof pg.DatabaseError ? cause.detail : undefined;
  return (JSON.parse(detail ?? '[]') as Parameters<typeof toBlocker>[0][]).map(toBlocker);
}

async function reverseTriggers(ctx: UnitContext, exchange: Exchange, tx: Queryable): Promise<string[]> {
  if (!exchange.captureInReverse) {
    return [];
  }
  const objects = runObjects(ctx.run);
  const key = ctx.run.facts?.key;
  if (key === null || key === undefined) {
    return [];
  }
  const captured = await resolveCapturedKey(tx, key, exchange.replacementOid);
  return [
    ...createCaptureTriggerStatements(objects.reverseChangeLog, captured, qualified(objects.source)),
    ...guardTableStatements(objects.reverseChangeLog, qualified(objects.old)),
  ];
}

/**
 * The foreign keys that were valid before the run, to be validated online one at a time; those NOT VALID before stay so.
 * By the recorded facts too: a revert may come before the swap's own validation has ended.
 */
function foreignKeysToValidate(live: TableFacts, recorded: TableFacts): { name: string; statement: string }[] {
  const wasValid = (key: ForeignKeyFacts) =>
    [...recorded.foreignKeysOut, ...recorded.foreignKeysIn].some(
      (before) =>
        before.validated &&
        before.name === key.name &&
        before.table.schema === key.table.schema &&
        before.table.name === key.table.name,
    );
  return [...live.foreignKeysOut, ...live.foreignKeysIn]
    .filter((key) => key.enforced && (key.validated || wasValid(key)))
    .map((key) => ({
      name: key.name,
      statement: /* sql */ `ALTER TABLE ${qualified(key.table)} VALIDATE CONSTRAINT ${quoteIdent(key.name)}`,
    }));
}
