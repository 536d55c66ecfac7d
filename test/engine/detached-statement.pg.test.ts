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
  /** What one invocation does that has so long, and is frozen afterwards. */
  const invocation = async (ms: number): Promise<DetachedStatement[]> => {
    const until = performance.now() + ms;
    const ctx = await run.context(() => until - performance.now());
    return runDetachedStatements(ctx, 2);
  };
  const workers = async (): Promise<number[]> => {
    const rows = await run.database.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'shadowstep/1/statements'`,
    );
    return rows.map((row) => row.pid);
  };
  const traces = async () => (await run.database.query('SELECT FROM public.tally')).length;
  return { run, gate, session, invocation, workers, traces };
}

async function openGate(gate: pg.Client): Promise<void> {
  await gate.query('SELECT pg_advisory_unlock(7)');
}

const A_MOMENT_MS = 300;
const LONG_MS = 60_000;

describe('a detached statement', () => {
  it('outlives the client that sent it, and its retry does not run beside it (I-8)', async () => {
    const { run, gate, invocation, workers, traces } = await withStatement();
    expect(await invocation(A_MOMENT_MS)).toMatchObject([{ finished: false, inFlight: true }]);
    await run.endSessions();
    const [first, ...others] = await workers();
    expect(others).toEqual([]);
    const running = { kind: 'index', object: 'gated', pid: first, seconds: expect.any(Number), percent: null };
    expect(await reportRun(await run.session('status'), 1n)).toMatchObject({ running: [running] });

    // Another invocation finds it in flight and sends nothing.
    expect(await invocation(A_MOMENT_MS)).toMatchObject([{ finished: false, inFlight: true }]);
    expect(await workers()).toEqual([first]);

    await openGate(gate);
    expect(await invocation(LONG_MS)).toMatchObject([{ finished: true, sqlstate: null }]);
    expect(await traces()).toBe(1);
    expect(await reportRun(await run.session('status'), 1n)).toMatchObject({ running: [] });
    await run.endSessions();
  });

  it('sent twice all the same, by a twin that looked at the same moment, is carried out once (I-8)', async () => {
    const { run, gate, session, invocation, traces } = await withStatement();
    const [statement] = await invocation(A_MOMENT_MS);
    if (statement === undefined) throw new Error('There is no statement');
    await session.script(detachedBlock({ runId: 1n, stage: STAGE }, 'test:context', statement));
    expect(await listStatements(session, 1n, STAGE)).toMatchObject([{ finished: false, inFlight: true }]);
    await openGate(gate);
    await invocation(LONG_MS);
    // And once more when it is done.
    await session.script(detachedBlock({ runId: 1n, stage: STAGE }, 'test:context', statement));
    expect(await traces()).toBe(1);
    await run.endSessions();
  });

  it('does nothing once its stage has moved (I-12)', async () => {
    const { run, session, gate, traces } = await withStatement();
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
    expect(await invocation(LONG_MS)).toMatchObject([{ finished: true, ...failure }]);
    await run.endSessions();
  });

  it('that failed after its client had gone leaves its SQLSTATE behind all the same', async () => {
    const { run, gate, invocation } = await withStatement(
      /* sql */ `INSERT INTO public.tally SELECT 1 / 0 FROM pg_catalog.pg_advisory_xact_lock(7)`,
    );
    await invocation(A_MOMENT_MS);
    await run.endSessions();
    await openGate(gate);
    expect(await invocation(LONG_MS)).toMatchObject([{ finished: true, sqlstate: '22012' }]);
    await run.endSessions();
  });

  it.each(['pg_cancel_backend', 'pg_terminate_backend'])('that %s ends is sent again', async (end) => {
    const { run, gate, invocation, workers, traces, session } = await withStatement();
    await invocation(A_MOMENT_MS);
    await run.database.query(`SELECT ${end}(pid) FROM unnest($1::int[]) AS pid`, [await workers()]);
    await pollUntil('the statement to end', async () => (await workers()).length === 0);
    expect(await listStatements(session, 1n, STAGE)).toMatchObject([
      { finished: false, inFlight: false, sqlstate: null },
    ]);
    await openGate(gate);
    expect(await invocation(LONG_MS)).toMatchObject([{ finished: true, sqlstate: null }]);
    expect(await traces()).toBe(1);
    await run.endSessions();
  });

  it('that is cancelled under the client’s eyes is a passing trouble, and sent again', async () => {
    const { run, gate, invocation, workers, traces } = await withStatement();
    const failing = errorOf(invocation(LONG_MS));
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
    expect(await invocation(LONG_MS)).toMatchObject([{ finished: true }]);
    expect(await traces()).toBe(1);
    await run.endSessions();
  });

  it('is sent heaviest first, so many at a time as there are workers', async () => {
    const { run, gate, session, invocation } = await withStatement();
    for (const weight of [5n, 9n]) {
      await insertStatement(session, 1n, STAGE, { kind: 'index', objectName: `w${weight}`, statement: GATED, weight });
    }
    const statements = await invocation(A_MOMENT_MS);
    expect(statements.map((statement) => [statement.objectName, statement.inFlight])).toEqual([
      ['w9', true],
      ['w5', true],
      ['gated', false],
    ]);
    await openGate(gate);
    expect((await invocation(LONG_MS)).every((statement) => statement.finished)).toBe(true);
    await run.endSessions();
  });
});
