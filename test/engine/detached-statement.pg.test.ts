import type pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { detachedBlock, runDetachedStatements } from '../../lambdas/engine/postgres/detached-statement.ts';
import {
  type DetachedStatement,
  insertStatement,
  listStatements,
} from '../../lambdas/engine/registry/detached-statements.ts';
import { reportRun } from '../../lambdas/engine/registry/report.ts';
import { pollUntil } from '../support/poll.ts';
import { errorOf, ItemRun } from './item-run.ts';

const STAGE = 'SYNC_SCHEMAS';
/** Waits at a gate, then leaves a trace: how often it was carried out. */
const GATED = /* sql */ `INSERT INTO public.tally SELECT 1 FROM pg_catalog.pg_advisory_xact_lock(7)`;

let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create();
  await template.through('BACKFILL');
  await template.owner.query('CREATE TABLE public.tally (n int)');
});

/** A run at SYNC_SCHEMAS with one statement to send, and a gate that holds that statement up. */
async function withStatement(statement = GATED) {
  const run = await template.clone();
  const gate = await run.database.client();
  await gate.query('SELECT pg_advisory_lock(7)');
  const session = await run.session('test');
  await insertStatement(session, 1n, STAGE, { kind: 'index', objectName: 'gated', statement, weight: 1n });
  /** What one invocation does that has all the time it wants. */
  const invocation = async (): Promise<DetachedStatement[]> => runDetachedStatements(await run.context(), 2);
  const atTheGate = async () =>
    (
      await run.database.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'shadowstep/1/statements' AND datname = current_database() AND wait_event = 'advisory'`,
      )
    ).length;
  /** One whose time is over, and is frozen, when so many statements of this run stand at the gate. */
  const invocationUntil = async (waiting: number): Promise<DetachedStatement[]> => {
    let over = false;
    const ctx = await run.context(() => (over ? 0 : LETS_GO_AFTER_MS));
    const seen = pollUntil('the statements to stand at the gate', async () => (await atTheGate()) === waiting);
    const [statements] = await Promise.all([
      runDetachedStatements(ctx, 2),
      seen.then(() => {
        over = true;
      }),
    ]);
    return statements;
  };
  /** One that has time to look once and once again. */
  const invocationOfTwoLooks = async (): Promise<DetachedStatement[]> => {
    let asked = 0;
    // Asked once a look, and once for the pause after it.
    const ctx = await run.context(() => (++asked > 2 ? 0 : LETS_GO_AFTER_MS));
    return runDetachedStatements(ctx, 2);
  };
  const workers = async (): Promise<number[]> => {
    const rows = await run.database.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'shadowstep/1/statements'`,
    );
    return rows.map((row) => row.pid);
  };
  const traces = async () => (await run.database.query('SELECT FROM public.tally')).length;
  return { run, gate, session, invocation, invocationUntil, invocationOfTwoLooks, workers, traces };
}

async function openGate(gate: pg.Client): Promise<void> {
  await gate.query('SELECT pg_advisory_unlock(7)');
}

/** After so long an invocation lets go of its statement, which works on; if it has not begun by then, it is sent again. */
const LETS_GO_AFTER_MS = 300;

