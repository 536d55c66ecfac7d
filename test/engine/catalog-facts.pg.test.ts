import type pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTableFacts } from '../../lambdas/engine/catalog/read-table-facts.ts';
import { resolveTable } from '../../lambdas/engine/catalog/resolve-table.ts';
import type { TableFacts } from '../../lambdas/engine/catalog/table-facts.ts';
import type { Queryable } from '../../lambdas/engine/postgres/session.ts';
import { createDatabase, ROLES, type TestDatabase } from '../support/database.ts';
import { createRichTable, pinned, RICH_TABLE } from './catalog-fixture.ts';

let database: TestDatabase;
let superuser: pg.Client;
let session: Queryable;
let version: number;

beforeAll(async () => {
  database = await createDatabase();
  superuser = await database.client();
  session = await pinned(superuser);
  const { rows } = await superuser.query(`SELECT current_setting('server_version_num')::int AS version`);
  version = rows[0].version;
});

async function factsOf(name: string, schema = 'public'): Promise<TableFacts> {
  const table = await resolveTable(session, { schema, name });
  const facts = table && (await readTableFacts(session, table.oid));
  if (!facts) throw new Error(`There is no ${schema}.${name}`);
  return facts;
}

/** Facts of a table that exists for one reading only. */
async function factsAfter(sql: string): Promise<TableFacts> {
  await superuser.query('BEGIN');
  try {
    await superuser.query(sql);
    return await factsOf('t');
  } finally {
    await superuser.query('ROLLBACK');
  }
}

describe('resolveTable', () => {
  test('finds a relation by its exact name, and says what kind it is', async () => {
    expect(await resolveTable(session, { schema: 'pg_catalog', name: 'pg_class' })).toEqual({
      oid: 1259,
      relkind: 'r',
      isPartition: false,
    });
    expect(await resolveTable(session, { schema: 'pg_catalog', name: 'pg_tables' })).toMatchObject({ relkind: 'v' });
    expect(await resolveTable(session, { schema: 'pg_catalog', name: 'PG_CLASS' })).toBeNull();
  });
});

