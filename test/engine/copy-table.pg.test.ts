import type pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { readTableFacts } from '../../lambdas/engine/catalog/read-table-facts.ts';
import { resolveTable } from '../../lambdas/engine/catalog/resolve-table.ts';
import type { TableFacts } from '../../lambdas/engine/catalog/table-facts.ts';
import { createCopyStatements } from '../../lambdas/engine/copy-table/create-copy.ts';
import { finishCopyStatements } from '../../lambdas/engine/copy-table/finish-copy.ts';
import { indexBuildStatements } from '../../lambdas/engine/copy-table/index-builds.ts';
import { adoptSequence, releaseSequence, serials } from '../../lambdas/engine/copy-table/sequences.ts';
import type { SwapSides } from '../../lambdas/engine/copy-table/swap-sides.ts';
import { dressReplacement, moveStatements, undressLive } from '../../lambdas/engine/copy-table/swap-statements.ts';
import { columnList, qualified, quoteIdent, quoteLiteral } from '../../lambdas/engine/postgres/identifier.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase, ROLES, type TestDatabase } from '../support/database.ts';
import { createRichTable, pinned, RICH, RICH_TABLE } from './catalog-fixture.ts';

const RUN = 'shadowstep_1';
const PARK = 'shadowstep_1_old';

async function factsOf(client: pg.ClientBase, schema: string, name: string = RICH_TABLE.name): Promise<TableFacts> {
  const session = await pinned(client);
  const table = await resolveTable(session, { schema, name });
  const facts = table === null ? null : await readTableFacts(session, table.oid);
  if (facts === null) throw new Error(`There is no ${schema}.${name}`);
  return facts;
}

async function inTransaction(client: pg.ClientBase, statements: readonly string[]): Promise<void> {
  await client.query('BEGIN');
  for (const statement of statements) await client.query(statement);
  await client.query('COMMIT');
}

/** As in the product: one block, each statement by EXECUTE. */
async function inOneBlock(client: pg.ClientBase, statements: readonly string[]): Promise<void> {
  const body = `BEGIN ${statements.map((statement) => `EXECUTE ${quoteLiteral(statement)};`).join('\n')} END`;
  await client.query(`DO ${quoteLiteral(body)}`);
}

async function buildCopy(client: pg.ClientBase, facts: TableFacts, alter: readonly string[] = []): Promise<void> {
  await client.query(`CREATE SCHEMA ${RUN}; CREATE SCHEMA ${PARK}`);
  await inTransaction(client, createCopyStatements(facts, { schema: RUN, alter }));
  const columns = columnList(facts.columns.filter((one) => one.generated === null).map((one) => one.name));
  const copy = qualified({ schema: RUN, name: facts.name });
  await client.query(
    `INSERT INTO ${copy} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM ONLY ${qualified(facts)}`,
  );
  for (const index of indexBuildStatements(facts, RUN)) await client.query(index.statement);
  await inTransaction(client, finishCopyStatements(facts, RUN));
}

async function changePlaces(client: pg.ClientBase, sides: SwapSides): Promise<void> {
  const released = serials(sides.live).map((sequence) => ({ sequence, ...releaseSequence(sequence, sides) }));
  await inTransaction(
    client,
    released.map((one) => one.statement),
  );
  const live = await factsOf(client, sides.live.schema, sides.live.name);
  const now = { ...sides, live };
  await inOneBlock(client, [...undressLive(now), ...moveStatements(now), ...dressReplacement(now)]);
  const inPlace = await factsOf(client, sides.live.schema, sides.live.name);
  for (const { sequence, released: given } of released) {
    const { rows } = await client.query<{ typeSql: string }>(
      `SELECT format_type(seqtypid, NULL) AS "typeSql" FROM pg_sequence WHERE seqrelid = $1`,
      [sequence.oid],
    );
    const typeSql = rows[0]?.typeSql ?? sequence.typeSql;
    await inTransaction(client, adoptSequence(given, { ...sequence, typeSql }, inPlace));
  }
  for (const key of [...sides.live.foreignKeysIn, ...sides.live.foreignKeysOut].filter((one) => one.validated)) {
    await client.query(`ALTER TABLE ${qualified(key.table)} VALIDATE CONSTRAINT ${quoteIdent(key.name)}`);
  }
}