describe('a detached statement', () => {
  it('outlives the client that sent it, and its retry does not run beside it (I-8)', async () => {
    const { run, gate, invocation, invocationUntil, invocationOfTwoLooks, workers, traces } = await withStatement();
    expect(await invocationUntil(1)).toMatchObject([{ finished: false, inFlight: true }]);
    await run.endSessions();
    const [first, ...others] = await workers();
    expect(others).toEqual([]);
    const running = { kind: 'index', object: 'gated', pid: first, seconds: expect.any(Number), percent: null };
    expect(await reportRun(await run.session('status'), 1n)).toMatchObject({ running: [running] });

    // Another invocation finds it in flight and sends nothing.
    expect(await invocationOfTwoLooks()).toMatchObject([{ finished: false, inFlight: true }]);
    expect(await workers()).toEqual([first]);

    await openGate(gate);
    expect(await invocation()).toMatchObject([{ finished: true, sqlstate: null }]);
    expect(await traces()).toBe(1);
    expect(await reportRun(await run.session('status'), 1n)).toMatchObject({ running: [] });
    await run.endSessions();
  });

  it('sent twice all the same, by a twin that looked at the same moment, is carried out once (I-8)', async () => {
    const { run, gate, session, invocation, invocationUntil, traces } = await withStatement();
    const [statement] = await invocationUntil(1);
    if (statement === undefined) throw new Error('There is no statement');
    await session.script(detachedBlock({ runId: 1n, stage: STAGE }, 'test:context', statement));
    expect(await listStatements(session, 1n, STAGE)).toMatchObject([{ finished: false, inFlight: true }]);
    await openGate(gate);
    await invocation();
    // And once more when it is done.
    await session.script(detachedBlock({ runId: 1n, stage: STAGE }, 'test:context', statement));
    expect(await traces()).toBe(1);
    await run.endSessions();
  });

  it('does nothing once its stage has moved (I-12)', async () => {
    const { run, gate, session, traces } = await withStatement();
    await openGate(gate);
    const [statement] = await listStatements(session, 1n, STAGE);
    if (statement === undefined) throw new Error('There is no statement');
    await run.database.query(`UPDATE shadowstep.run SET stage = 'POST_SYNC_UPDATE'`);
    await session.script(detachedBlock({ runId: 1n, stage: STAGE }, 'test:context', statement));
    expect(await listStatements(session, 1n, STAGE)).toMatchObject([{ finished: false }]);
    expect(await traces()).toBe(0);
    await run.endSessions();
  });

  it.each([
    ['its SQLSTATE', 'SELECT 1/0', { sqlstate: '22012', failedConstraint: null }],
    [
      'the constraint that the data violates',
      'CREATE UNIQUE INDEX two_of_a_kind ON public.item ((1))',
      { sqlstate: '23505', failedConstraint: 'two_of_a_kind' },
    ],
  ])('that fails leaves %s behind', async (_what, statement, failure) => {
    const { run, invocation } = await withStatement(statement);
    expect(await invocation()).toMatchObject([{ finished: true, ...failure }]);
    await run.endSessions();
  });

  it('that failed after its client had gone leaves its SQLSTATE behind all the same', async () => {
    // Not 1 / 0: that fails while it is planned, before anybody has gone.
    const { run, gate, invocation, invocationUntil } = await withStatement(
      /* sql */ `INSERT INTO public.tally SELECT 1 / (pg_catalog.random() * 0)::int FROM pg_catalog.pg_advisory_xact_lock(7)`,
    );
    await invocationUntil(1);
    await run.endSessions();
    await openGate(gate);
    expect(await invocation()).toMatchObject([{ finished: true, sqlstate: '22012' }]);
    await run.endSessions();
  });

  it.each(['pg_cancel_backend', 'pg_terminate_backend'])('that %s ends is sent again', async (end) => {
    const { run, gate, session, invocation, invocationUntil, workers, traces } = await withStatement();
    await invocationUntil(1);
    await run.database.query(`SELECT ${end}(pid) FROM unnest($1::int[]) AS pid`, [await workers()]);
    await pollUntil('the statement to end', async () => (await workers()).length === 0);
    expect(await listStatements(session, 1n, STAGE)).toMatchObject([
      { finished: false, inFlight: false, sqlstate: null },
    ]);
    await openGate(gate);
    expect(await invocation()).toMatchObject([{ finished: true, sqlstate: null }]);
    expect(await traces()).toBe(1);
    await run.endSessions();
  });

  it('that is cancelled under the client’s eyes is a passing trouble, and sent again', async () => {
    const { run, gate, invocation, workers, traces } = await withStatement();
    const failing = errorOf(invocation());
    const [pid] = await pollUntil('the statement to be sent and wait', async () => {
      const rows = await run.database.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'shadowstep/1/statements' AND datname = current_database() AND wait_event = 'advisory'`,
      );
      return rows.length > 0 && rows.map((row) => row.pid);
    });
    expect(await workers()).toEqual([pid]);
    await run.database.query('SELECT pg_cancel_backend($1)', [pid]);
    expect((await failing).name).toBe('StatementTimeoutError');
    await openGate(gate);
    expect(await invocation()).toMatchObject([{ finished: true }]);
    expect(await traces()).toBe(1);
    await run.endSessions();
  });

  it('is sent heaviest first, so many at a time as there are workers', async () => {
    const { run, gate, session, invocation, invocationUntil } = await withStatement();
    for (const weight of [5n, 9n]) {
      await insertStatement(session, 1n, STAGE, { kind: 'index', objectName: `w${weight}`, statement: GATED, weight });
    }
    const statements = await invocationUntil(2);
    expect(statements.map((statement) => [statement.objectName, statement.inFlight])).toEqual([
      ['w9', true],
      ['w5', true],
      ['gated', false],
    ]);
    await openGate(gate);
    expect((await invocation()).every((statement) => statement.finished)).toBe(true);
    await run.endSessions();
  });
});
