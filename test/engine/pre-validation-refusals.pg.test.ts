import { afterEach, describe, expect, test } from 'vitest';
import { pollUntil } from '../support/poll.ts';
import { type Bundle, setup } from './pre-validation-setup.ts';

interface Case {
  readonly what: string;
  readonly codes: readonly string[];
  /** Run by the superuser; :tool and :other stand for roles. */
  readonly given: string | readonly string[];
  readonly request?: Record<string, unknown>;
  /** server_version_num from which on it can happen at all. */
  readonly from?: number;
  /** server_version_num from which on it is no refusal any more. */
  readonly upTo?: number;
  /** Who runs the remedy; 'nobody' where it holds no SQL that mends it. */
  readonly mendedBy: 'tool' | 'superuser' | 'nobody';
  /** What the message and the remedy must name. */
  readonly names?: RegExp;
  /** Run by the superuser before the database can be dropped. */
  readonly afterwards?: readonly string[];
}

let bundle: Bundle | undefined;
let afterwards: readonly string[] = [];

afterEach(async () => {
  for (const statement of afterwards) {
    await bundle?.sql(statement);
  }
  afterwards = [];
  await bundle?.finish();
  bundle = undefined;
});

async function refusedThenMended(one: Case): Promise<void> {
  bundle = await setup();
  if (bundle.version < (one.from ?? 0) || bundle.version >= (one.upTo ?? Number.POSITIVE_INFINITY)) {
    return;
  }
  afterwards = one.afterwards ?? [];
  for (const statements of [one.given].flat()) {
    await bundle.sql(statements);
  }
  const { refusals, plan } = await bundle.preValidate(one.request);
  expect(refusals.map((refusal) => refusal.code)).toEqual(one.codes);
  expect(plan.stages).toEqual([]);
  for (const refusal of refusals) {
    expect(refusal.message).not.toBe('');
    expect(refusal.remedy).not.toBe('');
  }
  if (one.names !== undefined) {
    expect(refusals.map((refusal) => `${refusal.message}\n${refusal.remedy}`).join('\n')).toMatch(one.names);
  }
  if (one.mendedBy === 'nobody') {
    return;
  }
  for (const { remedy } of refusals) {
    await (one.mendedBy === 'tool' ? bundle.sqlAsTool(remedy) : bundle.sql(remedy));
  }
  const mended = await bundle.preValidate(one.request);
  expect(mended.refusals).toEqual([]);
}

const name = ({ what, codes }: Case) => `${what}: ${codes.join(', ')}`;

const RELATIONS: readonly Case[] = [
  {
    what: 'a name that nothing bears',
    codes: ['UnknownTable'],
    given: 'CREATE SCHEMA "Other" CREATE TABLE "Order" (id int)',
    request: { table: 'shop.order' },
    names: /Did you mean "Other"\."Order" or shop\.orders\?/,
    mendedBy: 'nobody',
  },
  ...(
    [
      ['CREATE VIEW shop.x AS SELECT 1 AS id', /is a view/],
      ['CREATE MATERIALIZED VIEW shop.x AS SELECT 1 AS id', /is a materialized view.*REFRESH/s],
      ['CREATE SEQUENCE shop.x', /is a sequence/],
      ['CREATE INDEX x ON shop.orders (at)', /is an index of shop\.orders.*REINDEX/s],
      ['CREATE TYPE shop.x AS (id int)', /is a composite type/],
      [
        'CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing; CREATE FOREIGN TABLE shop.x (id int) SERVER nowhere',
        /is a foreign table/,
      ],
    ] as const
  ).map(([given, names]) => ({
    what: given,
    codes: ['NotAnOrdinaryTable'],
    given,
    request: { table: 'shop.x' },
    names,
    mendedBy: 'nobody' as const,
  })),
  {
    what: 'a table of the catalog',
    codes: ['NotAnOrdinaryTable'],
    given: 'SELECT 1',
    request: { table: 'pg_catalog.pg_class' },
    mendedBy: 'nobody',
  },
  {
    what: 'a table of a run',
    codes: ['NotAnOrdinaryTable'],
    given: 'CREATE SCHEMA shadowstep_7 CREATE TABLE orders (id int PRIMARY KEY)',
    request: { table: 'shadowstep_7.orders' },
    mendedBy: 'nobody',
  },
];

