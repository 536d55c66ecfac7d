import { afterEach, describe, expect, test } from 'vitest';
import { preValidate } from '../../lambdas/engine/pre-validation/pre-validate.ts';
import { parseRequest } from '../../lambdas/engine/request.ts';
import { type Bundle, catalogDigest, setup } from './pre-validation-setup.ts';

let bundle: Bundle | undefined;

afterEach(async () => {
  await bundle?.finish();
  bundle = undefined;
});

/** Bodies that name shop.helper as the application's search_path lets them, and one that names it in full. */
const FUNCTIONS = /* sql */ `
  SET search_path = shop, public;
  CREATE FUNCTION shop.helper(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.lower(t)';
  CREATE FUNCTION shop.norm(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN helper(t); END';
  CREATE FUNCTION shop.norm_sql(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT helper(t)';
  CREATE FUNCTION shop.norm_in_full(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN shop.helper(t); END';
  CREATE FUNCTION shop.same(a text, b text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
    AS 'BEGIN RETURN helper(a) = helper(b); END';
  CREATE OPERATOR shop.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = shop.same);`;

/** On the empty table: from PG 17 on CREATE INDEX pins the path itself, and would fail on rows. */
const EXPRESSIONS = /* sql */ `
  TRUNCATE shop.orders;
  ALTER TABLE shop.orders
    ADD CONSTRAINT a_check CHECK (shop.norm(note) <> 'x'),
    ADD CONSTRAINT an_operator CHECK (note::text OPERATOR(shop.===) 'note'),
    ADD CONSTRAINT not_valid CHECK (shop.norm(note) <> 'x') NOT VALID,
    ADD CONSTRAINT strict_sql CHECK (shop.norm_sql(note) <> 'x'),
    ADD COLUMN normed text GENERATED ALWAYS AS (shop.norm(note)) STORED,
    ADD CONSTRAINT apart EXCLUDE USING btree (shop.norm(note) WITH =);
  CREATE INDEX orders_norm ON shop.orders (id, shop.norm(note), upper(note));
  CREATE INDEX orders_part ON shop.orders (id) WHERE shop.norm(note) <> 'x'`;

describe('an expression whose function follows the search_path', () => {
  test('is refused, whatever it belongs to, with the ALTER FUNCTION that mends it', async () => {
    bundle = await setup();
    await bundle.sqlAsTool(`${FUNCTIONS} ${EXPRESSIONS}`);
    const before = await catalogDigest(bundle.database);

    const { refusals } = await bundle.preValidate();

    expect(await catalogDigest(bundle.database)).toBe(before);
    expect(refusals.map(({ code, message }) => [code, / (\S+) of shop\.orders/.exec(message)?.[1]])).toEqual(
      [
        'a_check',
        'an_operator',
        'not_valid',
        'strict_sql',
        'normed',
        'shop.apart',
        'shop.orders_norm',
        'shop.orders_part',
      ].map((name) => ['ExpressionFails', name]),
    );
    for (const { message, remedy } of refusals) {
      expect(message).toContain('SQLSTATE 42883, undefined_function: function helper(text) does not exist');
      expect(remedy).toMatch(/^ALTER FUNCTION shop\.\w+\([\w, ]+\) SET search_path = shop, pg_temp;/);
      await bundle.sqlAsTool(remedy);
    }
    expect((await bundle.preValidate()).refusals).toEqual([]);
  });

  test('is refused by one of the table’s own rows too, without a word of it (I-13)', async () => {
    bundle = await setup();
    await bundle.sqlAsTool(`${FUNCTIONS}
      CREATE FUNCTION shop.rare(t text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
        AS 'BEGIN IF t = ''planted'' THEN RETURN helper(t) = t; END IF; RETURN true; END';
      UPDATE shop.orders SET note = 'planted';
      ALTER TABLE shop.orders ADD CONSTRAINT rarely CHECK (shop.rare(note))`);
    const { refusals } = await bundle.preValidate();
    expect(refusals.map((refusal) => refusal.code)).toEqual(['ExpressionFails']);
    expect(refusals[0]?.message).toMatch(/CHECK constraint rarely .*\(SQLSTATE 42883, undefined_function\)/);
    expect(JSON.stringify(refusals)).not.toContain('planted');
  });

  test('is refused with a GRANT where the role may not execute it', async () => {
    bundle = await setup();
    await bundle.sqlAsTool(
      `${FUNCTIONS} ALTER TABLE shop.orders ADD CONSTRAINT known CHECK (shop.norm_in_full(note) <> 'x')`,
    );
    await bundle.sql(`ALTER FUNCTION shop.norm_in_full(text) OWNER TO :other;
      REVOKE EXECUTE ON FUNCTION shop.norm_in_full(text) FROM PUBLIC; GRANT USAGE ON SCHEMA shop TO :other`);
    const { refusals } = await bundle.preValidate();
    expect(refusals.map((refusal) => [refusal.code, refusal.remedy])).toEqual([
      ['ExpressionFails', `GRANT EXECUTE ON FUNCTION shop.norm_in_full(text) TO ${bundle.tool};`],
    ]);
    await bundle.sql(refusals[0]?.remedy ?? '');
    expect((await bundle.preValidate()).refusals).toEqual([]);
  });
});

