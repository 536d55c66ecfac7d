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
    what: 'a view and a view of it',
    codes: ['View'],
    given: asTool('CREATE VIEW shop.v AS SELECT id FROM shop.orders'),
    mendedBy: 'tool',
  },
  {
    what: 'a materialized view',
    codes: ['MaterializedView'],
    given: asTool('CREATE MATERIALIZED VIEW shop."M v" AS SELECT id FROM shop.orders'),
    mendedBy: 'tool',
  },
  {
    what: 'functions of the row type and with an SQL-standard body',
    codes: ['Function', 'Function', 'Function'],
    given: asTool(`CREATE FUNCTION shop.f(shop.orders) RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE FUNCTION shop.g() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM shop.orders; END;
      CREATE PROCEDURE shop.h() LANGUAGE sql BEGIN ATOMIC DELETE FROM shop.orders WHERE id < 0; END`),
    mendedBy: 'tool',
  },
  {
    what: 'row security and a policy, and a policy elsewhere that reads the table',
    codes: ['RowSecurity', 'Policy', 'Policy'],
    given: asTool(`ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY p ON shop.orders USING (id > 0);
      CREATE TABLE shop.items (id int);
      CREATE POLICY q ON shop.items USING (EXISTS (SELECT FROM shop.orders AS o WHERE o.id = items.id))`),
    mendedBy: 'tool',
  },
  {
    what: 'forced row security alone',
    codes: ['RowSecurity'],
    given: asTool('ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY'),
    mendedBy: 'tool',
  },
  {
    what: 'a rule on the table and one elsewhere',
    codes: ['Rule', 'Rule'],
    given: asTool(`CREATE RULE r AS ON DELETE TO shop.orders WHERE OLD.id < 0 DO INSTEAD NOTHING;
      CREATE TABLE shop.items (id int);
      CREATE RULE s AS ON DELETE TO shop.items DO ALSO DELETE FROM shop.orders WHERE id = OLD.id`),
    mendedBy: 'tool',
  },
  {
    what: 'extended statistics',
    codes: ['ExtendedStatistics'],
    given: asTool('CREATE STATISTICS shop.st ON id, total FROM shop.orders'),
    mendedBy: 'tool',
  },
  {
    what: 'inheritance up and down',
    codes: ['Inheritance', 'Inheritance'],
    given: asTool(`CREATE TABLE shop.parent (note varchar(20));
      ALTER TABLE shop.orders INHERIT shop.parent;
      CREATE TABLE shop.child () INHERITS (shop.orders)`),
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
    what: 'a publication of the table',
    codes: ['Published'],
    given: 'CREATE PUBLICATION "Some" FOR TABLE shop.orders',
    mendedBy: 'superuser',
  },
  {
    what: 'a publication of the schema',
    codes: ['PublishedWithSchema'],
    from: 150_000,
    given: 'CREATE PUBLICATION whole FOR TABLES IN SCHEMA shop',
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

  test('a FOR ALL TABLES publication passes by the named override', async () => {
    bundle = await setup();
    await bundle.sql('CREATE PUBLICATION everything FOR ALL TABLES');
    expect((await bundle.preValidate({ allowPublishedForAllTables: true })).refusals).toEqual([]);
  });
});
