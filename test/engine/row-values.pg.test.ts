import { describe, expect, test } from 'vitest';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import { sqlstateOf } from '../../lambdas/engine/postgres/sqlstate.ts';
import { errorLines } from '../../lambdas/local/describe-error.ts';
import { shadowstep } from '../local/shadowstep-process.ts';
import { createDatabase } from '../support/database.ts';
import { errorOf, ItemRun } from './item-run.ts';

describe('what the server says of a row (I-13)', () => {
  test('by RAISE in a function of a generated column is nowhere: stdout, stderr, the registry, status, logs', async () => {
    const item = await ItemRun.create({
      table: /* sql */ `
        CREATE TABLE public.item (id bigint PRIMARY KEY, name text);
        CREATE FUNCTION public.checked(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN t; END';
        ALTER TABLE public.item ADD COLUMN checked text GENERATED ALWAYS AS (public.checked(name)) STORED;
        INSERT INTO public.item SELECT i, CASE i WHEN 100 THEN 'planted' ELSE 'n' || i END FROM generate_series(1, 100) AS i;
        CREATE OR REPLACE FUNCTION public.checked(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $f$
          BEGIN
            IF t = 'planted' THEN
              RAISE EXCEPTION 'bad customer name %', t USING DETAIL = t, HINT = t, ERRCODE = '42501';
            END IF;
            RETURN t;
          END $f$`,
    });
    const arguments_ = ['--database-url', item.database.urlOf('owner'), '--table', 'public.item', '--json'];

    const run = await shadowstep(['run', ...arguments_, '--debug']);

    expect([run.code, JSON.parse(run.stdout).stage]).toEqual([1, 'BACKFILL']);
    const status = await shadowstep(['status', ...arguments_]);
    const registry = await item.database.query(
      /* sql */ `SELECT to_jsonb(r)::text AS row FROM shadowstep.run AS r
                 UNION ALL SELECT to_jsonb(e)::text FROM shadowstep.event AS e`,
    );
    expect(registry.length).toBeGreaterThan(1);
    const everything = [run.stdout, run.stderr, status.stdout, status.stderr, JSON.stringify(registry)].join('\n');
    expect(everything).toContain('PrivilegeError');
    expect(everything).toMatch(/^ {4}at /m);
    expect(everything).not.toMatch(/planted|bad customer/);
  });

  const QUOTING: readonly (readonly [what: string, sqlstate: string, statement: string])[] = [
    ['a conversion', '22P02', `SELECT t::int FROM said`],
    ['a name looked up', '42P01', `SELECT t::regclass FROM said`],
    ['a function looked up', '42883', `SELECT t::regproc FROM said`],
    ['a type looked up', '42704', `SELECT t::regtype FROM said`],
    ['a schema looked up', '3F000', `SELECT t::regnamespace FROM said`],
    ['a text search query', '42601', `SELECT to_tsquery('simple', t || ' ' || t) FROM said`],
    ['a JSON path', '42601', `SELECT ('$.' || t || ' ' || t)::jsonpath FROM said`],
    ['a setting', '42704', `SELECT set_config(t, '', true) FROM said`],
    ['RAISE', 'P0001', `SELECT public.say(t, 'P0001') FROM said`],
    ...[
      '08000',
      '0A000',
      '25000',
      '28000',
      '2BP01',
      '3D000',
      '40000',
      '42501',
      '53000',
      '54000',
      '55000',
      '57000',
      '58000',
    ]
      .concat('XX000', 'XX001', 'F0000', 'HV000', '72000', 'ZZ999')
      .map(
        (sqlstate) => [`RAISE with ${sqlstate}`, sqlstate, `SELECT public.say(t, '${sqlstate}') FROM said`] as const,
      ),
  ];

  test(`is not in an error, with --debug neither: ${QUOTING.length} ways to quote it`, async () => {
    const database = await createDatabase();
    await database.query(`CREATE FUNCTION public.say(t text, state text) RETURNS text LANGUAGE plpgsql
      AS 'BEGIN RAISE EXCEPTION USING MESSAGE = t, DETAIL = t, ERRCODE = state; END'`);
    const session = await openPostgresSession({ connectionString: database.urlOf('owner') }, { purpose: 'test' });
    for (const [what, sqlstate, statement] of QUOTING) {
      // Of RAISE two lines, the second like a frame.
      const value = what.startsWith('RAISE') ? String.raw`E'planted\n    at planted'` : `'planted'`;
      const said = `(SELECT ${value}::text AS t OFFSET 0) AS said`;
      const error = await errorOf(session.query(statement.replace('said', said)));
      expect(sqlstateOf(error), what).toBe(sqlstate);
      expect(errorLines(error, true), what).not.toContain('planted');
      expect(errorLines(error, true), what).toMatch(/^ {4}at .*client\.js/m);
    }
    await session.end();
  });

  test('is left out, but not what it says of the statement, the schema and the server', async () => {
    const database = await createDatabase();
    const session = await openPostgresSession({ connectionString: database.urlOf('owner') }, { purpose: 'test' });
    for (const [statement, says] of [
      ['SELECT * FROM public.missing', 'public.missing'],
      ['SELECT public.missing(1)', 'public.missing(integer)'],
      ['SELECT missing FROM pg_class', 'missing'],
      ['SELECT FROM pg_authid', 'pg_authid'],
      [`DO 'BEGIN PERFORM FROM pg_authid; END'`, 'pg_authid'],
      ['CREATE SCHEMA public', 'already exists'],
    ] as const) {
      expect((await errorOf(session.query(statement))).message, statement).toContain(says);
    }
    await session.end();
  });
});
