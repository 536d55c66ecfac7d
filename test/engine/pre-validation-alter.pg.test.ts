import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, setup } from './pre-validation-setup.ts';

let bundle: Bundle;

beforeAll(async () => {
  bundle = await setup();
});

afterEach(async () => {
  await bundle.sqlAsTool('DROP TABLE IF EXISTS shop.things, shop.parents CASCADE');
});

afterAll(async () => {
  await bundle.finish();
});

interface Case {
  readonly columns: string;
  readonly besides?: string;
  readonly alter: string | readonly string[];
  readonly codes: readonly string[];
  /** The remedy is SQL that mends it. */
  readonly mended?: boolean;
}

const HARMLESS: readonly Case[] = [
  { columns: 'id int PRIMARY KEY', alter: 'ALTER id TYPE bigint', codes: [] },
  { columns: 'id serial PRIMARY KEY', alter: 'ALTER id TYPE bigint', codes: [] },
  { columns: 'id int PRIMARY KEY CHECK (id > 0)', alter: 'ALTER id TYPE bigint', codes: [] },
  { columns: 'id varchar(5) PRIMARY KEY', alter: 'ALTER id TYPE text', codes: [] },
  {
    columns: 'id int PRIMARY KEY, n numeric(5, 2), r real',
    alter: ['ALTER n TYPE numeric(7, 2)', 'ALTER r TYPE float8'],
    codes: [],
  },
  {
    columns: 'id int PRIMARY KEY, a int',
    besides:
      'CREATE INDEX ON shop.things USING brin (a); CREATE INDEX ON shop.things USING hash (a); CREATE INDEX ON shop.things (a) WHERE id > 0',
    alter: 'ALTER a TYPE bigint',
    codes: [],
  },
  {
    columns: 'id int PRIMARY KEY, parent int',
    besides: `CREATE TABLE shop.parents (id int PRIMARY KEY);
      ALTER TABLE shop.things ADD FOREIGN KEY (parent) REFERENCES shop.parents;
      CREATE TABLE shop.children (thing int REFERENCES shop.things); DROP TABLE shop.children`,
    alter: ['ALTER id TYPE bigint', 'ALTER parent TYPE bigint'],
    codes: [],
  },
  {
    columns: 'id int PRIMARY KEY, a int',
    besides: `CREATE OR REPLACE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER touch BEFORE UPDATE OF a ON shop.things FOR EACH ROW EXECUTE FUNCTION shop.touch()`,
    alter: 'ALTER a TYPE bigint',
    codes: [],
  },
];

