import type pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DependentFacts } from '../../lambdas/engine/catalog/dependent-facts.ts';
import { readTableFacts } from '../../lambdas/engine/catalog/read-table-facts.ts';
import { resolveTable } from '../../lambdas/engine/catalog/resolve-table.ts';
import type { TableFacts } from '../../lambdas/engine/catalog/table-facts.ts';
import type { Queryable } from '../../lambdas/engine/postgres/session.ts';
import { createDatabase, ROLES } from '../support/database.ts';
import { pinned } from './catalog-fixture.ts';

let superuser: pg.Client;
let session: Queryable;
let version: number;

beforeAll(async () => {
  const database = await createDatabase();
  superuser = await database.client();
  session = await pinned(superuser);
  const { rows } = await superuser.query(`SELECT current_setting('server_version_num')::int AS version`);
  version = rows[0].version;
  await superuser.query(`
    CREATE TABLE public.t (id int PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY, s serial, note text, g int GENERATED ALWAYS AS (id + 1) STORED);
    CREATE INDEX plain ON public.t (note);
    CREATE TABLE public.child (x int CONSTRAINT child_fk REFERENCES public.t);
    CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER own AFTER INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f()`);
});

async function factsAfter(sql: string): Promise<TableFacts | null> {
  await superuser.query('BEGIN');
  try {
    await superuser.query(sql);
    const table = await resolveTable(session, { schema: 'public', name: 't' });
    return table && (await readTableFacts(session, table.oid));
  } finally {
    await superuser.query('ROLLBACK');
  }
}

async function othersAfter(sql: string): Promise<string[]> {
  return ((await factsAfter(sql))?.others ?? []).map((other) => `${other.kind}: ${other.identity}`);
}

type Kind = readonly [what: string, sql: string, found: readonly string[], since?: number];

