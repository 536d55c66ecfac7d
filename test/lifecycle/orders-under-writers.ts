import { expect } from 'vitest';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase, ROLES } from '../support/database.ts';
import { expectExchanged, oidOf, type RunEnd } from '../support/exchanged.ts';
import { createOrdersFixture, type KeyShape } from '../support/fixtures.ts';
import { startWriters } from '../support/writers.ts';

export interface OrdersOptions {
  readonly rows: number;
  readonly keyShape: KeyShape;
  readonly seed: number;
  /** Statements of both writers together. */
  readonly perSecond: number;
}

/** The orders in a database of their own, with two writers at work on them, and what must be true of them at the end. */
export async function ordersUnderWriters({ rows, keyShape, seed, perSecond }: OrdersOptions) {
  const database = await createDatabase();
  const owner = await database.appClient('owner');
  const orders = await createOrdersFixture(owner, { rows, bloat: 0.2, keyShape, roles: ROLES });
  const admin = await database.client();
  const before = await dumpCatalog(admin);
  const oidBefore = await oidOf(database, 'public.orders');
  const writers = await startWriters(database, orders, { writers: 2, seed, perSecond, rowsPerWriter: 50 });
  return {
    database,
    url: database.urlOf('owner'),
    writers,
    /**
     * Stops the writers. Rows are as they have them in their books, the catalog is what it was, nothing of ours is left, and the
     * table has been exchanged as the last run's end says.
     */
    async expectAsBefore(ends: readonly RunEnd[]): Promise<void> {
      await writers.progressed(20);
      const report = await writers.stop();
      expect(report.unexpected).toEqual([]);
      await report.expectRows(owner);
      expectSameCatalog(before, await dumpCatalog(admin));
      expect(await database.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'shadowstep\\_%'`)).toEqual([]);
      expect(await database.query(`SELECT tgname FROM pg_trigger WHERE tgname LIKE 'shadowstep%'`)).toEqual([]);
      await expectExchanged(database, 'public.orders', oidBefore, ends);
    },
  };
}