const STORAGE: readonly Case[] = [
  {
    what: 'a tablespace of table and index in which the role may create nothing',
    codes: ['MayNotUseTablespace'],
    given: [
      'SET allow_in_place_tablespaces = on',
      `CREATE TABLESPACE :tool LOCATION ''`,
      'ALTER TABLE shop.orders SET TABLESPACE :tool',
      'CREATE INDEX away ON shop.orders (at) TABLESPACE :tool',
    ],
    mendedBy: 'superuser',
    afterwards: ['DROP TABLE shop.orders', 'DROP TABLESPACE :tool'],
  },
  {
    what: 'another access method',
    codes: ['NotAHeap'],
    from: 150_000,
    given:
      'CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler; ALTER TABLE shop.orders SET ACCESS METHOD heap2',
    mendedBy: 'tool',
  },
  {
    what: 'no key',
    codes: ['NoUsableKey'],
    given: 'ALTER TABLE shop.orders DROP CONSTRAINT orders_pkey',
    mendedBy: 'tool',
  },
  {
    what: 'a unique index on a nullable column, and a partial one',
    codes: ['NoUsableKey'],
    given: `ALTER TABLE shop.orders DROP CONSTRAINT orders_pkey, ALTER COLUMN id DROP NOT NULL;
      CREATE UNIQUE INDEX a ON shop.orders (id, total) WHERE id > 0;
      CREATE UNIQUE INDEX b ON shop.orders (id, total)`,
    names: /SET NOT NULL, ALTER COLUMN total SET NOT NULL/,
    mendedBy: 'tool',
  },
  {
    what: 'a deferrable primary key',
    codes: ['NoUsableKey'],
    given: 'ALTER TABLE shop.orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY (id) DEFERRABLE',
    names: /DROP CONSTRAINT orders_pkey/,
    mendedBy: 'nobody',
  },
  {
    what: 'an invalid index',
    codes: ['InvalidIndex'],
    given: `CREATE INDEX broken ON shop.orders (at);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shop.broken'::regclass`,
    mendedBy: 'tool',
  },
  {
    what: 'a partitioned partner on either side',
    upTo: 180_000,
    codes: ['PartitionedForeignKeyPartner', 'PartitionedForeignKeyPartner'],
    given: `SET ROLE :tool;
      CREATE TABLE shop.p (id int PRIMARY KEY, order_id int REFERENCES shop.orders) PARTITION BY RANGE (id);
      CREATE TABLE shop.p1 PARTITION OF shop.p DEFAULT;
      INSERT INTO shop.p SELECT n FROM generate_series(1, 100) AS n;
      ALTER TABLE shop.orders ADD FOREIGN KEY (id) REFERENCES shop.p; RESET ROLE`,
    mendedBy: 'tool',
  },
];