describe('readTableFacts', () => {
  test('resolves to null where the OID names no relation', async () => {
    expect(await readTableFacts(session, 4_294_967_294)).toBeNull();
  });

  test('survives JSON unchanged', async () => {
    const facts = await factsAfter('CREATE TABLE public.t (id bigserial PRIMARY KEY)');
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  });

  test('reads a table with every trimming', async () => {
    await createRichTable(database);
    const facts = await factsOf(RICH_TABLE.name, RICH_TABLE.schema);
    expect(facts).toMatchObject({
      owner: ROLES.owner,
      kind: 'r',
      persistence: 'p',
      accessMethod: 'heap',
      tablespace: null,
      options: ['fillfactor=75', 'autovacuum_enabled=true', 'autovacuum_vacuum_threshold=99'],
      toastOptions: ['autovacuum_vacuum_threshold=77'],
      rowSecurity: true,
      forceRowSecurity: false,
      replicaIdentity: 'i',
      comment: "it's a table \\",
      defaultGrants: false,
      others: [],
    });
    expect(facts.columns.map((column) => column.name).slice(0, 6)).toEqual([
      'id',
      'number',
      'down',
      'wide',
      'Code',
      'state',
    ]);
    expect(facts.columns.find((column) => column.name === 'Code')?.typeSql).toBe('"My Shop".code');
    expect(facts.columns.find((column) => column.name === 'number')?.identity).toBe('always');
    expect(facts.columns.find((column) => column.name === 'doubled')).toMatchObject({
      generated: 'stored',
      expression: '(amount * (2)::numeric)',
    });
    expect(facts.columns.find((column) => column.name === 'a')).toMatchObject({
      statisticsTarget: 300,
      options: ['n_distinct=-0.5', 'n_distinct_inherited=7'],
      comment: 'a column',
    });
    expect(facts.key).toMatchObject({ indexName: 'Order_pkey', isPrimary: true });
    expect(facts.key?.columns.map((column) => column.name)).toEqual(['id']);
    expect(facts.constraints.find((one) => one.name === 'later')).toMatchObject({
      type: 'unique',
      deferrable: true,
      deferred: true,
      indexName: 'later',
    });
    expect(facts.constraints.find((one) => one.name === 'b is positive')).toMatchObject({
      definition: 'CHECK ((b > 0)) NOT VALID',
      validated: false,
      enforced: true,
    });
    expect(facts.foreignKeysOut.map((key) => key.name)).toEqual([
      'customer',
      ...(version >= 180_000 ? ['hope'] : []),
      ...(version >= 150_000 ? ['null_columns'] : []),
      'parent',
    ]);
    expect(facts.foreignKeysIn).toMatchObject([
      {
        name: 'never valid',
        table: { schema: 'elsewhere', name: 'child' },
        partner: { schema: 'elsewhere', name: 'child' },
        partnerKind: 'r',
        definition: 'FOREIGN KEY (y) REFERENCES "My Shop"."Order"(number)',
        validated: false,
        comment: 'an inbound foreign key',
      },
      { name: 'to_order', validated: true },
    ]);
    expect(facts.triggers.map(({ name, enabled }) => `${name} ${enabled}`)).toEqual([
      'a touch O',
      'always A',
      'checked O',
      'disabled D',
      'replica R',
    ]);
    expect(facts.sequences.map(({ name, column, kind, typeSql }) => [name, column, kind, typeSql])).toEqual([
      ['Order_id_seq', 'id', 'serial', 'integer'],
      ['Order_number_seq', 'number', 'identity', 'integer'],
      ['Order_down_seq', 'down', 'identity', 'smallint'],
      ['Order_wide_seq', 'wide', 'identity', 'bigint'],
    ]);
    expect(facts.sequences[1]).toMatchObject({ start: '1000', increment: '5', cache: '7', comment: 'an identity' });
    expect(facts.grants).toContainEqual({
      grantee: null,
      grantor: ROLES.owner,
      privilege: 'SELECT',
      grantable: false,
      column: 'a',
    });
  });

  test('leaves our capture triggers out of triggers and fingerprint, and nobody else’s', async () => {
    const table = `
      CREATE TABLE public.t (id int PRIMARY KEY);
      CREATE SCHEMA shadowstep_1;
      CREATE FUNCTION shadowstep_1.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';`;
    const trigger = (name: string, schema: string) =>
      `CREATE TRIGGER ${name} AFTER INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION ${schema}.f();`;
    const without = await factsAfter(table);
    const withOurs = await factsAfter(table + trigger('shadowstep_insert', 'shadowstep_1'));
    expect(withOurs.triggers).toEqual([]);
    expect(withOurs.fingerprint.triggers).toBe(without.fingerprint.triggers);
    const withTheirs = await factsAfter(
      `${table}${trigger('shadowstepx', 'shadowstep_1')}${trigger('shadowstep_insert', 'public')}`,
    );
    expect(withTheirs.triggers.map((one) => one.name)).toEqual(['shadowstep_insert', 'shadowstepx']);
  });

  test('lists the foreign key of a partitioned table once, and says that it is partitioned', async () => {
    const facts = await factsAfter(`
      CREATE TABLE public.t (id int PRIMARY KEY, x int);
      CREATE TABLE public.p (id int PRIMARY KEY, x int REFERENCES public.t) PARTITION BY RANGE (id);
      CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES FROM (0) TO (9);
      ALTER TABLE public.t ADD FOREIGN KEY (x) REFERENCES public.p (id)`);
    expect(facts.others).toEqual([]);
    expect(facts.foreignKeysIn).toMatchObject([{ name: 'p_x_fkey', partnerKind: 'p' }]);
    expect(facts.foreignKeysOut).toMatchObject([{ name: 't_x_fkey', partnerKind: 'p' }]);
  });
});

