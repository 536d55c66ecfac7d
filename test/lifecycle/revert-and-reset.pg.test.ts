import { describe, expect, it } from 'vitest';
import { STAGES } from '../../lambdas/engine/stages.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase, ROLES } from '../support/database.ts';
import { createOrdersFixture } from '../support/fixtures.ts';
import { startWriters } from '../support/writers.ts';
import { drive, errorNameOf } from './drive.ts';

const table = 'public.orders';

async function fixture(rows = 2_000) {
  const database = await createDatabase();
  const owner = await database.appClient('owner');
  const orders = await createOrdersFixture(owner, { rows, bloat: 0.2, keyShape: 'int', roles: ROLES });
  const admin = await database.client();
  return { database, owner, orders, admin, before: await dumpCatalog(admin), url: database.urlOf('owner') };
}

describe('reset', () => {
  it.each(STAGES.slice(0, STAGES.indexOf('SWAP')))(
    'after %s leaves the catalog as it was, under writers',
    async (stage) => {
      const { database, owner, orders, admin, before, url } = await fixture();
      const writers = await startWriters(database, orders, { writers: 3, seed: 11, perSecond: 150 });
      await drive({ url, request: { table, stopAfter: stage } });
      await writers.progressed(50);
      await drive({ url, request: { table, action: 'reset' } });
      const report = await writers.stop();
      expect(report.unexpected).toEqual([]);
      await report.expectRows(owner);
      expectSameCatalog(before, await dumpCatalog(admin));
      await expectNothingOfOurs(database);
    },
  );

  it('is refused after the swap, and names what to do', async () => {
    const { url } = await fixture(200);
    await drive({ url, request: { table, stopAfter: 'SWAP' } });
    expect(await errorNameOf(drive({ url, request: { table, action: 'reset' } }))).toBe('WrongStageError');
  });
});

describe('revert', () => {
  it('puts the old table back with every row written since, under writers', async () => {
    const { database, owner, orders, admin, before, url } = await fixture();
    const oldOid = await oidOf(database);
    const writers = await startWriters(database, orders, { writers: 3, seed: 12, perSecond: 150 });
    await drive({ url, request: { table, stopAfter: 'SWAP' } });
    expect(await oidOf(database)).not.toBe(oldOid);
    await writers.progressed(150);
    await drive({ url, request: { table, action: 'revert' } });
    expect(await oidOf(database)).toBe(oldOid);
    await writers.progressed(50);
    const report = await writers.stop();
    expect(report.unexpected).toEqual([]);
    await report.expectRows(owner);
    expectSameCatalog(before, await dumpCatalog(admin));
    await expectNothingOfOurs(database);
  });

  it('right after the exchange, foreign keys not validated yet, ends with them valid as before', async () => {
    const { database, admin, before, url } = await fixture(500);
    const stopped = new Error('stopped between the exchange and the validation');
    const swapping = drive({
      url,
      request: { table },
      onUnit(task, result) {
        if (task === 'SWAP' && result.message.startsWith('changed places')) {
          throw stopped;
        }
      },
    });
    await expect(swapping).rejects.toBe(stopped);
    await database.query(`UPDATE shadowstep.run SET driver_expires_at = now() - interval '1 second'`);
    await drive({ url, request: { table, action: 'revert' } });
    expectSameCatalog(before, await dumpCatalog(admin));
  });

  it('is refused before the swap', async () => {
    const { url } = await fixture(200);
    await drive({ url, request: { table, stopAfter: 'BACKFILL' } });
    expect(await errorNameOf(drive({ url, request: { table, action: 'revert' } }))).toBe('WrongStageError');
  });

  it('after int to bigint goes back while all ids fit, its sequence an int again', async () => {
    const { database, admin, before, url } = await fixture(500);
    const request = { table, alter: ['ALTER COLUMN order_id TYPE bigint'], stopAfter: 'SWAP' };
    await drive({ url, request });
    await database.query(`UPDATE public.orders SET note = 'written after the swap' WHERE order_id = 7`);
    await drive({ url, request: { table, action: 'revert' } });
    expect(await database.query(`SELECT note FROM public.orders WHERE order_id = 7`)).toEqual([
      { note: 'written after the swap' },
    ]);
    expectSameCatalog(before, await dumpCatalog(admin));
  });

  it('after int to bigint with an id beyond int says that it cannot, and leaves the new table in service', async () => {
    const { database, url } = await fixture(500);
    await drive({ url, request: { table, alter: ['ALTER COLUMN order_id TYPE bigint'], stopAfter: 'SWAP' } });
    await database.query(`
      INSERT INTO public.orders (order_id, code, customer_id)
      SELECT 3000000000, 'beyond int', customer_id FROM public.customers LIMIT 1`);
    expect(await errorNameOf(drive({ url, request: { table, action: 'revert' } }))).toBe('RevertImpossibleError');
    await database.query(`UPDATE public.orders SET note = 'still served' WHERE order_id = 3000000000`);
    await database.query(`DELETE FROM public.orders WHERE order_id = 3000000000`);
    await drive({ url, request: { table, action: 'revert' } });
    await expectNothingOfOurs(database);
  });
});

describe('int to bigint', () => {
  it('accepts a new id beyond int right after the swap, by the sequence too', async () => {
    const { database, url } = await fixture(500);
    await drive({ url, request: { table, alter: ['ALTER COLUMN order_id TYPE bigint'] } });
    await database.query(`SELECT setval('public.orders_order_id_seq', 5000000000)`);
    const inserted = await database.query(`
      INSERT INTO public.orders (code, customer_id) SELECT 'new', customer_id FROM public.customers LIMIT 1
      RETURNING order_id::text, pg_typeof(order_id)::text AS type`);
    expect(inserted).toEqual([{ order_id: '5000000001', type: 'bigint' }]);
  });
});

async function oidOf(database: { query: (text: string) => Promise<unknown[]> }): Promise<number> {
  const [row] = (await database.query(`SELECT 'public.orders'::regclass::oid AS oid`)) as { oid: number }[];
  return row?.oid ?? 0;
}

async function expectNothingOfOurs(database: { query: (text: string) => Promise<unknown[]> }): Promise<void> {
  expect(await database.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'shadowstep\\_%'`)).toEqual([]);
  expect(await database.query(`SELECT tgname FROM pg_trigger WHERE tgname LIKE 'shadowstep%'`)).toEqual([]);
}