const KINDS: readonly Kind[] = [
  ['a temporary view', 'CREATE TEMP VIEW v AS SELECT id FROM public.t', ['view: pg_temp.v']],
  [
    'a rule of a temporary table',
    'CREATE TEMP TABLE own (x int); CREATE RULE r AS ON INSERT TO own DO ALSO DELETE FROM public.t',
    ['rule: r on pg_temp.own'],
  ],
  [
    'a policy of a temporary table',
    'CREATE TEMP TABLE own (x int); CREATE POLICY p ON own USING (EXISTS (SELECT FROM public.t))',
    ['policy: p on pg_temp.own'],
  ],
  [
    'a materialized view with a column of its row type',
    'CREATE MATERIALIZED VIEW public.v AS SELECT t FROM public.t',
    ['materialized view column: public.v.t'],
  ],
  [
    'a view with a column of its row type',
    'CREATE VIEW public.v AS SELECT t FROM public.t',
    ['view column: public.v.t'],
  ],
  [
    'a function of its row type that a view uses',
    `CREATE FUNCTION public.named(public.t) RETURNS int LANGUAGE sql AS 'SELECT 1';
     CREATE VIEW public.v AS SELECT public.named(t) FROM public.t`,
    ['function: public.named(public.t)'],
  ],
  [
    'a function of its row type that is an extension’s',
    `CREATE FUNCTION public.named(public.t) RETURNS int LANGUAGE sql AS 'SELECT 1';
     ALTER FUNCTION public.named DEPENDS ON EXTENSION plpgsql`,
    ['function: public.named(public.t)'],
  ],
  [
    'a function with an SQL body that is marked for an extension',
    `CREATE FUNCTION public.body() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM public.t; END;
     ALTER FUNCTION public.body() DEPENDS ON EXTENSION plpgsql`,
    ['function: public.body()'],
  ],
  [
    'a function of its row type that somebody else has granted',
    `CREATE FUNCTION public.named(public.t) RETURNS int LANGUAGE sql AS 'SELECT 1';
     GRANT EXECUTE ON FUNCTION public.named TO ${ROLES.app} WITH GRANT OPTION;
     SET LOCAL ROLE ${ROLES.app}; GRANT EXECUTE ON FUNCTION public.named TO ${ROLES.reader}; RESET ROLE`,
    ['function: public.named(public.t)'],
  ],
  [
    'an aggregate over its row type',
    `CREATE FUNCTION public.step(int, public.t) RETURNS int LANGUAGE sql AS 'SELECT 1';
     CREATE AGGREGATE public.agg(public.t) (SFUNC = public.step, STYPE = int)`,
    ['aggregate: public.agg(public.t)', 'function: public.step(integer,public.t)'],
  ],
  ['a column of its row type', 'ALTER TABLE public.child ADD y public.t', ['table column: public.child.y']],
  ['a column of an array of it', 'ALTER TABLE public.child ADD y public.t[]', ['table column: public.child.y']],
  ['a domain over its row type', 'CREATE DOMAIN public.d AS public.t', ['type: public.d']],
  ['a publication for all tables', 'CREATE PUBLICATION pub FOR ALL TABLES', ['publication for all tables: pub']],
  ['an inheritance child', 'CREATE TABLE public.heir () INHERITS (public.t)', ['table: public.heir']],
  [
    'an inheritance parent',
    'CREATE TABLE public.base (); ALTER TABLE public.t INHERIT public.base',
    ['inheritance parent: public.base'],
  ],
  [
    'being a partition',
    `CREATE TABLE public.root (id int NOT NULL, s int NOT NULL, note text) PARTITION BY RANGE (id);
     ALTER TABLE public.t DROP n, DROP g;
     ALTER TABLE public.root ATTACH PARTITION public.t FOR VALUES FROM (0) TO (9)`,
    ['inheritance parent: public.root'],
  ],
  [
    'being a typed table',
    `CREATE TYPE public.ty AS (id int, n int, s int, note text, g int); ALTER TABLE public.t OF public.ty`,
    ['type of a typed table: public.ty'],
  ],
  ['extension membership', 'ALTER EXTENSION plpgsql ADD TABLE public.t', ['extension: plpgsql']],
  ['an index marked for an extension', 'ALTER INDEX public.plain DEPENDS ON EXTENSION plpgsql', ['extension: plpgsql']],
  [
    'a trigger marked for an extension',
    'ALTER TRIGGER own ON public.t DEPENDS ON EXTENSION plpgsql',
    ['extension: plpgsql'],
  ],
  [
    'security labels',
    `INSERT INTO pg_seclabel SELECT 'public.t'::regclass, 'pg_class'::regclass, n, 'dummy', 'x' FROM generate_series(0, 1) AS n`,
    ['security label: public.t (dummy)', 'security label: public.t.id (dummy)'],
  ],
  [
    'a subscription',
    `CREATE SUBSCRIPTION sub CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE);
     INSERT INTO pg_subscription_rel SELECT oid, 'public.t'::regclass, 'r' FROM pg_subscription WHERE subname = 'sub'`,
    ['subscription: sub'],
  ],
  [
    'a default elsewhere that draws from its identity',
    `ALTER TABLE public.child ALTER x SET DEFAULT nextval('public.t_n_seq')`,
    ['default value: for public.child.x'],
  ],
  [
    'a constraint trigger elsewhere that is told of it',
    'CREATE CONSTRAINT TRIGGER c AFTER INSERT ON public.child FROM public.t FOR EACH ROW EXECUTE FUNCTION public.f()',
    ['trigger: c on public.child'],
  ],
  [
    'an own default with the table as a constant',
    `ALTER TABLE public.t ALTER note SET DEFAULT ('public.t'::regclass)::text`,
    ['default value: for public.t.note'],
  ],
  [
    'an own default with the row type',
    `ALTER TABLE public.t ALTER note SET DEFAULT (NULL::public.t)::text`,
    ['default value: for public.t.note'],
  ],
  [
    'an own CHECK with the table as a constant',
    `ALTER TABLE public.t ADD CONSTRAINT c CHECK (note <> 'public.t'::regclass::text)`,
    ['CHECK with a regclass constant: c on public.t'],
  ],
  [
    'a generated column with the table as a constant',
    `ALTER TABLE public.t ADD h oid GENERATED ALWAYS AS (CASE WHEN id > 0 THEN 'public.t'::regclass::oid END) STORED`,
    ['generated column with a regclass constant: public.t.h'],
  ],
  [
    'an own CHECK with the row type',
    `ALTER TABLE public.t ADD CONSTRAINT c CHECK ((t)::text <> (NULL::public.t)::text)`,
    ['table constraint: c on public.t'],
  ],
  [
    'an index with the table as a constant',
    `CREATE INDEX i ON public.t (id) WHERE id::oid <> 'public.t'::regclass::oid`,
    ['index with a regclass constant: public.i'],
  ],
  [
    'an index with itself as a constant, under a name that wants quotes',
    `CREATE INDEX "an ""i\\" ON public.t (id);
     CREATE INDEX i ON public.t (id) WHERE id::oid <> 'public."an ""i\\"'::regclass::oid`,
    ['index with a regclass constant: public.i'],
  ],
  [
    'an index with an identity as a constant',
    `ALTER TABLE public.t ADD m int GENERATED ALWAYS AS IDENTITY;
     CREATE INDEX i ON public.t (id) WHERE id::oid <> 'public.t_m_seq'::regclass::oid`,
    ['index with a regclass constant: public.i'],
  ],
  [
    'disabled foreign key triggers',
    'ALTER TABLE public.child DISABLE TRIGGER ALL',
    ['foreign key with disabled triggers: child_fk on public.child'],
  ],
  [
    'a grant by somebody else',
    `GRANT SELECT ON public.t TO ${ROLES.app} WITH GRANT OPTION;
     SET LOCAL ROLE ${ROLES.app}; GRANT SELECT ON public.t TO ${ROLES.reader}; RESET ROLE`,
    [`grant by another role: SELECT to ${ROLES.reader} by ${ROLES.app}`],
  ],
  ['a comment on the row type', `COMMENT ON TYPE public.t IS 'x'`, ['privileges or comment of the row type: public.t']],
  [
    'a cast from the row type',
    `CREATE FUNCTION public.c(public.t) RETURNS int LANGUAGE sql AS 'SELECT 1';
     CREATE CAST (public.t AS int) WITH FUNCTION public.c(public.t)`,
    ['cast: (public.t AS integer)', 'function: public.c(public.t)'],
  ],
];

