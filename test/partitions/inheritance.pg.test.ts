import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { once } from '../engine/item-run.ts';
import { drive } from '../lifecycle/drive.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { untilWaitingForLock } from '../support/poll.ts';
import { Random } from '../torture/random.ts';
import { FAMILY } from './family.ts';

const TABLES = ['public.item', 'public.second', 'public.heir', 'public.linked'] as const;

async function setup(table: string) {
  const database = await createDatabase();
  const owner = await database.appClient('owner');
  await owner.query(FAMILY);
  const admin = await database.client();
  return {
    database,
    admin,
    before: await dumpCatalog(admin),
    rows: await rowsOf(database),
    go: (fields: Readonly<Record<string, unknown>> = {}) =>
      drive({ url: database.urlOf('owner'), request: { table, workers: 1, ...fields } }),
  };
}

/** Every row below grand with its table, as text, but those of the writers. */
async function rowsOf(database: TestDatabase, condition = 'id < 1000000'): Promise<unknown[]> {
  return database.query(`
    SELECT * FROM (
      SELECT 'item' AS of, id, i::text AS row FROM ONLY public.item AS i
      UNION ALL SELECT 'heir', id, h::text FROM ONLY public.heir AS h
      UNION ALL SELECT 'late_heir', id, h::text FROM ONLY public.late_heir AS h
      UNION ALL SELECT 'grandchild', id, h::text FROM ONLY public.grandchild AS h
      UNION ALL SELECT 'second', id, h::text FROM ONLY public.second AS h
      UNION ALL SELECT 'linked', id, h::text FROM ONLY public.linked AS h
      UNION ALL SELECT 'through grand ' || tableoid::regclass, NULL, g::text FROM public.grand AS g WHERE note NOT LIKE 'w%'
      UNION ALL SELECT 'through first ' || tableoid::regclass, id, f::text FROM public.first AS f WHERE id < 1000000
      UNION ALL SELECT 'through item ' || tableoid::regclass, id, i::text FROM public.item AS i WHERE id < 1000000
    ) AS every WHERE id IS NULL OR ${condition} ORDER BY 1, 2, 3`);
}

/** While the old table is kept: our triggers on the new one left out. */
async function dumpWithoutOurs(admin: pg.Client): Promise<string> {
  const dump = await dumpCatalog(admin);
  return dump
    .split('\n')
    .filter((line) => !/^trigger \S+ trigger shadowstep_/.test(line))
    .join('\n');
}

