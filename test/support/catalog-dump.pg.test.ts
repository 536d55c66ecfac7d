import { beforeAll, describe, expect, inject, test } from 'vitest';
import { catalogDifference, dumpCatalog, expectSameCatalog } from './catalog-dump.ts';
import { type CatalogChange, CHANGE_GROUND, CHANGES, NO_CHANGES } from './catalog-dump-changes.ts';
import { createDatabase, ROLES, type TestDatabase } from './database.ts';
import { createOrdersFixture } from './fixtures.ts';
import { findPgDump, pgDumpSchema } from './pg-dump.ts';

const { majorVersion } = inject('postgres');
const pgDump = findPgDump(majorVersion);
const changes = CHANGES.filter((change) => (change.since ?? 0) <= majorVersion);

let ground: TestDatabase;
let before: string;
let pgDumpBefore: string;

beforeAll(async () => {
  ground = await createDatabase();
  const owner = await ground.appClient('owner');
  await createOrdersFixture(owner, { rows: 50, roles: ROLES });
  await owner.query(CHANGE_GROUND);
  await ground.query('CREATE FUNCTION public.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN END$$');
  before = await dumpOf(ground);
  if (pgDump !== null) pgDumpBefore = await pgDumpSchema(pgDump, ground.url);
});

async function dumpOf(database: TestDatabase): Promise<string> {
  return dumpCatalog(await database.client());
}

async function afterChange(change: CatalogChange): Promise<TestDatabase> {
  const database = await ground.clone();
  // One by one: VACUUM takes no company.
  for (const statement of change.sql.split(/;\s+/)) await database.query(statement);
  return database;
}

describe('catalog dump', () => {
  test.each(changes.map((change) => [change.what, change] as const))('shows %s', async (_, change) => {
    const database = await afterChange(change);
    const after = await dumpOf(database);
    expect(() => expectSameCatalog(before, after)).toThrow('The catalog differs');
    expect(catalogDifference(before, after)).toMatch(/^[-+] /);
    if (pgDump !== null) {
      const same = (await pgDumpSchema(pgDump, database.url)) === pgDumpBefore;
      expect({ pgDumpShows: !same }).toEqual({ pgDumpShows: change.pgDumpShows ?? true });
    }
    await database.drop();
  });

  test.each(NO_CHANGES.map((change) => [change.what, change] as const))('does not show %s', async (_, change) => {
    const database = await afterChange(change);
    expectSameCatalog(before, await dumpOf(database));
    if (pgDump !== null) expect(await pgDumpSchema(pgDump, database.url)).toBe(pgDumpBefore);
    await database.drop();
  });

  test('shows where sequences are when asked to, and only then', async () => {
    const database = await ground.clone();
    const client = await database.client();
    const earlier = await dumpCatalog(client, { sequenceValues: true });
    await database.query(`SELECT nextval('public.orders_order_id_seq')`);
    const later = await dumpCatalog(client, { sequenceValues: true });
    expect(catalogDifference(earlier, later)).toBe(
      '- sequence public.orders_order_id_seq | last value 50, called true\n' +
        '+ sequence public.orders_order_id_seq | last value 51, called true',
    );
    expectSameCatalog(before, await dumpCatalog(client));
    await database.drop();
  });

  test('names nothing by an OID', () => {
    expect(before).not.toMatch(/\b(1[6-9]|[2-9]\d)\d{3}\b/);
  });

  test('the comparison throws on an empty dump, on a difference and on another order, and on nothing else', () => {
    expect(() => expectSameCatalog('', '')).toThrow('empty');
    expect(() => expectSameCatalog('a\nb', 'a\nc')).toThrow('- b\n+ c');
    expect(() => expectSameCatalog('a\nb', 'b\na')).toThrow('another order');
    expect(() => expectSameCatalog('a', 'a\na')).toThrow('+ a');
    expectSameCatalog('a\nb', 'a\nb');
  });
});
