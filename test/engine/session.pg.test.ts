import { describe, expect, inject, it } from 'vitest';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import { constraintOf, sqlstateOf } from '../../lambdas/engine/postgres/sqlstate.ts';
import { createDatabase, ROLES, type TestDatabase } from '../support/database.ts';
import { pollUntil } from '../support/poll.ts';
import { errorOf } from './item-run.ts';

const open = (url: string, purpose = 'test') => openPostgresSession({ connectionString: url }, { purpose });

/** Settings that somebody has turned against us, for the owner in this database. */
async function turnAgainstUs(database: TestDatabase, settings: readonly string[]): Promise<void> {
  for (const setting of settings) {
    await database.query(`ALTER ROLE ${ROLES.owner} IN DATABASE "${database.name}" SET ${setting}`);
  }
}

const TRANSACTION_TIMEOUT_SINCE = 17;

const HOSTILE: readonly (readonly [setting: string, hostile: string, pinned: string])[] = [
  ['search_path', 'attacker, public', 'pg_catalog, pg_temp'],
  ['default_transaction_read_only', 'on', 'off'],
  ['default_transaction_isolation', 'serializable', 'read committed'],
  ['default_transaction_deferrable', 'on', 'off'],
  ['statement_timeout', '777ms', '1min'],
  ['lock_timeout', '0', '1s'],
  ['idle_in_transaction_session_timeout', '777ms', '30s'],
  ['row_security', 'on', 'off'],
  ['client_min_messages', 'debug1', 'error'],
  ['standard_conforming_strings', 'off', 'on'],
  ['bytea_output', 'escape', 'hex'],
  ['DateStyle', 'SQL, DMY', 'ISO, YMD'],
  ['IntervalStyle', 'sql_standard', 'postgres'],
  ['extra_float_digits', '-15', '1'],
  ['quote_all_identifiers', 'on', 'off'],
  ['default_tablespace', 'pg_default', ''],
  ['jit', 'on', 'off'],
  // It would end a long index build for ever anew.
  ...(inject('postgres').majorVersion < TRANSACTION_TIMEOUT_SINCE
    ? []
    : [['transaction_timeout', '777ms', '0'] as const]),
];