const PRIVILEGES: readonly Case[] = [
  {
    what: 'a table of another role, in a schema of its own',
    codes: ['NotTheOwner', 'MayNotCreateInSchema'],
    given: 'ALTER TABLE shop.orders OWNER TO :other; ALTER SCHEMA shop OWNER TO :other',
    mendedBy: 'superuser',
  },
  {
    what: 'membership that does not inherit',
    codes: ['NotTheOwner'],
    given: `ALTER ROLE :tool NOINHERIT; GRANT :other TO :tool; GRANT CREATE ON SCHEMA shop TO :other;
      GRANT pg_read_all_stats TO :tool; ALTER TABLE shop.orders OWNER TO :other`,
    mendedBy: 'superuser',
  },
  {
    what: 'no CREATE on the database',
    codes: ['MayNotCreateSchemas'],
    given: `DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM :tool', current_database()); END $$`,
    mendedBy: 'superuser',
  },
  {
    what: 'a registry of another role',
    codes: ['MayNotUseRegistry'],
    given: `CREATE SCHEMA shadowstep
      CREATE TABLE migration (version integer PRIMARY KEY, applied_at timestamptz)
      CREATE TABLE run (run_id bigint GENERATED ALWAYS AS IDENTITY)`,
    names: /USAGE ON SCHEMA.*INSERT.*SEQUENCES/s,
    mendedBy: 'superuser',
  },
  {
    what: 'foreign keys from and to tables of another role',
    codes: ['MayNotMoveForeignKeys', 'MayNotMoveForeignKeys'],
    given: `CREATE SCHEMA elsewhere;
      CREATE TABLE elsewhere.customers (id int PRIMARY KEY);
      INSERT INTO elsewhere.customers SELECT generate_series(1, 100);
      CREATE TABLE elsewhere.items (order_id int REFERENCES shop.orders);
      ALTER TABLE elsewhere.items OWNER TO :other;
      ALTER TABLE shop.orders ADD FOREIGN KEY (id) REFERENCES elsewhere.customers`,
    names: /GRANT REFERENCES ON TABLE elsewhere\.customers.*GRANT pre_validation_other_\w+ TO/s,
    mendedBy: 'superuser',
  },
  {
    what: 'a trigger function that the role may not execute',
    codes: ['MayNotExecuteTriggerFunction'],
    given: `CREATE SCHEMA hidden;
      CREATE FUNCTION hidden.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      REVOKE EXECUTE ON FUNCTION hidden.touch() FROM PUBLIC;
      CREATE TRIGGER touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION hidden.touch()`,
    mendedBy: 'superuser',
  },
  {
    what: 'a grant by another role, of the table and of a column',
    codes: ['GrantByAnotherRole', 'GrantByAnotherRole'],
    given: `GRANT SELECT ON shop.orders TO :other WITH GRANT OPTION;
      GRANT UPDATE (note) ON shop.orders TO :other WITH GRANT OPTION;
      GRANT USAGE ON SCHEMA shop TO :other;
      SET ROLE :other; GRANT SELECT ON shop.orders TO PUBLIC; GRANT UPDATE (note) ON shop.orders TO PUBLIC; RESET ROLE`,
    mendedBy: 'tool',
  },
  {
    what: 'deadlock_timeout below lockTimeoutMs',
    codes: ['DeadlockTimeoutTooShort'],
    given: `ALTER ROLE :tool SET deadlock_timeout = '50ms'`,
    mendedBy: 'superuser',
  },
];

describe('refused by what it is', () => {
  test.each(RELATIONS.map((one) => [name(one), one] as const))('%s', (_name, one) => refusedThenMended(one));
});

describe('refused by how it is kept, and no longer once the remedy was run', () => {
  test.each(STORAGE.map((one) => [name(one), one] as const))('%s', (_name, one) => refusedThenMended(one));
});

describe('refused by who may do what, and no longer once the remedy was run', () => {
  test.each(PRIVILEGES.map((one) => [name(one), one] as const))('%s', (_name, one) => refusedThenMended(one));
});

describe('refused by its place among partitions', () => {
  test('while a partition beside it is half detached, and no longer once that was finished', async () => {
    bundle = await setup();
    await bundle.sqlAsTool(/* sql */ `
      CREATE TABLE shop.root (id int PRIMARY KEY) PARTITION BY RANGE (id);
      CREATE TABLE shop.leaf PARTITION OF shop.root FOR VALUES FROM (1) TO (100);
      CREATE TABLE shop.beside PARTITION OF shop.root FOR VALUES FROM (100) TO (200)`);
    const reader = await bundle.database.client();
    await reader.query('BEGIN; SELECT FROM shop.root');
    const detaching = await bundle.database.client();
    const [backend] = (await detaching.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    const cancelled = expect(
      detaching.query('ALTER TABLE shop.root DETACH PARTITION shop.beside CONCURRENTLY'),
    ).rejects.toThrow('canceling statement');
    // Its first transaction is committed then; the second waits for the reader.
    await pollUntil('the first half of the DETACH', async () => {
      const pending = await bundle?.database.query('SELECT FROM pg_inherits WHERE inhdetachpending');
      return pending?.length === 1;
    });
    await bundle.database.query('SELECT pg_cancel_backend($1)', [backend?.pid]);
    await cancelled;
    await reader.query('COMMIT');
    await reader.end();
    const { refusals } = await bundle.preValidate({ table: 'shop.leaf' });
    expect(refusals.map(({ code, remedy }) => [code, remedy])).toEqual([
      ['PartitionDetachPending', expect.stringContaining('shop.root DETACH PARTITION')],
    ]);
    await detaching.query('ALTER TABLE shop.root DETACH PARTITION shop.beside FINALIZE');
    await detaching.end();
    expect((await bundle.preValidate({ table: 'shop.leaf' })).refusals).toEqual([]);
  });
});
