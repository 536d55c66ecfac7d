import { beforeAll, describe, expect, it } from 'vitest';
import { readTableFacts } from '../../lambdas/engine/catalog/read-table-facts.ts';
import { KeptConnections } from '../../lambdas/engine/postgres/connect.ts';
import type { Session } from '../../lambdas/engine/postgres/session.ts';
import { SilentProxy } from '../crash/silent-proxy.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { errorOf } from './item-run.ts';

let database: TestDatabase;
let url: string;

beforeAll(async () => {
  database = await createDatabase();
  url = database.urlOf('owner');
});

const SETTINGS = `SELECT name, setting FROM pg_catalog.pg_settings ORDER BY name`;

async function withKept(work: (connections: KeptConnections) => Promise<void>): Promise<void> {
  const connections = new KeptConnections({ connectionString: url });
  try {
    await work(connections);
  } finally {
    await connections.close();
  }
}

async function backends(): Promise<number> {
  const rows = await database.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND starts_with(application_name, 'shadowstep/')`,
  );
  return rows.length;
}

/** Lets go of a statement that waits for a lock; the lock is freed afterwards. */
async function letGo(session: Session): Promise<void> {
  const holder = await database.client();
  await holder.query('SELECT pg_advisory_lock(5)');
  expect(await session.detach('SELECT pg_catalog.pg_advisory_lock(5)', 1)).toBe('running');
  await holder.end();
}

describe('a connection that is kept', () => {
  it('serves the next session, which finds nothing of the one before: no transaction, setting, lock, table or cursor', async () => {
    await withKept(async (connections) => {
      const first = await connections.open({ purpose: '1/first' });
      const settings = await first.query(SETTINGS);
      await first.script(`
        SET work_mem = '7MB'; SET shadowstep.facts_of = '1'; SET lock_timeout = 7; SET ROLE NONE;
        CREATE TEMP TABLE mine (); DECLARE mine CURSOR WITH HOLD FOR SELECT 1; LISTEN mine;
        SELECT pg_catalog.pg_advisory_lock(77); BEGIN; SELECT pg_catalog.pg_current_xact_id()`);
      const pid = first.backendPid;
      await first.end();
      const name = await database.query('SELECT application_name FROM pg_stat_activity WHERE pid = $1', [pid]);
      expect(name, 'nothing of the run any more').toEqual([{ application_name: 'shadowstep/kept' }]);
      const second = await connections.open({ purpose: '1/first' });
      expect(second.backendPid).toBe(pid);
      const left = await second.query(
        `
        SELECT (SELECT pg_catalog.count(*)::pg_catalog.int4 FROM pg_catalog.pg_locks WHERE pid = $1 AND locktype = 'advisory') AS locks,
               (SELECT pg_catalog.count(*)::pg_catalog.int4 FROM pg_catalog.pg_cursors WHERE name = 'mine') AS cursors,
               ARRAY(SELECT pg_catalog.pg_listening_channels()) AS channels, pg_catalog.to_regclass('pg_temp.mine') AS temporary,
               NULLIF(pg_catalog.current_setting('shadowstep.facts_of', true), '') AS own,
               pg_catalog.pg_current_xact_id_if_assigned() AS xact`,
        [pid],
      );
      expect(left).toEqual([{ locks: 0, cursors: 0, channels: [], temporary: null, own: null, xact: null }]);
      expect(await second.query(SETTINGS)).toEqual(settings);
      await second.end();
    });
    expect(await backends()).toBe(0);
  });

  it('keeps the plan of what was prepared', async () => {
    await database.query('CREATE TABLE public.t ()');
    const [table] = await database.query<{ oid: number }>(`SELECT 'public.t'::regclass::oid AS oid`);
    await withKept(async (connections) => {
      const plans = (session: Session) =>
        session.query<{ runs: bigint }>(
          `SELECT generic_plans + custom_plans AS runs FROM pg_catalog.pg_prepared_statements WHERE name = 'table facts'`,
        );
      for (const runs of [1n, 2n]) {
        const session = await connections.open({ purpose: 'facts' });
        expect((await readTableFacts(session, table?.oid ?? 0))?.name).toBe('t');
        expect(await plans(session)).toEqual([{ runs }]);
        await session.end();
      }
    });
  });

  it.each<readonly [string, (session: Session) => Promise<unknown>]>([
    ['a statement has failed', (session) => errorOf(session.query('SELECT 1/0'))],
    ['a transaction has failed', (session) => errorOf(session.transaction({}, (tx) => tx.query('SELECT 1/0')))],
    ['a statement was let go', letGo],
  ])('is not kept when %s', async (_what, happens) => {
    await withKept(async (connections) => {
      const first = await connections.open({ purpose: 'first' });
      const pid = first.backendPid;
      await happens(first);
      await first.end();
      const second = await connections.open({ purpose: 'second' });
      expect(second.backendPid).not.toBe(pid);
      await second.end();
    });
  });

  it('is given up with all others when something has gone wrong on one of them', async () => {
    await withKept(async (connections) => {
      const open = () => connections.open({ purpose: 'one' });
      const sessions = await Promise.all([open(), open(), open()]);
      const pids = sessions.map((session) => session.backendPid);
      for (const session of sessions) await session.end();
      const failing = await open();
      expect(pids).toContain(failing.backendPid);
      await errorOf(failing.query('SELECT 1/0'));
      await failing.end();
      const next = await open();
      expect(pids).not.toContain(next.backendPid);
      await next.end();
    });
  });

  it('is replaced when the server has ended it meanwhile', async () => {
    await withKept(async (connections) => {
      const first = await connections.open({ purpose: 'first' });
      const pid = first.backendPid;
      await first.end();
      await database.query('SELECT pg_terminate_backend($1, 10000)', [pid]);
      const second = await connections.open({ purpose: 'second' });
      expect(second.backendPid).not.toBe(pid);
      expect(await second.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await second.end();
    });
  });

  // Statements of it may take a minute each: whatever waited for an answer in that way would be here for longer than a test may.
  it('is given up after a moment when the network has gone silent', { timeout: 30_000 }, async () => {
    const proxy = await SilentProxy.start(url);
    const connections = new KeptConnections({ connectionString: proxy.url });
    try {
      const open = () => connections.open({ purpose: 'one', statementTimeoutMs: 60_000, answerGraceMs: 500 });
      const [ending, kept, alsoKept] = await Promise.all([open(), open(), open()]);
      await kept.end();
      await alsoKept.end();
      proxy.goSilent('both ways');
      await ending.end();
      await connections.close();
    } finally {
      await proxy.stop();
    }
  });
});