describe('an expression that works anywhere', () => {
  test('passes: names in full, a path of its own, whole rows, tableoid, failing conversions, a domain', async () => {
    bundle = await setup();
    await bundle.sqlAsTool(`${FUNCTIONS}
      CREATE FUNCTION shop.norm_by_path(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = shop
        AS 'BEGIN RETURN helper(t); END';
      CREATE FUNCTION shop.is_table(t text) RETURNS boolean LANGUAGE sql IMMUTABLE
        AS 'SELECT t::pg_catalog.regclass::pg_catalog.int8 > 0';
      CREATE DOMAIN shop.kind AS text CHECK (shop.norm(VALUE) <> 'x');
      UPDATE shop.orders SET note = 'pg_class';
      ALTER TABLE shop.orders
        ADD CONSTRAINT in_full CHECK (shop.norm_in_full(note) <> 'x' AND tableoid > 0::oid),
        ADD CONSTRAINT by_path CHECK (shop.norm_by_path(note) <> 'x'),
        ADD CONSTRAINT never_null CHECK (shop.norm_in_full(orders.*::text) IS NOT NULL),
        ADD CONSTRAINT positive CHECK (100 / id > -1),
        ADD CONSTRAINT tables CHECK (shop.is_table(note)),
        ADD COLUMN kind shop.kind DEFAULT 'a',
        ADD COLUMN upper_note text GENERATED ALWAYS AS (upper(note)) STORED`);
    const before = await catalogDigest(bundle.database);
    expect((await bundle.preValidate()).refusals).toEqual([]);
    expect(await catalogDigest(bundle.database)).toBe(before);
  });

  test('is evaluated read-only, and the session is as before', async () => {
    bundle = await setup();
    await bundle.sqlAsTool(`CREATE SEQUENCE shop.calls;
      CREATE FUNCTION shop.counted(t text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE
        AS 'BEGIN PERFORM pg_catalog.nextval(''shop.calls''); RETURN true; END';
      ALTER TABLE shop.orders ADD CONSTRAINT counted CHECK (shop.counted(note))`);
    const calls = () => bundle?.database.query('SELECT last_value, is_called FROM shop.calls');
    const before = await calls();
    const session = await bundle.session();
    await session.transaction({}, async (tx) => {
      await tx.query('CREATE TABLE shop.ours (n int)');
      const request = await parseRequest({ table: 'shop.orders' });
      expect((await preValidate(session, request)).refusals).toEqual([]);
      await tx.execute('INSERT INTO shop.ours VALUES (1)');
    });
    expect(await session.query('SELECT n FROM shop.ours')).toEqual([{ n: 1 }]);
    expect(await calls()).toEqual(before);
  });
});