describe('a session', () => {
  it('has its own settings, whatever the role, the database or a person has set', async () => {
    const database = await createDatabase();
    await turnAgainstUs(
      database,
      HOSTILE.map(([name, hostile]) => `${name} = ${name === 'search_path' ? hostile : `'${hostile}'`}`),
    );
    const names = HOSTILE.map(([name]) => name);
    const read = `SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name`;
    const asAnybody = await (await database.appClient('owner')).query<{ name: string; value: string }>(read, [names]);
    expect(new Map(asAnybody.rows.map((row) => [row.name, row.value]))).toEqual(
      new Map(HOSTILE.map(([name, hostile]) => [name, hostile])),
    );

    const session = await open(database.urlOf('owner'));
    const ours = await session.query<{ name: string; value: string }>(read, [names]);
    expect(new Map(ours.map((row) => [row.name, row.value]))).toEqual(
      new Map(HOSTILE.map(([name, , pinned]) => [name, pinned])),
    );
    await session.end();
  });

  it('opens where somebody’s functions and operators come first in the search_path', async () => {
    const database = await createDatabase();
    const fallen = `RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''fell into it''; END'`;
    await database.query(`
      CREATE SCHEMA attacker;
      GRANT USAGE ON SCHEMA attacker TO PUBLIC;
      CREATE FUNCTION attacker.set_config(text, text, boolean) ${fallen};
      CREATE FUNCTION attacker.current_setting(text) ${fallen};
      CREATE TYPE attacker.text AS ENUM ();`);
    await turnAgainstUs(database, ['search_path = attacker, pg_catalog']);
    const session = await open(database.urlOf('owner'));
    expect(session.serverVersionNum).toBeGreaterThanOrEqual(140_000);
    await session.end();
  });

  it('sees an error, not missing rows, where a policy would hide some from the owner (fault n5)', async () => {
    const database = await createDatabase();
    await (await database.appClient('owner')).query(`
      CREATE TABLE public.item (id int);
      INSERT INTO public.item VALUES (1), (2);
      ALTER TABLE public.item ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY few ON public.item USING (id = 1)`);
    const session = await open(database.urlOf('owner'));
    expect(sqlstateOf(await errorOf(session.query('SELECT FROM public.item')))).toBe('42501');
    await session.end();
  });

  it('tells what failed without the values that failed (I-13)', async () => {
    const database = await createDatabase();
    const session = await open(database.urlOf('owner'));
    await session.script(`
      CREATE TABLE public.item (id int PRIMARY KEY, code text UNIQUE CHECK (code <> 'planted-check'), day date NOT NULL);
      INSERT INTO public.item VALUES (1, 'planted', now())`);
    const failing: readonly (readonly [statement: string, sqlstate: string, constraint: string | null])[] = [
      [`INSERT INTO public.item VALUES (2, 'planted', now())`, '23505', 'item_code_key'],
      [`INSERT INTO public.item VALUES (2, 'planted-check', now())`, '23514', 'item_code_check'],
      [`INSERT INTO public.item VALUES (2, 'planted-null', NULL)`, '23502', null],
      [`SELECT 'planted'::int`, '22P02', null],
      [`SELECT 'planted'::date`, '22007', null],
      [`SELECT code::int FROM public.item`, '22P02', null],
      [`SELECT 2000000000::int + 2000000000::int`, '22003', null],
      [`SELECT 'planted'::varchar(3)::char(3)::jsonb`, '22P02', null],
    ];
    for (const [statement, sqlstate, constraint] of failing) {
      const error = await errorOf(session.query(statement));
      expect([sqlstateOf(error), constraintOf(error)]).toEqual([sqlstate, constraint]);
      expect(error.message, statement).not.toMatch(/planted|pla|2000000000/);
    }
    await session.end();
  });

  it('with a wrong password is refused as AuthenticationFailedError, which does not repeat it', async () => {
    const database = await createDatabase();
    const url = new URL(database.urlOf('owner'));
    url.password = 'planted-password';
    const error = await errorOf(open(url.href));
    expect(error.name).toBe('AuthenticationFailedError');
    expect(error.message).not.toContain('planted-password');
  });

  it('to a closed port ends as DatabaseUnreachableError, to a database that is not there as ConnectionConfigError', async () => {
    const database = await createDatabase();
    const closed = new URL(database.url);
    closed.port = '1';
    expect((await errorOf(open(closed.href))).name).toBe('DatabaseUnreachableError');
    const missing = new URL(database.url);
    missing.pathname = '/there_is_no_such_database';
    expect((await errorOf(open(missing.href))).name).toBe('ConnectionConfigError');
  });

  it('that the server ends says so at its next statement, and may be ended again', async () => {
    const database = await createDatabase();
    const session = await open(database.urlOf('owner'));
    await database.query('SELECT pg_terminate_backend($1)', [session.backendPid]);
    expect((await errorOf(session.query('SELECT 1'))).name).toMatch(/^(ConnectionLostError|ServerShuttingDownError)$/);
    await session.end();
    await session.end();
  });

  it('rolls back what threw, and is of use afterwards', async () => {
    const database = await createDatabase();
    const session = await open(database.urlOf('owner'));
    await session.script('CREATE TABLE public.item (id int)');
    const failed = session.transaction({}, async (tx) => {
      await tx.execute('INSERT INTO public.item VALUES (1)');
      throw new Error('changed its mind');
    });
    expect((await errorOf(failed)).message).toBe('changed its mind');
    expect(await session.query('SELECT FROM public.item')).toEqual([]);
    await session.end();
  });

  it('lets go of a statement that works on in the server (I-8)', async () => {
    const database = await createDatabase();
    await database.query('CREATE TABLE public.tally (n int); GRANT INSERT ON public.tally TO PUBLIC');
    const gate = await database.client();
    await gate.query('SELECT pg_advisory_lock(7)');
    const session = await open(database.urlOf('owner'), 'detached');
    await session.script('SET client_connection_check_interval = 0; SET statement_timeout = 0');
    const block = `DO 'BEGIN PERFORM pg_catalog.pg_advisory_xact_lock(7); INSERT INTO public.tally VALUES (1); END'`;
    expect(await session.detach(block, 100)).toBe('running');
    await session.end();
    expect(await database.query('SELECT FROM public.tally')).toEqual([]);

    await gate.query('SELECT pg_advisory_unlock(7)');

    await pollUntil('the statement to end without its client', async () => {
      const rows = await database.query('SELECT FROM public.tally');
      return rows.length === 1;
    });
  });

  it('hears of a statement that ends while it waits, and of one that fails', async () => {
    const database = await createDatabase();
    const session = await open(database.urlOf('owner'));
    expect(await session.detach('SELECT 1', 60_000)).toBe('finished');
    expect(sqlstateOf(await errorOf(session.detach('SELECT 1/0', 60_000)))).toBe('22012');
    await session.end();
  });

  it('knows its own process and server', async () => {
    const database = await createDatabase();
    const session = await open(database.urlOf('owner'), 'whose');
    const [row] = await session.query('SELECT pg_backend_pid() AS pid, current_setting($1) AS application', [
      'application_name',
    ]);
    expect(row).toEqual({ pid: session.backendPid, application: 'shadowstep/whose' });
    expect(Math.trunc(session.serverVersionNum / 10_000)).toBe(inject('postgres').majorVersion);
    await session.end();
  });
});