/** Each follows to the new table, in the section of the facts that is named. */
const CARRIED: readonly (readonly [section: keyof DependentFacts, sql: string])[] = [
  ['views', 'CREATE VIEW public.v AS SELECT id FROM public.t'],
  ['views', 'CREATE VIEW public.v AS SELECT id, note FROM public.t GROUP BY id'],
  ['views', 'CREATE VIEW public.v AS SELECT 1 AS one FROM public.t_n_seq'],
  ['views', 'CREATE VIEW public.v AS SELECT row_to_json(t.*) AS j FROM public.t'],
  ['views', `CREATE VIEW public.v AS SELECT (NULL::public.t)::text AS x, (NULL::public.t[])::text AS y`],
  ['rules', 'CREATE RULE r AS ON DELETE TO public.t DO ALSO NOTIFY x'],
  ['rules', 'CREATE RULE r AS ON INSERT TO public.child DO ALSO DELETE FROM public.t'],
  ['policies', 'CREATE POLICY p ON public.t'],
  ['policies', 'CREATE POLICY p ON public.child USING (EXISTS (SELECT FROM public.t))'],
  [
    'functions',
    'CREATE FUNCTION public.body() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM public.t; END',
  ],
  ['functions', `CREATE FUNCTION public.named(public.t) RETURNS int LANGUAGE sql AS 'SELECT 1'`],
  ['functions', `CREATE FUNCTION public.named() RETURNS SETOF public.t[] LANGUAGE sql AS 'SELECT NULL::public.t[]'`],
  ['functions', `CREATE PROCEDURE public.named(n text DEFAULT (NULL::public.t)::text) LANGUAGE sql AS 'SELECT 1'`],
  ['statistics', 'CREATE STATISTICS public.st ON id, note FROM public.t'],
  ['publications', 'CREATE PUBLICATION pub FOR TABLE public.t'],
];

describe('others: whatever nobody carries over', () => {
  test.each(CARRIED)('%s are none: %s', async (section, sql) => {
    const facts = await factsAfter(sql);
    expect(facts?.others).toEqual([]);
    expect(facts?.[section]).toHaveLength(1);
  });

  test('is nothing on a table with keys, defaults, identity, generated column, trigger and foreign keys', async () => {
    expect(await othersAfter('SELECT')).toEqual([]);
  });

  test.for(KINDS)('%s', async ([_, sql, found, since = 0]) => {
    // An older server refuses the command: there is nothing to be found.
    if (version < since) await expect(othersAfter(sql)).rejects.toThrow();
    else expect(await othersAfter(sql)).toEqual(found);
  });

  test('an index, a CHECK and a generated column with another table as a constant mean the same on the copy', async () => {
    expect(
      await othersAfter(`
        CREATE INDEX i ON public.t (id) WHERE id::oid <> 'public.child'::regclass::oid;
        ALTER TABLE public.t ADD CHECK (note <> 'pg_catalog.pg_class'::regclass::text);
        ALTER TABLE public.t ADD h oid GENERATED ALWAYS AS (CASE WHEN id > 0 THEN 'public.child'::regclass::oid END) STORED`),
    ).toEqual([]);
  });

  test('a CHECK over the whole row is carried over', async () => {
    expect(await othersAfter('ALTER TABLE public.t ADD CHECK (t IS NOT NULL)')).toEqual([]);
  });
});
