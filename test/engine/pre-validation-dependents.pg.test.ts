import { afterEach, describe, expect, test } from 'vitest';
import { type Bundle, setup } from './pre-validation-setup.ts';

interface Case {
  readonly what: string;
  readonly codes: readonly string[];
  /** Run by the superuser; :tool and :other stand for roles. */
  readonly given: string;
  /** server_version_num from which on it can happen at all. */
  readonly from?: number;
  /** Who runs the remedy; 'nobody' where it holds no SQL that mends it. */
  readonly mendedBy: 'tool' | 'superuser' | 'nobody';
  /** Run by the superuser before the database can be dropped. */
  readonly afterwards?: string;
}

let bundle: Bundle | undefined;
let afterwards = '';

afterEach(async () => {
  if (afterwards !== '') {
    await bundle?.sql(afterwards);
    afterwards = '';
  }
  await bundle?.finish();
  bundle = undefined;
});

const asTool = (sql: string) => `SET ROLE :tool; ${sql}; RESET ROLE`;

const DEPENDENTS: readonly Case[] = [
  {
    what: 'a materialized view',
    codes: ['MaterializedView'],
    given: asTool('CREATE MATERIALIZED VIEW shop."M v" AS SELECT id FROM shop.orders'),
    mendedBy: 'nobody',
  },
  {
    what: 'a temporary view of a session that lives',
    codes: ['TemporaryDependent'],
    given: 'CREATE TEMP VIEW mine AS SELECT id FROM shop.orders',
    mendedBy: 'superuser',
  },
  {
    what: 'an aggregate over the row type, and a function of it that a view uses',
    codes: ['Function', 'Function', 'Function'],
    given: asTool(`CREATE FUNCTION shop.step(int, shop.orders) RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE AGGREGATE shop.agg(shop.orders) (SFUNC = shop.step, STYPE = int);
      CREATE FUNCTION shop.f(shop.orders) RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE VIEW shop.v AS SELECT shop.f(o) FROM shop.orders AS o`),
    mendedBy: 'tool',
  },
  {
    what: 'functions that take a superuser, or a language that the role may not use',
    codes: ['MayNotCreateFunction', 'MayNotCreateFunction'],
    given: `CREATE LANGUAGE extra HANDLER plpgsql_call_handler; UPDATE pg_language SET lanpltrusted = true WHERE lanname = 'extra';
      REVOKE USAGE ON LANGUAGE extra FROM PUBLIC;
      CREATE FUNCTION shop.f(shop.orders) RETURNS int LANGUAGE extra AS 'BEGIN RETURN 1; END';
      CREATE FUNCTION shop.g() RETURNS bigint LEAKPROOF LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM shop.orders; END;
      ALTER FUNCTION shop.f OWNER TO :tool; ALTER FUNCTION shop.g OWNER TO :tool`,
    mendedBy: 'superuser',
  },
  {
    what: 'forced row security',
    codes: ['RowSecurityForced'],
    given: asTool('ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'),
    mendedBy: 'superuser',
  },
  {
    what: 'forced row security of a partner, and of one whose foreign key is not valid anyway',
    codes: ['RowSecurityForced'],
    given: asTool(`CREATE TABLE shop.items (order_id int REFERENCES shop.orders);
      CREATE TABLE shop.more (order_id int);
      ALTER TABLE shop.more ADD FOREIGN KEY (order_id) REFERENCES shop.orders NOT VALID;
      ALTER TABLE shop.items ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      ALTER TABLE shop.more ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`),
    mendedBy: 'superuser',
  },
  {
    what: 'two statistics objects of one name',
    codes: ['ExtendedStatistics'],
    given: `${asTool('CREATE STATISTICS shop.st ON id, total FROM shop.orders')};
      CREATE SCHEMA more AUTHORIZATION :tool; ${asTool('CREATE STATISTICS more.st ON id, note FROM shop.orders')}`,
    mendedBy: 'tool',
  },
  {
    what: 'a view, a rule, a policy, functions, statistics and a publication of somebody else',
    codes: [...Array.from({ length: 7 }, () => 'MayNotMoveDependents'), 'DefinitionNotReadable'],
    given: `GRANT USAGE ON SCHEMA shop TO :other; GRANT SELECT, DELETE ON shop.orders TO :other;
      CREATE SCHEMA theirs AUTHORIZATION :other;
      SET ROLE :other;
      CREATE VIEW theirs.v AS SELECT id FROM shop.orders;
      CREATE TABLE theirs.t (id int);
      CREATE RULE r AS ON DELETE TO theirs.t DO ALSO DELETE FROM shop.orders WHERE id = OLD.id;
      CREATE POLICY p ON theirs.t USING (EXISTS (SELECT FROM shop.orders));
      CREATE FUNCTION theirs.f(shop.orders) RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE FUNCTION theirs.g() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM shop.orders; END;
      RESET ROLE;
      CREATE STATISTICS theirs.st ON id, total FROM shop.orders; ALTER STATISTICS theirs.st OWNER TO :other;
      CREATE PUBLICATION theirs FOR TABLE shop.orders; ALTER DATABASE :database OWNER TO :other; ALTER PUBLICATION theirs OWNER TO :other`,
    mendedBy: 'superuser',
  },
  {
    what: 'a view whose definition names a schema that the role may not use',
    codes: ['DefinitionNotReadable'],
    given: `CREATE SCHEMA hidden; CREATE TABLE hidden.t (id int);
      CREATE VIEW shop.v AS SELECT o.id FROM shop.orders AS o JOIN hidden.t USING (id);
      ALTER VIEW shop.v OWNER TO :tool`,
    mendedBy: 'nobody',
  },
  {
    what: 'a child with later parents',
    codes: ['InheritanceOrder'],
    given: asTool(`CREATE TABLE shop.parent (extra int);
      CREATE TABLE shop.child () INHERITS (shop.orders, shop.parent)`),
    mendedBy: 'tool',
  },
  {
    what: 'foreign tables as child and parent',
    codes: ['ForeignTableKin', 'ForeignTableKin'],
    given: `CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
      CREATE FOREIGN TABLE shop.far () INHERITS (shop.orders) SERVER nowhere; ALTER FOREIGN TABLE shop.far OWNER TO :tool;
      CREATE FOREIGN TABLE shop.farther () SERVER nowhere; ALTER FOREIGN TABLE shop.farther OWNER TO :tool;
      ALTER TABLE shop.orders INHERIT shop.farther`,
    mendedBy: 'tool',
  },
  {
    what: 'a column, a domain, a range and a composite type of the row type',
    codes: ['RowTypeUsed', 'RowTypeUsed', 'RowTypeUsed', 'RowTypeUsed'],
    given: asTool(`CREATE TABLE shop.history (old shop.orders, others shop.orders[]);
      CREATE DOMAIN shop.d AS shop.orders;
      CREATE TYPE shop.c AS (o shop.orders)`),
    mendedBy: 'nobody',
  },
  {
    what: 'a column of the row type',
    codes: ['RowTypeUsed'],
    given: asTool('CREATE TABLE shop.history (old shop.orders)'),
    mendedBy: 'tool',
  },
  {
    what: 'a comment on the row type',
    codes: ['RowTypeDetails'],
    given: asTool(`COMMENT ON TYPE shop.orders IS 'an order'`),
    mendedBy: 'tool',
  },
  {
    what: 'privileges on the row type',
    codes: ['RowTypeDetails'],
    given: asTool('REVOKE USAGE ON TYPE shop.orders FROM PUBLIC'),
    mendedBy: 'nobody',
  },
  {
    what: 'an index that holds the table itself as a constant',
    codes: ['RegclassInIndex'],
    given: asTool(`CREATE INDEX self ON shop.orders (id) WHERE id::oid <> 'shop.orders'::regclass::oid`),
    mendedBy: 'tool',
  },
  {
    what: 'a typed table',
    codes: ['TypedTable'],
    given: asTool(`CREATE TYPE shop.shape AS (id int, total numeric(10, 2), note varchar(20), at timestamptz);
      ALTER TABLE shop.orders OF shop.shape`),
    mendedBy: 'tool',
  },
  {
    what: 'membership of an extension, and an index that goes with it',
    codes: ['ExtensionMember', 'ExtensionMember'],
    given: `CREATE EXTENSION hstore; ALTER EXTENSION hstore ADD TABLE shop.orders;
      CREATE INDEX noted ON shop.orders (note); ALTER INDEX shop.noted DEPENDS ON EXTENSION hstore`,
    mendedBy: 'superuser',
  },
  {
    what: 'a publication of all tables',
    codes: ['PublishedForAllTables'],
    given: 'CREATE PUBLICATION everything FOR ALL TABLES',
    mendedBy: 'nobody',
  },
  {
    what: 'a subscription',
    codes: ['Subscribed'],
    given: `CREATE SUBSCRIPTION pre_validation_feed CONNECTION 'host=nowhere' PUBLICATION p
        WITH (connect = false, slot_name = NONE, enabled = false, create_slot = false);
      SET allow_system_table_mods = on;
      INSERT INTO pg_subscription_rel (srsubid, srrelid, srsubstate)
        SELECT oid, 'shop.orders'::regclass, 'r' FROM pg_subscription WHERE subname = 'pre_validation_feed';
      RESET allow_system_table_mods`,
    afterwards: 'DROP SUBSCRIPTION pre_validation_feed',
    mendedBy: 'nobody',
  },
  {
    what: 'security labels on the table and a column',
    codes: ['SecurityLabel', 'SecurityLabel'],
    given: `SET allow_system_table_mods = on;
      INSERT INTO pg_seclabel VALUES ('shop.orders'::regclass, 'pg_class'::regclass, 0, 'selinux', 'x'),
                                     ('shop.orders'::regclass, 'pg_class'::regclass, 2, 'selinux', 'y');
      RESET allow_system_table_mods`,
    mendedBy: 'nobody',
  },
  {
    what: 'disabled triggers behind a foreign key',
    codes: ['ForeignKeyTriggersDisabled'],
    given: `${asTool('CREATE TABLE shop.items (order_id int REFERENCES shop.orders)')};
      ALTER TABLE shop.items DISABLE TRIGGER ALL`,
    mendedBy: 'superuser',
  },
  {
    what: 'a default elsewhere that counts with the identity’s sequence',
    codes: ['UnknownDependent'],
    given: asTool(`ALTER TABLE shop.orders ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME shop.ids);
      CREATE TABLE shop.items (id bigint DEFAULT nextval('shop.ids'))`),
    mendedBy: 'nobody',
  },
];

