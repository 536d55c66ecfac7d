import { beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import { MAX_UNITS_PER_EXECUTION, type TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitEvent } from '../../lambdas/engine/unit.ts';
import { loadDefinition } from '../../lambdas/local/definition.ts';
import { localFunctions } from '../../lambdas/local/local-functions.ts';
import { type MachineEvent, type MachineOptions, runMachine } from '../../lambdas/local/run-machine.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase, ROLES } from '../support/database.ts';
import { createOrdersFixture } from '../support/fixtures.ts';
import { pollUntil } from '../support/poll.ts';
import { startWriters } from '../support/writers.ts';

let definition: MachineOptions['definition'];

beforeAll(async () => {
  definition = await loadDefinition();
});

interface Hooks {
  /** Called with each session's process before its task begins to use it. */
  readonly onSession?: (task: TaskName, pid: number) => Promise<void>;
  readonly onEvent?: (event: MachineEvent) => void;
  readonly changeEvent?: (task: TaskName, event: UnitEvent) => UnitEvent;
}

/** The shipped definition, the real units, a real database, and writers on it. */
async function shop(seed: number) {
  const database = await createDatabase();
  const owner = await database.appClient('owner');
  const orders = await createOrdersFixture(owner, { rows: 3_000, bloat: 0.2, roles: ROLES });
  const admin = await database.client();
  const before = await dumpCatalog(admin);
  const writers = await startWriters(database, orders, { writers: 2, seed, perSecond: 100, longTransactionMs: 50 });
  const run = async (hooks: Hooks = {}) => {
    const events: MachineEvent[] = [];
    const end = await runMachine({
      definition,
      request: { table: 'public.orders' },
      driver: `test:${database.name}`,
      waitOverrideMs: 20,
      retryOverrideMs: 20,
      onEvent: (event) => {
        events.push(event);
        hooks.onEvent?.(event);
      },
      runTask: (task, event) =>
        localFunctions({
          openSession: async (purpose, statementTimeoutMs = 60_000) => {
            const config = { connectionString: database.urlOf('owner') };
            const session = await openPostgresSession(config, { purpose, statementTimeoutMs });
            await hooks.onSession?.(task, session.backendPid);
            return session;
          },
          log: silentLogger,
        })(task, hooks.changeEvent?.(task, event) ?? event),
    });
    return { end, events };
  };
  const expectDone = async () => {
    const report = await writers.stop();
    expect(report.unexpected).toEqual([]);
    await report.expectRows(owner);
    expectSameCatalog(before, await dumpCatalog(admin));
    expect(await database.query('SELECT stage FROM shadowstep.run')).toEqual([{ stage: 'DONE' }]);
  };
  return { database, admin, run, expectDone };
}

function failures(events: readonly MachineEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'unit-failed' && event.error instanceof Error ? [`${event.task} ${event.error.name}`] : [],
  );
}

describe('the synthesised definition over the real engine', () => {
  it('goes to the end', async () => {
    const { run, expectDone } = await shop(31);
    const { end, events } = await run();
    expect(end).toMatchObject({ outcome: 'succeeded', executions: 1, lastResult: { status: 'done', stage: 'DONE' } });
    expect(failures(events)).toEqual([]);
    await expectDone();
  });

  it('retries a lock timeout without a person', async () => {
    const { database, run, expectDone } = await shop(32);
    const holder = await database.client();
    let held = false;
    const { events } = await run({
      async onSession(task) {
        if (task === 'BACKFILL' && !held) {
          held = true;
          await holder.query('BEGIN');
          await holder.query('LOCK TABLE shadowstep.batch IN ACCESS EXCLUSIVE MODE');
        }
      },
      onEvent(event) {
        if (event.type === 'unit-failed') {
          void holder.query('COMMIT');
        }
      },
    });
    expect(failures(events)).toEqual(['BACKFILL LockTimeoutError']);
    expect(events.filter((event) => event.type === 'unit-retried')).toHaveLength(1);
    await expectDone();
  });

  it('retries a lost connection', async () => {
    const { admin, run, expectDone } = await shop(33);
    const killed = new Set<TaskName>();
    const { events } = await run({
      async onSession(task, pid) {
        if (['SETUP', 'BACKFILL', 'POST_SYNC_UPDATE', 'SWAP', 'CLEAN_UP'].includes(task) && !killed.has(task)) {
          killed.add(task);
          await admin.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
        }
      },
    });
    expect(failures(events)).toEqual([...killed].map((task) => `${task} ConnectionLostError`));
    expect(killed.size).toBe(5);
    await expectDone();
  });

  it('starts itself anew before the event limit and goes on from the registry', async () => {
    const { run, expectDone } = await shop(34);
    let shifted = false;
    const { end, events } = await run({
      changeEvent(task, event) {
        // The first unit that asks to be called again is the last one its execution may run.
        if (task === 'SETUP' && !shifted) {
          shifted = true;
          return { ...event, unitsDone: MAX_UNITS_PER_EXECUTION - 1 };
        }
        return event;
      },
    });
    expect(end).toMatchObject({ outcome: 'succeeded', executions: 2 });
    expect(events.filter((event) => event.type === 'started-anew')).toHaveLength(1);
    await expectDone();
  });

  it('waits for a blocker before the swap and names it', async () => {
    const { database, admin, run, expectDone } = await shop(35);
    const reader = await database.appClient('app');
    const waits: string[] = [];
    let reading = false;
    await run({
      async onSession(task) {
        if (task === 'SWAP' && !reading) {
          reading = true;
          await reader.query(`BEGIN; SET LOCAL application_name = 'slow report'; SELECT count(*) FROM public.orders`);
          // Old enough to be seen before locking: a younger one passes within the lock timeout.
          await pollUntil('the report to have been there for more than a moment', async () => {
            const { rowCount } = await admin.query(`
              SELECT FROM pg_stat_activity
              WHERE application_name = 'slow report' AND clock_timestamp() - xact_start > interval '250 ms'`);
            return rowCount === 1;
          });
        }
      },
      onEvent(event) {
        if (event.type === 'unit-ended' && event.task === 'SWAP' && event.result.status === 'wait') {
          waits.push(event.result.because);
          if (event.result.because.includes('slow report')) {
            void reader.query('COMMIT');
          }
        }
      },
    });
    expect(waits.join('\n')).toMatch(/slow report.*user shadowstep_test_app.*AccessShareLock on public\.orders/);
    await expectDone();
  });
});