const REFUSED: readonly Case[] = [
  {
    columns: 'id int PRIMARY KEY',
    alter: ['ADD COLUMN x int', 'DROP COLUMN y'],
    codes: ['AlterNotCarriedOver', 'AlterNotCarriedOver'],
  },
  { columns: 'id int PRIMARY KEY, "Total" int', alter: 'ALTER total TYPE bigint', codes: ['AlterUnknownName'] },
  { columns: 'id int PRIMARY KEY', alter: 'ALTER id TYPE bigit', codes: ['AlterUnknownName'] },
  {
    columns: 'id int PRIMARY KEY',
    alter: ['ALTER id TYPE bigint', 'ALTER id TYPE bigint'],
    codes: ['AlterUnknownName'],
  },
  { columns: 'id bigint PRIMARY KEY', alter: 'ALTER id TYPE int', codes: ['AlterCastNotSafe'] },
  { columns: 'id int PRIMARY KEY, a text', alter: 'ALTER a TYPE jsonb', codes: ['AlterCastNotSafe'] },
  { columns: 'id int PRIMARY KEY, a shop.amount', alter: 'ALTER a TYPE bigint', codes: ['AlterCastNotSafe'] },
  { columns: 'id int PRIMARY KEY, a int[]', alter: 'ALTER a TYPE bigint[]', codes: ['AlterUnknownName'] },
  {
    columns: 'id int PRIMARY KEY, a varchar(5) COLLATE "POSIX"',
    alter: 'ALTER a TYPE text',
    codes: ['AlterCastNotSafe'],
  },
  { columns: 'id int PRIMARY KEY', alter: 'ALTER id TYPE numeric', codes: ['AlterKeyColumn'] },
  {
    columns: 'id int PRIMARY KEY, a bigint CONSTRAINT odd CHECK (a / 2 > 0)',
    alter: 'ALTER a TYPE numeric',
    codes: ['AlteredColumnInUse'],
    mended: true,
  },
  {
    columns: 'id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a + 1) STORED',
    alter: 'ALTER a TYPE bigint',
    codes: ['AlteredColumnInUse'],
    mended: true,
  },
  {
    columns: 'id int PRIMARY KEY, a int, b int',
    besides:
      'CREATE INDEX x ON shop.things ((a + 1)); CREATE INDEX y ON shop.things (b) WHERE a > 0; CREATE INDEX z ON shop.things (a)',
    alter: 'ALTER a TYPE bigint',
    codes: ['AlteredColumnInUse', 'AlteredColumnInUse'],
    mended: true,
  },
  {
    columns: 'id int PRIMARY KEY, a int',
    besides: 'CREATE INDEX x ON shop.things (a) WHERE a > 0; CREATE INDEX y ON shop.things (a) WHERE id > 0',
    alter: 'ALTER a TYPE bigint',
    codes: ['AlteredColumnInUse'],
    mended: true,
  },
  {
    columns: 'id int PRIMARY KEY, a int, r int4range, CONSTRAINT apart EXCLUDE USING gist (r WITH &&) WHERE (a > 0)',
    alter: 'ALTER a TYPE bigint',
    codes: ['AlteredColumnInUse'],
    mended: true,
  },
  {
    columns: 'id int PRIMARY KEY, a cidr, EXCLUDE USING gist (a inet_ops WITH &&)',
    alter: 'ALTER a TYPE inet',
    codes: ['AlteredColumnInUse', 'AlterIndexedColumn'],
  },
  {
    columns: 'id int PRIMARY KEY, a int',
    besides: `CREATE OR REPLACE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER touch BEFORE UPDATE ON shop.things FOR EACH ROW WHEN (NEW.a > 0) EXECUTE FUNCTION shop.touch()`,
    alter: 'ALTER a TYPE bigint',
    codes: ['AlteredColumnInUse'],
    mended: true,
  },
  {
    columns: 'id int PRIMARY KEY, a int, b int',
    besides: `CREATE VIEW shop."V" AS SELECT a FROM shop.things; CREATE VIEW shop.w AS SELECT b FROM shop.things;
      CREATE RULE r AS ON DELETE TO shop.things DO ALSO NOTIFY x; CREATE RULE s AS ON UPDATE TO shop.things WHERE NEW.a < 0 DO INSTEAD NOTHING;
      CREATE POLICY p ON shop.things USING (a > 0); CREATE POLICY q ON shop.things USING (b > 0);
      CREATE FUNCTION shop.f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(a) FROM shop.things; END;
      CREATE PROCEDURE shop.g() LANGUAGE sql BEGIN ATOMIC UPDATE shop.things SET a = 1; END;
      CREATE STATISTICS shop.st ON a, b FROM shop.things`,
    alter: 'ALTER a TYPE bigint',
    codes: Array.from({ length: 5 }, () => 'AlteredColumnInUse'),
    mended: true,
  },
  {
    columns: 'id int PRIMARY KEY, a int',
    besides: 'CREATE INDEX x ON shop.things USING brin (a int4_minmax_multi_ops)',
    alter: 'ALTER a TYPE bigint',
    codes: ['AlterIndexedColumn'],
    mended: true,
  },
  {
    columns: 'id int PRIMARY KEY, parent int',
    besides: `CREATE TABLE shop.parents (id int PRIMARY KEY); ALTER TABLE shop.things ADD FOREIGN KEY (parent) REFERENCES shop.parents`,
    alter: 'ALTER parent TYPE numeric',
    codes: ['AlterForeignKeyColumn'],
    mended: true,
  },
  {
    columns: 'id int PRIMARY KEY, a int UNIQUE',
    besides: 'CREATE TABLE shop.parents (thing int REFERENCES shop.things (a))',
    alter: 'ALTER a TYPE numeric',
    codes: ['AlterForeignKeyColumn'],
    mended: true,
  },
];

async function preValidate(one: Case) {
  await bundle.sqlAsTool(`CREATE TABLE shop.things (${one.columns}); ${one.besides ?? ''}`);
  return bundle.preValidate({ table: 'shop.things', alter: one.alter });
}

describe('alter', () => {
  test.each(HARMLESS.map((one) => [`${one.columns} ${one.besides ?? ''}`, one] as const))(
    'passes: %s',
    async (_name, one) => {
      const { refusals, warnings, plan } = await preValidate(one);
      expect(refusals).toEqual([]);
      expect(warnings.join('\n')).toMatch(/ResultTypeChanges/);
      // PostgreSQL itself makes of the table what the plan says about the copy.
      for (const alter of [one.alter].flat()) {
        expect(plan.stages.flatMap((stage) => stage.sql).join('\n')).toContain(alter);
      }
    },
  );

  test.each(REFUSED.map((one) => [`${one.alter} of ${one.columns}`, one] as const))(
    'refused: %s',
    async (_name, one) => {
      await bundle.sql(
        'DROP DOMAIN IF EXISTS shop.amount CASCADE; CREATE DOMAIN shop.amount AS int; GRANT USAGE ON TYPE shop.amount TO :tool',
      );
      const { refusals } = await preValidate(one);
      expect(refusals.map((refusal) => refusal.code)).toEqual(one.codes);
      if (one.mended) {
        for (const { remedy } of refusals) {
          await bundle.sqlAsTool(remedy);
        }
        expect((await bundle.preValidate({ table: 'shop.things', alter: one.alter })).refusals).toEqual([]);
      }
    },
  );
});