async function expectNothingOfOurs(database: TestDatabase): Promise<void> {
  expect(await database.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'shadowstep\\_%'`)).toEqual([]);
}

/** Writes through the parents and the tables themselves; resolves, once stopped, to what must be there by `table:id`. */
async function write(client: pg.Client, number: number, stopped: () => boolean, step: () => void) {
  const random = new Random(`family:${number}`);
  const book = new Map<number, { of: string; note: string }>();
  let next = number * 1_000_000;
  while (!stopped()) {
    const id = book.size === 0 || random.onceIn(4) ? null : random.pick([...book.keys()]);
    const kept = id === null ? undefined : book.get(id);
    const note = `w${random.integer(1_000_000)}`;
    if (id === null || kept === undefined) {
      next += 1;
      const of = random.pick(['item', 'heir', 'linked', 'second']);
      const late = of === 'linked' ? `, 'k'` : '';
      await client.query(
        `INSERT INTO public.${of} (id, note, b${late === '' ? '' : ', late'}) VALUES ($1, $2, 3${late})`,
        [next, note],
      );
      book.set(next, { of, note });
    } else if (random.onceIn(4)) {
      const through = kept.of === 'second' ? 'second' : random.pick(['first', 'second', kept.of]);
      await client.query(`DELETE FROM public.${through} WHERE id = $1`, [id]);
      book.delete(id);
    } else {
      const through = kept.of === 'second' ? 'second' : random.pick(['first', 'second', kept.of]);
      await client.query(`UPDATE public.${through} SET note = $2 WHERE id = $1`, [id, note]);
      book.set(id, { of: kept.of, note });
    }
    step();
  }
  return book;
}

describe.each(TABLES)('%s', (table) => {
  it('is linked to its parents and children as before, after a run and after a revert', async () => {
    const { database, admin, before, rows, go } = await setup(table);
    const oid = () => database.query(`SELECT '${table}'::regclass::oid AS oid`);
    const old = await oid();
    await go({ keepOldTable: true });
    expect(await oid()).not.toEqual(old);
    expect(await rowsOf(database)).toEqual(rows);
    expectSameCatalog(before, await dumpWithoutOurs(admin));
    await go({ action: 'revert' });
    expect(await oid()).toEqual(old);
    expectSameCatalog(before, await dumpCatalog(admin));
    expect(await rowsOf(database)).toEqual(rows);
    await expectNothingOfOurs(database);
  });
});

// One with parents and children, one with children only.
describe.each(['public.item', 'public.second'] as const)('%s', (table) => {
  it('loses nothing of writers that come through its parents, in a reset, a revert and a run', async () => {
    const { database, admin, before, rows, go } = await setup(table);
    const clients = await Promise.all([1, 2, 3].map(() => database.appClient('app')));
    let stopped = false;
    let statements = 0;
    const books = Promise.all(
      clients.map((client, index) =>
        write(
          client,
          index + 1,
          () => stopped,
          () => {
            statements += 1;
          },
        ),
      ),
    );
    await go({ stopAfter: 'POST_SYNC_UPDATE' });
    await go({ action: 'reset' });
    await go({ stopAfter: 'SWAP' });
    await go({ action: 'revert' });
    await go();
    stopped = true;
    const must = (await books).flatMap((book) => [...book].map(([id, { of, note }]) => ({ id: String(id), of, note })));
    expect(statements).toBeGreaterThan(100);
    const found = await database.query<{ id: string; of: string; note: string }>(
      `SELECT id::text, tableoid::regclass::text AS of, note FROM public.second WHERE id >= 1000000
       UNION ALL SELECT id::text, 'linked', note FROM public.linked WHERE id >= 1000000 AND NOT EXISTS (
         SELECT FROM pg_inherits WHERE inhrelid = 'public.linked'::regclass AND inhparent = 'public.item'::regclass)`,
    );
    const byId = (one: { id: string }, other: { id: string }) => Number(one.id) - Number(other.id);
    expect(found.sort(byId)).toEqual(must.sort(byId));
    expect(await rowsOf(database)).toEqual(rows);
    expectSameCatalog(before, await dumpCatalog(admin));
    await expectNothingOfOurs(database);
  });
});

describe('a TRUNCATE of a parent', () => {
  it('empties the copy too, and the old table of a revert', async () => {
    const { database, go } = await setup('public.item');
    const app = await database.appClient('owner');
    await go({ stopAfter: 'BACKFILL' });
    await app.query('TRUNCATE public.first, public.referrer');
    await app.query(`INSERT INTO public.item (id, note, b) VALUES (1, 'new', 2)`);
    await go({ stopAfter: 'SWAP' });
    expect(await database.query('SELECT id::text, note FROM public.first')).toEqual([{ id: '1', note: 'new' }]);
    await app.query('TRUNCATE public.first, public.referrer');
    await go({ action: 'revert' });
    expect(await database.query('SELECT id::text, note FROM public.first')).toEqual([]);
  });
});

describe('a statement that comes through a parent while the tables change places', () => {
  it('waits at the parent, and writes to the new table', async () => {
    const { database, admin, go } = await setup('public.item');
    await database.query(`ALTER DATABASE ${database.name} SET deadlock_timeout = '60s'`);
    await go({ stopAfter: 'POST_SYNC_UPDATE', lockTimeoutMs: 1_000 });
    const holder = await database.appClient('app');
    const writer = await database.appClient('app');
    const swapping = drive({
      url: database.urlOf('owner'),
      request: { table: 'public.item', workers: 1, stopAfter: 'SWAP', lockTimeoutMs: 1_000 },
      // Held is what the exchange locks last, and young enough not to be looked at.
      observer: once('before', /^SET LOCAL statement_timeout[\s\S]*ACCESS EXCLUSIVE MODE/, () =>
        holder.query('BEGIN; SELECT FROM ONLY public.linked'),
      ),
    });
    await untilWaitingForLock(admin, 'shadowstep/');
    await writer.query(`SET application_name = 'late writer'`);
    const writing = writer.query(`UPDATE public.first SET note = 'late' WHERE id = 1`);
    await untilWaitingForLock(admin, 'late writer');
    await holder.query('COMMIT');
    await Promise.all([swapping, writing]);
    expect(await database.query('SELECT note FROM ONLY public.item WHERE id = 1')).toEqual([{ note: 'late' }]);
  });
});
