import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Bundle, setup } from '../engine/pre-validation-setup.ts';

interface Case {
  readonly what: string;
  readonly given: string;
  readonly table: string;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly codes: readonly string[];
  readonly says: RegExp;
  /** Only up to this major. */
  readonly until?: number;
}

const ROOT = /* sql */ `
  CREATE TABLE shop.root (id int NOT NULL, at date NOT NULL, note text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  CREATE TABLE shop.leaf PARTITION OF shop.root FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  INSERT INTO shop.root VALUES (1, '2025-05-05', 'a');`;

const CASES: readonly Case[] = [
  { what: 'nothing where all is well', given: ROOT, table: 'shop.leaf', codes: [], says: /^$/ },
  { what: 'nothing of the partitioned table', given: ROOT, table: 'shop.root', codes: [], says: /^$/ },
  {
    what: 'a partitioned table without partitions',
    given: `CREATE TABLE shop.root (id int PRIMARY KEY) PARTITION BY RANGE (id);
      CREATE TABLE shop.leaf PARTITION OF shop.root FOR VALUES FROM (1) TO (2) PARTITION BY RANGE (id);`,
    table: 'shop.root',
    codes: ['NoPartitions'],
    says: /shop\.root has no partition/,
  },
  {
    what: 'a partitioned table whose old tables are to be kept, and its columns to be changed',
    given: ROOT,
    table: 'shop.root',
    request: { keepOldTable: true, alter: ['ALTER COLUMN note TYPE varchar'] },
    codes: ['KeepOldTableOfWhole', 'AlterOfWhole'],
    says: /keepOldTable cannot be asked for shop\.root as a whole\.\nalter cannot change a column of shop\.root,/,
  },
  {
    what: 'each partition of a partitioned table, one remedy once',
    given: `CREATE TABLE shop.root (id int) PARTITION BY RANGE (id);
      CREATE TABLE shop.two PARTITION OF shop.root FOR VALUES FROM (2) TO (3);
      CREATE TABLE shop.rest PARTITION OF shop.root DEFAULT;
      CREATE TABLE shop.leaf PARTITION OF shop.root (PRIMARY KEY (id)) FOR VALUES FROM (1) TO (2);
      ALTER TABLE shop.root ADD CONSTRAINT out FOREIGN KEY (id) REFERENCES shop.orders;`,
    table: 'shop.root',
    codes: ['PartitionForeignKey', 'NoUsableKey', 'NoUsableKey'],
    says: /^shop\.leaf: Foreign key out .* The same of 2 more partitions\.\nshop\.two: .*\nshop\.rest: /,
  },
  {
    what: 'a trigger of the partitioned table whose function the role may not execute',
    given: `${ROOT}
      CREATE FUNCTION shop.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER noted AFTER INSERT ON shop.root FOR EACH ROW EXECUTE FUNCTION shop.noted();
      REVOKE EXECUTE ON FUNCTION shop.noted() FROM PUBLIC, :tool;`,
    table: 'shop.leaf',
    codes: ['MayNotExecuteTriggerFunction'],
    says: /may not execute the trigger function shop\.noted\(\)/,
  },
  {
    what: 'a foreign table among the partitions',
    given: `CREATE TABLE shop.root (id int) PARTITION BY RANGE (id);
      CREATE TABLE shop.leaf PARTITION OF shop.root (PRIMARY KEY (id)) FOR VALUES FROM (1) TO (2);
      RESET SESSION AUTHORIZATION; CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
      GRANT USAGE ON FOREIGN SERVER nowhere TO :tool; SET SESSION AUTHORIZATION :tool;
      CREATE FOREIGN TABLE shop.rest PARTITION OF shop.root DEFAULT SERVER nowhere;`,
    table: 'shop.root',
    codes: ['PartitionBoundNotProvable', 'NotAnOrdinaryTable'],
    says: /shop\.rest: shop\.rest is a foreign table of shop\.root, not an ordinary table/,
  },
  {
    what: 'a parent and a default partition of somebody else',
    given: `${ROOT} CREATE TABLE shop.rest PARTITION OF shop.root DEFAULT;
      GRANT USAGE, CREATE ON SCHEMA shop TO :other;
      RESET ROLE;`,
    table: 'shop.leaf',
    codes: ['MayNotLinkTables', 'MayNotLinkTables'],
    says: /shop\.root, a parent of shop\.leaf, belongs to .*\n.*shop\.rest, the default partition beside shop\.leaf/s,
  },
  {
    what: 'a foreign key of the parent',
    given: `${ROOT} ALTER TABLE shop.root ADD CONSTRAINT out FOREIGN KEY (id) REFERENCES shop.orders;`,
    table: 'shop.leaf',
    codes: ['PartitionForeignKey'],
    says: /Foreign key out of shop\.root would be checked/,
  },
  {
    what: 'a foreign key to the parent',
    given: `${ROOT} CREATE TABLE shop.child (id int, at date, CONSTRAINT into_root FOREIGN KEY (id, at) REFERENCES shop.root);`,
    table: 'shop.leaf',
    codes: ['PartitionForeignKey'],
    says: /Foreign key into_root of shop\.child references the partitioned table/,
  },
  {
    what: 'a hash partition by a text',
    given: `CREATE TABLE shop.root (id int NOT NULL, k text, PRIMARY KEY (k)) PARTITION BY HASH (k);
      CREATE TABLE shop.leaf PARTITION OF shop.root FOR VALUES WITH (MODULUS 2, REMAINDER 0);`,
    table: 'shop.leaf',
    codes: ['PartitionBoundNotProvable'],
    says: /hash partition by a column of a text type/,
  },
  {
    what: 'a list of 101 values',
    given: `CREATE TABLE shop.root (id int PRIMARY KEY) PARTITION BY LIST (id);
      CREATE TABLE shop.leaf PARTITION OF shop.root FOR VALUES IN (${Array.from({ length: 101 }, (_, i) => i).join(', ')});`,
    table: 'shop.leaf',
    codes: ['PartitionBoundNotProvable'],
    says: /lists more than 100 values/,
  },
  {
    what: 'a default partition beside siblings that list 101 values',
    given: `CREATE TABLE shop.root (id int PRIMARY KEY) PARTITION BY LIST (id);
      CREATE TABLE shop.one PARTITION OF shop.root FOR VALUES IN (${Array.from({ length: 60 }, (_, i) => i).join(', ')});
      CREATE TABLE shop.two PARTITION OF shop.root FOR VALUES IN (${Array.from({ length: 41 }, (_, i) => 100 + i).join(', ')});
      CREATE TABLE shop.leaf PARTITION OF shop.root DEFAULT;`,
    table: 'shop.leaf',
    codes: ['PartitionBoundNotProvable'],
    says: /lists more than 100 values/,
  },
  {
    what: 'a partitioned default partition beside it',
    given: `${ROOT} CREATE TABLE shop.rest PARTITION OF shop.root DEFAULT PARTITION BY RANGE (at);`,
    table: 'shop.leaf',
    codes: ['PartitionBoundNotProvable'],
    says: /shop\.rest, is partitioned itself/,
  },
  {
    what: 'a partition key by a function that follows the search_path',
    given: `CREATE TABLE shop.offset_of (n int); INSERT INTO shop.offset_of VALUES (1);
      CREATE FUNCTION shop.shifted(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN i + (SELECT n FROM offset_of); END';
      SET search_path = shop;
      CREATE TABLE shop.root (id int NOT NULL) PARTITION BY RANGE (shop.shifted(id));
      CREATE TABLE shop.leaf PARTITION OF shop.root (PRIMARY KEY (id)) FOR VALUES FROM (0) TO (100);
      INSERT INTO shop.root VALUES (5); RESET search_path;`,
    table: 'shop.leaf',
    codes: ['PartitionBoundNotProvable'],
    says: /cannot be evaluated with search_path/,
  },
  {
    what: 'an index of the parent without one on the partition',
    given: `${ROOT} CREATE INDEX on_note ON ONLY shop.root (note);`,
    table: 'shop.leaf',
    codes: ['PartitionIndexes'],
    says: /Index shop\.on_note has none attached/,
  },
  {
    what: 'two indexes alike',
    given: `${ROOT} CREATE INDEX on_note ON shop.root (note); CREATE INDEX another ON shop.leaf (note DESC);`,
    table: 'shop.leaf',
    codes: ['PartitionIndexes'],
    says: /Index shop\.another is like shop\.leaf_note_idx/,
  },
  {
    what: 'an inherited CHECK that is not valid',
    given: `${ROOT} ALTER TABLE shop.root ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;`,
    table: 'shop.leaf',
    codes: ['InheritedNotValid'],
    says: /Constraint positive of shop\.leaf is inherited and NOT VALID/,
  },
  {
    what: 'another type of a column',
    given: ROOT,
    table: 'shop.leaf',
    request: { alter: ['ALTER COLUMN note TYPE varchar'] },
    codes: ['AlterInherited'],
    says: /shop\.leaf alone, which has parents or children/,
  },
  {
    what: 'a type in a family',
    given: `CREATE TABLE shop.root (id int PRIMARY KEY, note text); CREATE TABLE shop.leaf () INHERITS (shop.root);`,
    table: 'shop.root',
    request: { alter: ['ALTER COLUMN note TYPE varchar'] },
    codes: ['AlterInherited'],
    says: /shop\.root alone, which has parents or children/,
  },
  {
    what: 'a CHECK that is not valid, with a child',
    given: `CREATE TABLE shop.root (id int PRIMARY KEY); CREATE TABLE shop.leaf () INHERITS (shop.root);
      ALTER TABLE shop.root ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;`,
    table: 'shop.root',
    codes: ['InheritedNotValid'],
    says: /Constraint positive of shop\.root is inherited by its children and NOT VALID/,
  },
  {
    what: 'a parent and a child of somebody else',
    given: `CREATE TABLE shop.root (note text); CREATE TABLE shop.leaf (id int PRIMARY KEY) INHERITS (shop.root);
      CREATE TABLE shop.rest () INHERITS (shop.leaf); GRANT USAGE, CREATE ON SCHEMA shop TO :other;`,
    table: 'shop.leaf',
    codes: ['MayNotLinkTables', 'MayNotLinkTables'],
    says: /shop\.root, a parent of shop\.leaf, belongs to .*\n.*shop\.rest, a child of shop\.leaf/s,
  },
  {
    what: 'a CHECK that PostgreSQL up to 17 cannot take apart',
    given: `CREATE TABLE shop.root (id int, CONSTRAINT small CHECK (id < 9) NO INHERIT);
      CREATE TABLE shop.leaf (PRIMARY KEY (id), CONSTRAINT small CHECK (id < 5)) INHERITS (shop.root);`,
    table: 'shop.leaf',
    codes: ['UnlinkableCheck'],
    says: /CHECK small of shop\.root is NO INHERIT/,
    until: 17,
  },
];

describe('a table with parents or children', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await setup();
  });
  afterAll(() => bundle.finish());

  it.each(CASES.filter(({ until = 99 }) => inject('postgres').majorVersion <= until))(
    'is refused for $what',
    async ({ given, table, request, codes, says }) => {
      await bundle.sqlAsTool(given);
      try {
        if (codes.includes('MayNotLinkTables')) {
          await bundle.sql(`ALTER TABLE shop.root OWNER TO :other; ALTER TABLE shop.rest OWNER TO :other`);
        }
        const { refusals } = await bundle.preValidate({ table, ...request });
        expect(refusals.map((refusal) => refusal.code)).toEqual(codes);
        expect(refusals.map((refusal) => refusal.message).join('\n')).toMatch(says);
        expect(refusals.every((refusal) => refusal.remedy.length > 10)).toBe(true);
      } finally {
        await bundle.sql(`
        DROP FOREIGN DATA WRAPPER IF EXISTS nothing CASCADE;
        DROP TABLE IF EXISTS shop.child, shop.root, shop.rest, shop.leaf, shop.two, shop.offset_of; DROP FUNCTION IF EXISTS shop.shifted`);
      }
    },
  );
});