describe('what hangs on the table is refused by name, and no longer once the remedy was run', () => {
  test.each(DEPENDENTS.map((one) => [`${one.what}: ${one.codes.join(', ')}`, one] as const))(
    '%s',
    async (_name, one) => {
      bundle = await setup();
      if (bundle.version < (one.from ?? 0)) {
        return;
      }
      await bundle.sql(one.given);
      afterwards = one.afterwards ?? '';
      const { refusals, facts } = await bundle.preValidate();
      expect(refusals.map((refusal) => refusal.code)).toEqual(one.codes);
      expect(facts?.name).toBe('orders');
      for (const { remedy } of one.mendedBy === 'nobody' ? [] : refusals) {
        await (one.mendedBy === 'tool' ? bundle.sqlAsTool(remedy) : bundle.sql(remedy));
      }
      if (one.mendedBy !== 'nobody') {
        expect((await bundle.preValidate()).refusals).toEqual([]);
      }
    },
  );

  test('a materialized view passes when the request agrees to what it costs, not so what cannot follow it', async () => {
    bundle = await setup();
    await bundle.sqlAsTool(`
      CREATE MATERIALIZED VIEW shop."M v" AS SELECT id, note FROM shop.orders;
      CREATE INDEX ON shop."M v" (id);
      CREATE VIEW shop.over AS SELECT id FROM shop."M v"`);
    const request = { recreateMaterializedViews: true };
    expect((await bundle.preValidate()).refusals[0]).toMatchObject({
      code: 'MaterializedView',
      message: expect.stringContaining('shop."M v"'),
      remedy: expect.stringContaining('"recreateMaterializedViews": true'),
    });
    expect((await bundle.preValidate(request)).refusals).toEqual([]);
    await bundle.sqlAsTool(`
      CREATE MATERIALIZED VIEW shop.nested AS SELECT id FROM shop."M v";
      CREATE FUNCTION shop.f(shop."M v") RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE FUNCTION shop.g() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM shop."M v"; END;
      CREATE TABLE shop.inbox (v shop."M v");
      CREATE POLICY p ON shop.inbox USING (EXISTS (SELECT FROM shop."M v"));
      CREATE RULE r AS ON DELETE TO shop.inbox DO ALSO SELECT * FROM shop."M v"`);
    const { refusals } = await bundle.preValidate(request);
    expect(refusals.map((refusal) => refusal.code)).toEqual(Array.from({ length: 6 }, () => 'MaterializedView'));
    const said = refusals.map((refusal) => refusal.message).join();
    for (const name of ['shop.nested', 'shop.f', 'shop.g', 'shop.inbox.v', 'p on shop.inbox', 'r on shop.inbox']) {
      expect(said.replaceAll('"', '')).toContain(name);
    }
  });

  test('a materialized view of somebody else, and one over which somebody else has a view', async () => {
    bundle = await setup();
    await bundle.sql(`
      GRANT USAGE ON SCHEMA shop TO :other; GRANT SELECT ON shop.orders TO :other;
      CREATE SCHEMA theirs AUTHORIZATION :other;
      SET ROLE :other; CREATE MATERIALIZED VIEW theirs.m AS SELECT id FROM shop.orders; RESET ROLE;
      SET ROLE :tool; CREATE MATERIALIZED VIEW shop.m AS SELECT id FROM shop.orders; GRANT SELECT ON shop.m TO :other; RESET ROLE;
      SET ROLE :other; CREATE VIEW theirs.v AS SELECT id FROM shop.m; RESET ROLE`);
    const { refusals } = await bundle.preValidate({ recreateMaterializedViews: true });
    expect(refusals.map((refusal) => refusal.code)).toEqual(['MayNotMoveDependents', 'MayNotMoveDependents']);
    for (const { remedy } of refusals) await bundle.sql(remedy);
    expect((await bundle.preValidate({ recreateMaterializedViews: true })).refusals).toEqual([]);
  });

  test('a column of alter that a materialized view reads', async () => {
    bundle = await setup();
    await bundle.sqlAsTool('CREATE MATERIALIZED VIEW shop.m AS SELECT id FROM shop.orders');
    const request = { recreateMaterializedViews: true, alter: ['ALTER COLUMN id TYPE bigint'] };
    const { refusals } = await bundle.preValidate(request);
    expect(refusals.map((refusal) => refusal.code)).toEqual(['AlteredColumnInUse']);
    await bundle.sqlAsTool(refusals[0]?.remedy ?? '');
    expect((await bundle.preValidate(request)).refusals).toEqual([]);
  });

  test('a FOR ALL TABLES publication passes by the named override', async () => {
    bundle = await setup();
    await bundle.sql('CREATE PUBLICATION everything FOR ALL TABLES');
    expect((await bundle.preValidate({ allowPublishedForAllTables: true })).refusals).toEqual([]);
  });
});
