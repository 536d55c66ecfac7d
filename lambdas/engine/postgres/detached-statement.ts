import {
  type DetachedStatement,
  listStatements,
  markSent,
  statementLockName,
} from '../registry/detached-statements.ts';
import { lockRun, type Run } from '../registry/runs.ts';
import type { UnitContext } from '../unit-context.ts';
import { quoteLiteral } from './identifier.ts';
import type { Session } from './session.ts';

/**
 * A statement wrapped so that it survives us: one block, one transaction, that first takes the statement's advisory lock
 * (a retry never runs beside its own earlier statement, I-8), checks that the stage has not moved, the run is still this
 * driver's, and nobody has done it yet (I-12), does it, and writes the registry row: done, or the SQLSTATE. Cancelling or
 * terminating the server process leaves the row as it was; the next unit finds neither lock nor row and sends it again.
 */
export function detachedBlock(
  { runId, stage }: Pick<Run, 'runId' | 'stage'>,
  driver: string,
  statement: DetachedStatement,
): string {
  const row = `run_id = ${runId} AND unit_no = ${statement.unitNo}`;
  const body = /* sql */ `
    DECLARE
      began timestamptz := pg_catalog.clock_timestamp();
      state text;
      violated text;
    BEGIN
      IF NOT pg_catalog.pg_try_advisory_xact_lock(
        pg_catalog.hashtextextended(${quoteLiteral(statementLockName(runId, statement.unitNo))}, 0)) THEN
        RETURN;
      END IF;
      PERFORM FROM shadowstep.run
      WHERE run_id = ${runId} AND stage = ${quoteLiteral(stage)} AND driver = ${quoteLiteral(driver)} FOR KEY SHARE;
      IF NOT FOUND THEN
        RETURN;
      END IF;
      PERFORM FROM shadowstep.detached_statement WHERE ${row} AND finished_at IS NULL;
      IF NOT FOUND THEN
        RETURN;
      END IF;
      BEGIN
        EXECUTE ${quoteLiteral(statement.statement)};
      EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, violated = CONSTRAINT_NAME;
      END;
      UPDATE shadowstep.detached_statement
      SET started_at = began, finished_at = pg_catalog.clock_timestamp(), sqlstate = state,
          failed_constraint = NULLIF(violated, '')
      WHERE ${row};
    END`;
  return `DO ${quoteLiteral(body)}`;
}

/** In that session nothing may end the statement: no timeout, no look at whether the client is still there, no NOTICE. */
const UNBOUNDED_SETTINGS = [
  'SET statement_timeout = 0',
  'SET lock_timeout = 0',
  'SET client_connection_check_interval = 0',
  'SET client_min_messages = error',
].join('; ');

const POLL_MS = 250;

/**
 * A statement that came back undone so often in one unit is not sent again by it: the stage has moved (the next unit sees
 * that), or somebody keeps ending its session.
 */
const MOST_SENDS = 3;

/**
 * Runs the stage's unfinished statements, of some kinds where they are given, `concurrency` at a time, until all are
 * finished or the unit's time is spent; what then still runs goes on in the server. Returns the statements as they are at the end.
 */
export async function runDetachedStatements(
  ctx: UnitContext,
  concurrency: number,
  kinds?: readonly DetachedStatement['kind'][],
): Promise<DetachedStatement[]> {
  /** Sessions whose statement has finished: a session for each took longer than building a small index. */
  const free: Session[] = [];
  try {
    return await sendAll(ctx, concurrency, kinds, free);
  } finally {
    await Promise.all(free.map((session) => session.end()));
  }
}

async function sendAll(
  ctx: UnitContext,
  concurrency: number,
  kinds: readonly DetachedStatement['kind'][] | undefined,
  free: Session[],
): Promise<DetachedStatement[]> {
  const { run, session } = ctx;
  const sending = new Map<number, Promise<unknown>>();
  const failures: unknown[] = [];
  const sends = new Map<number, number>();
  for (;;) {
    const statements = await listStatements(session, run.runId, run.stage, kinds);
    const failed = statements.some((statement) => statement.sqlstate !== null);
    const open = statements.filter((statement) => !statement.finished);
    const lost = open.some(
      (one) => (sends.get(one.unitNo) ?? 0) >= MOST_SENDS && !one.inFlight && !sending.has(one.unitNo),
    );
    if (open.length === 0 || failed || lost || failures.length > 0 || ctx.remainingMs() <= 0) {
      await Promise.all(sending.values());
      if (failures.length > 0) {
        throw failures[0];
      }
      return listStatements(session, run.runId, run.stage, kinds);
    }
    const busy = open.filter((statement) => statement.inFlight || sending.has(statement.unitNo));
    const idle = open.filter((statement) => !busy.includes(statement));
    for (const statement of idle.slice(0, Math.max(0, concurrency - busy.length))) {
      const sent = send(ctx, statement, free)
        .catch((error: unknown) => failures.push(error))
        .finally(() => sending.delete(statement.unitNo));
      sending.set(statement.unitNo, sent);
      sends.set(statement.unitNo, (sends.get(statement.unitNo) ?? 0) + 1);
    }
    // Woken by whichever of ours ends first; the poll is for those that an earlier invocation had sent.
    await Promise.race([...sending.values(), pause(Math.min(POLL_MS, Math.max(1, ctx.remainingMs())))]);
  }
}

async function send(ctx: UnitContext, statement: DetachedStatement, free: Session[]): Promise<void> {
  const session = free.pop() ?? (await openUnbounded(ctx));
  let reusable = false;
  try {
    await session.transaction({}, async (tx) => {
      await lockRun(tx, ctx.run, ctx.driver, 'KEY SHARE');
      await markSent(tx, ctx.run.runId, statement.unitNo);
    });
    reusable = (await session.detach(detachedBlock(ctx.run, ctx.driver, statement), ctx.remainingMs())) === 'finished';
  } finally {
    if (reusable) {
      free.push(session);
    } else {
      await session.end();
    }
  }
}

async function openUnbounded(ctx: UnitContext): Promise<Session> {
  const session = await ctx.openSession(`${ctx.run.runId}/statements`);
  try {
    await session.script(UNBOUNDED_SETTINGS);
    return session;
  } catch (error) {
    await session.end();
    throw error;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