describe('the key', () => {
  const keyOf = async (sql: string) => {
    const { key } = await factsAfter(sql);
    return key && { index: key.indexName, columns: key.columns.map((column) => column.name) };
  };

  test('is the primary key if there is one, however wide', async () => {
    expect(
      await keyOf('CREATE TABLE public.t (a text, b text, c int NOT NULL UNIQUE, PRIMARY KEY (b, a) INCLUDE (c))'),
    ).toEqual({ index: 't_pkey', columns: ['b', 'a'] });
  });

  test('is else the unique index with the fewest, then the narrowest columns, then the first by name', async () => {
    expect(
      await keyOf(`
        CREATE TABLE public.t (a text NOT NULL, b int NOT NULL, c int NOT NULL, d int NOT NULL);
        CREATE UNIQUE INDEX i1 ON public.t (b, c);
        CREATE UNIQUE INDEX i2 ON public.t (a);
        CREATE UNIQUE INDEX i4 ON public.t (d);
        CREATE UNIQUE INDEX i3 ON public.t (c)`),
    ).toEqual({ index: 'i3', columns: ['c'] });
  });

  test.each([
    ['nullable', 'CREATE TABLE public.t (a int UNIQUE)'],
    ['nullable in its second column', 'CREATE TABLE public.t (a int NOT NULL, b int, UNIQUE (a, b))'],
    ['deferrable', 'CREATE TABLE public.t (a int PRIMARY KEY DEFERRABLE)'],
    ['partial', 'CREATE TABLE public.t (a int NOT NULL); CREATE UNIQUE INDEX ON public.t (a) WHERE a > 0'],
    ['over an expression', 'CREATE TABLE public.t (a int NOT NULL); CREATE UNIQUE INDEX ON public.t (a, (a + 1))'],
    ['not unique', 'CREATE TABLE public.t (a int NOT NULL); CREATE INDEX ON public.t (a)'],
    ['an exclusion', 'CREATE TABLE public.t (a int NOT NULL, EXCLUDE (a WITH =))'],
    [
      'invalid',
      `CREATE TABLE public.t (a int NOT NULL UNIQUE);
       UPDATE pg_index SET indisvalid = false WHERE indrelid = 'public.t'::regclass`,
    ],
  ])('is none where the only candidate is %s', async (_, sql) => {
    expect(await keyOf(sql)).toBeNull();
  });

  test('is none over a NOT NULL that is NOT VALID', async () => {
    if (version < 180_000) {
      expect(await keyOf('CREATE TABLE public.t (a int); CREATE UNIQUE INDEX ON public.t (a)')).toBeNull();
      return;
    }
    const sql =
      'CREATE TABLE public.t (a int); ALTER TABLE public.t ADD NOT NULL a NOT VALID; CREATE UNIQUE INDEX i ON public.t (a);';
    expect(await keyOf(sql)).toBeNull();
    expect(await keyOf(`${sql} ALTER TABLE public.t VALIDATE CONSTRAINT t_a_not_null`)).toMatchObject({ index: 'i' });
  });

  test('has operators that compare any key type under the pinned search_path', async () => {
    const facts = await factsAfter(`
      CREATE TYPE public.mood AS ENUM ('sad', 'glad');
      CREATE TYPE public.pair AS (x int, y text);
      CREATE DOMAIN public.positive AS int CHECK (VALUE > 0);
      CREATE TABLE public.t (
        i int, v varchar(5) COLLATE "C", c char(3), ia int[], m public.mood, p public.pair, r int4range,
        d public.positive, u uuid, b boolean, n numeric, ts timestamptz, o oid, nm name,
        PRIMARY KEY (i, v, c, ia, m, p, r, d, u, b, n, ts, o, nm))`);
    const columns = facts.key?.columns ?? [];
    expect(columns).toHaveLength(14);
    expect(columns.find((column) => column.name === 'v')).toEqual({
      name: 'v',
      typeSql: 'character varying(5)',
      collationSql: 'pg_catalog."C"',
      equalsOperator: 'OPERATOR(pg_catalog.=)',
      lessOperator: 'OPERATOR(pg_catalog.<)',
      operatorClassSql: 'pg_catalog.text_ops',
    });
    await superuser.query('BEGIN');
    await superuser.query(`
      CREATE TYPE public.mood AS ENUM ('sad', 'glad');
      CREATE TYPE public.pair AS (x int, y text);
      CREATE DOMAIN public.positive AS int CHECK (VALUE > 0)`);
    for (const column of columns) {
      const side = `NULL::${column.typeSql}`;
      await superuser.query(`SELECT ${side} ${column.equalsOperator} ${side}, ${side} ${column.lessOperator} ${side}`);
    }
    await superuser.query('ROLLBACK');
  });

  test('takes the operators of an operator class of somebody’s own, with their schema', async () => {
    const facts = await factsAfter(`
      CREATE SCHEMA "my ops";
      CREATE FUNCTION "my ops".lt(int, int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1 > $2';
      CREATE FUNCTION "my ops".eq(int, int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT $1 = $2';
      CREATE FUNCTION "my ops".cmp(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT btint4cmp($2, $1)';
      CREATE OPERATOR "my ops".<<< (LEFTARG = int, RIGHTARG = int, FUNCTION = "my ops".lt);
      CREATE OPERATOR "my ops".=== (LEFTARG = int, RIGHTARG = int, FUNCTION = "my ops".eq);
      CREATE OPERATOR CLASS "my ops"."backwards" FOR TYPE int USING btree AS
        OPERATOR 1 "my ops".<<<, OPERATOR 3 "my ops".===, FUNCTION 1 "my ops".cmp(int, int);
      CREATE TABLE public.t (a int NOT NULL);
      CREATE UNIQUE INDEX ON public.t (a "my ops"."backwards")`);
    expect(facts.key?.columns[0]).toMatchObject({
      equalsOperator: 'OPERATOR("my ops".===)',
      lessOperator: 'OPERATOR("my ops".<<<)',
      operatorClassSql: '"my ops".backwards',
    });
  });
});