async function swap(client: pg.ClientBase, facts: TableFacts): Promise<void> {
  await changePlaces(client, {
    live: facts,
    replacement: await factsOf(client, RUN, facts.name),
    parkSchema: PARK,
  });
}

async function revert(client: pg.ClientBase, facts: TableFacts): Promise<void> {
  await changePlaces(client, {
    live: await factsOf(client, facts.schema, facts.name),
    replacement: await factsOf(client, PARK, facts.name),
    parkSchema: RUN,
  });
}

async function cleanUp(client: pg.ClientBase, facts: TableFacts): Promise<void> {
  await client.query(`DROP TABLE IF EXISTS ${qualified({ schema: PARK, name: facts.name })}`);
  await client.query(`DROP TABLE IF EXISTS ${qualified({ schema: RUN, name: facts.name })}`);
  await client.query(`DROP SCHEMA ${RUN}; DROP SCHEMA ${PARK}`);
}

let template: TestDatabase;

beforeAll(async () => {
  template = await createDatabase();
  await createRichTable(template);
});

/** A database with the rich table, a superuser to dump with, and the owner to work with. */
async function setup() {
  const database = await template.clone();
  const owner = await database.appClient('owner');
  await pinned(owner);
  return { database, owner, superuser: await database.client() };
}

describe('a copy in the place of its source', () => {
  test('equals it in everything the catalog says, identity values included', async () => {
    const { owner, superuser } = await setup();
    const before = await dumpCatalog(superuser, { sequenceValues: true });
    const facts = await factsOf(owner, RICH_TABLE.schema);
    expect(facts.others).toEqual([]);
    await buildCopy(owner, facts);
    expectSameCatalog(before, await dumpCatalog(superuser, { sequenceValues: true }));
    await swap(owner, facts);
    const after = await factsOf(owner, RICH_TABLE.schema);
    await cleanUp(owner, facts);
    expectSameCatalog(before, await dumpCatalog(superuser, { sequenceValues: true }));
    expect(after.oid).not.toBe(facts.oid);
  });

  test('leaves on the old table no foreign key and no enabled trigger', async () => {
    const { owner } = await setup();
    const facts = await factsOf(owner, RICH_TABLE.schema);
    await buildCopy(owner, facts);
    await swap(owner, facts);
    const old = await factsOf(owner, PARK);
    expect([...old.foreignKeysIn, ...old.foreignKeysOut]).toEqual([]);
    expect(new Set(old.triggers.map((trigger) => trigger.enabled))).toEqual(new Set(['D']));
    expect(old.sequences.filter((sequence) => sequence.kind === 'serial')).toEqual([]);
  });

  test('gives way to the old table again, with what was changed on its grants and triggers meanwhile', async () => {
    const { owner, superuser } = await setup();
    const before = await dumpCatalog(superuser);
    const facts = await factsOf(owner, RICH_TABLE.schema);
    await buildCopy(owner, facts);
    await swap(owner, facts);
    await superuser.query(`INSERT INTO ${RICH} ("Code", b, "user", customer_id) VALUES ('after', 1000, 1, 1)`);
    const last = await superuser.query(`SELECT last_value FROM "My Shop"."Order_number_seq"`);
    await owner.query(`DROP TRIGGER checked ON ${RICH}; REVOKE INSERT ON ${RICH} FROM ${ROLES.app}`);
    await revert(owner, facts);
    expect((await factsOf(owner, RICH_TABLE.schema)).oid).toBe(facts.oid);
    expect((await superuser.query(`SELECT last_value FROM "My Shop"."Order_number_seq"`)).rows).toEqual(last.rows);
    expect((await factsOf(owner, RICH_TABLE.schema)).triggers.map((trigger) => trigger.name)).not.toContain('checked');
    await superuser.query(`
      CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON ${RICH} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION elsewhere.touch();
      GRANT INSERT ON ${RICH} TO ${ROLES.app} WITH GRANT OPTION`);
    await cleanUp(owner, facts);
    expectSameCatalog(before, await dumpCatalog(superuser));
  });

  test('belongs to the source’s owner, whoever made it', async () => {
    const { owner, superuser } = await setup();
    await superuser.query(`ALTER TABLE ${RICH} OWNER TO ${ROLES.app}`);
    await superuser.query(`GRANT ALL ON SCHEMA "My Shop" TO ${ROLES.app}`);
    await superuser.query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${ROLES.app} GRANT ALL ON SEQUENCES TO PUBLIC`);
    await owner.end();
    const before = await dumpCatalog(superuser, { sequenceValues: true });
    await pinned(superuser);
    const facts = await factsOf(superuser, RICH_TABLE.schema);
    await buildCopy(superuser, facts);
    await swap(superuser, facts);
    await cleanUp(superuser, facts);
    expectSameCatalog(before, await dumpCatalog(superuser, { sequenceValues: true }));
  });
});

describe('a copy before it takes the place', () => {
  test('has neither index, trigger nor foreign key when made (I-6), and only its owner may read it', async () => {
    const { owner } = await setup();
    await owner.query(`CREATE SCHEMA ${RUN}`);
    await inTransaction(
      owner,
      createCopyStatements(await factsOf(owner, RICH_TABLE.schema), { schema: RUN, alter: [] }),
    );
    const copy = await factsOf(owner, RUN);
    expect([copy.indexes, copy.triggers, copy.foreignKeysIn, copy.foreignKeysOut]).toEqual([[], [], [], []]);
    const grants = [...copy.grants, ...copy.sequences.flatMap((sequence) => sequence.grants)];
    expect(new Set(grants.map((grant) => grant.grantee))).toEqual(new Set([ROLES.owner]));
    expect(copy.options).toContain('autovacuum_enabled=false');
    expect(copy.toastOptions).toContain('vacuum_truncate=false');
  });

  test('has, when finished, no grant that its source has not', async () => {
    const { owner } = await setup();
    const facts = await factsOf(owner, RICH_TABLE.schema);
    await buildCopy(owner, facts);
    const others = (await factsOf(owner, RUN)).grants.filter((grant) => grant.grantee !== ROLES.owner);
    expect(others).toEqual(facts.grants.filter((grant) => grant.grantee !== ROLES.owner));
  });
});

describe('ALTER COLUMN … TYPE bigint on the copy', () => {
  const alter = ['ALTER COLUMN id TYPE bigint', 'ALTER COLUMN number TYPE bigint', 'ALTER COLUMN down TYPE int'];

  test('ends as the same ALTER on the source would, with the serial sequence widened too', async () => {
    const { database, owner, superuser } = await setup();
    const facts = await factsOf(owner, RICH_TABLE.schema);
    await buildCopy(owner, facts, alter);
    await swap(owner, facts);
    await cleanUp(owner, facts);
    const ours = await dumpCatalog(superuser);
    await database.end();
    const other = await setup();
    for (const subcommand of alter) await other.superuser.query(`ALTER TABLE ${RICH} ${subcommand}`);
    await other.owner.query(`ALTER SEQUENCE "My Shop"."Order_id_seq" AS bigint`);
    expectSameCatalog(await dumpCatalog(other.superuser), ours);
  });

  test('accepts an id beyond int at once, and goes back while none has been given', async () => {
    const { owner, superuser } = await setup();
    const before = await dumpCatalog(superuser);
    const facts = await factsOf(owner, RICH_TABLE.schema);
    await buildCopy(owner, facts, alter);
    await swap(owner, facts);
    await superuser.query('BEGIN');
    await superuser.query(`SELECT setval('"My Shop"."Order_id_seq"', 3000000000)`);
    await superuser.query(`INSERT INTO ${RICH} ("Code", b, "user", customer_id) VALUES ('big', 1000, 1, 1)`);
    expect((await superuser.query(`SELECT max(id) FROM ${RICH}`)).rows).toEqual([{ max: '3000000001' }]);
    await superuser.query('ROLLBACK');
    await owner.query(`SELECT setval('"My Shop"."Order_id_seq"', 20)`);
    await revert(owner, facts);
    await cleanUp(owner, facts);
    expectSameCatalog(before, await dumpCatalog(superuser));
  });

  test('keeps a sequence wide in the revert when it has counted beyond int', async () => {
    const { owner } = await setup();
    const facts = await factsOf(owner, RICH_TABLE.schema);
    await buildCopy(owner, facts, alter);
    await swap(owner, facts);
    await owner.query(`SELECT setval('"My Shop"."Order_id_seq"', 3000000000)`);
    await revert(owner, facts);
    const serial = (await factsOf(owner, RICH_TABLE.schema)).sequences.find((one) => one.kind === 'serial');
    expect(serial?.typeSql).toBe('bigint');
  });
});

describe('tablespaces and other storage', () => {
  test('go with the table and each of its indexes', async () => {
    const database = await createDatabase();
    const superuser = await database.client();
    const tablespace = `space ${database.name}`;
    await superuser.query(`SET allow_in_place_tablespaces = on`);
    await superuser.query(`CREATE TABLESPACE ${quoteIdent(tablespace)} LOCATION ''`);
    const where = `TABLESPACE ${quoteIdent(tablespace)}`;
    await superuser.query(`
      CREATE UNLOGGED TABLE public.t (
        id int PRIMARY KEY USING INDEX ${where}, p point,
        CONSTRAINT one EXCLUDE USING gist (p WITH ~=) USING INDEX ${where}
      ) ${where};
      CREATE INDEX partial ON public.t (id) WITH (fillfactor = 50) ${where} WHERE id > 5 AND p IS NOT NULL;
      CREATE INDEX plain ON public.t (id) ${where};
      CREATE INDEX elsewhere ON public.t (id)`);
    const before = await dumpCatalog(superuser);
    await pinned(superuser);
    const facts = await factsOf(superuser, 'public', 't');
    expect(facts.indexes.map((index) => index.tablespace)).toEqual([
      null,
      tablespace,
      tablespace,
      tablespace,
      tablespace,
    ]);
    await buildCopy(superuser, facts);
    await swap(superuser, facts);
    await cleanUp(superuser, facts);
    expectSameCatalog(before, await dumpCatalog(superuser));
    await superuser.query('DROP TABLE public.t');
    await superuser.query(`DROP TABLESPACE ${quoteIdent(tablespace)}`);
  });
});

describe('indexBuildStatements', () => {
  test('refuses a definition whose beginning is not the known one (I-7)', async () => {
    const { owner } = await setup();
    const facts = await factsOf(owner, RICH_TABLE.schema);
    const [index] = facts.indexes;
    const strange = { ...facts, indexes: [{ ...index, definition: `CREATE INDEX x ON other.t USING btree (a)` }] };
    expect(() => indexBuildStatements(strange as TableFacts, RUN)).toThrow(/does not begin as expected/);
  });

  test('builds unique keys as plain unique indexes, and only exclusion constraints as constraints', async () => {
    const { owner } = await setup();
    const facts = await factsOf(owner, RICH_TABLE.schema);
    const builds = indexBuildStatements(facts, RUN);
    expect(builds.filter((build) => build.kind === 'constraint').map((build) => build.name)).toEqual(
      facts.indexes.filter((index) => index.accessMethod === 'gist').map((index) => index.name),
    );
    expect(builds.find((build) => build.name === 'select')?.statement).toBe(
      `CREATE UNIQUE INDEX "select" ON "shadowstep_1"."Order" USING btree ("Code") WITH (fillfactor='80')`,
    );
  });
});
