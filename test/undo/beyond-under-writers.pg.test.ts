import { describe, expect, it } from 'vitest';
import { drive } from '../lifecycle/drive.ts';
import { ordersUnderWriters } from '../lifecycle/orders-under-writers.ts';

const request = { table: 'public.orders', alter: ['ALTER COLUMN order_id TYPE bigint'] };

/** The key is an integer, and so is the child's; writers keep to what both hold, and to their books. */
async function shop(seed: number) {
  const orders = await ordersUnderWriters({ rows: 600, keyShape: 'int', seed, perSecond: 120 });
  const { database, url, writers } = orders;
  return {
    ...orders,
    async keyType() {
      const rows = await database.query(
        `SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute
         WHERE attrelid = 'public.orders'::regclass AND attname = 'order_id'`,
      );
      return rows[0]?.type;
    },
    /** Swaps, writes keys that no integer holds, and asks for a revert. */
    async revertInVain() {
      await drive({ url, request: { ...request, stopAfter: 'SWAP' } });
      const app = await database.appClient();
      await app.query(/* sql */ `
        INSERT INTO public.orders (order_id, code, customer_id, email)
        SELECT 3000000000 + i, 'beyond' || i, 1, 'beyond' FROM generate_series(1, 3) AS i`);
      await writers.progressed(60);
      await expect(drive({ url, request: { ...request, action: 'revert' } })).rejects.toMatchObject({
        name: 'RevertImpossibleError',
      });
      expect(await database.query(`SELECT row_count::int AS rows FROM shadowstep.finding`)).toEqual([{ rows: 3 }]);
      await writers.progressed(60);
      return app;
    },
  };
}

describe('a key changed from int to bigint, under writers', () => {
  it('is taken back once the rows beyond int are gone; what was written before, between and after is there', async () => {
    const { database, url, keyType, revertInVain, expectAsBefore } = await shop(41);
    const app = await revertInVain();
    expect(await keyType()).toBe('bigint');
    await app.query(`DELETE FROM public.orders WHERE email = 'beyond'`);
    expect((await drive({ url, request: { ...request, action: 'revert' } })).at(-1)).toMatchObject({
      stage: 'REVERTED',
    });
    expect(await keyType()).toBe('integer');
    await database.query('DELETE FROM shadowstep.finding');
    await expectAsBefore(['REVERTED']);
  });

  it('stays when clean-up follows a revert that could not be, with the rows beyond int', async () => {
    const { database, url, writers, keyType, revertInVain } = await shop(42);
    const app = await revertInVain();
    await app.query(`UPDATE public.orders SET note = 'after the revert' WHERE email = 'beyond'`);
    expect((await drive({ url, request: { ...request, action: 'clean-up' } })).at(-1)).toMatchObject({ stage: 'DONE' });
    await writers.progressed(20);
    const report = await writers.stop();
    expect(report.unexpected).toEqual([]);
    await report.expectRows(app);
    expect(await keyType()).toBe('bigint');
    expect(
      await database.query(`SELECT order_id::text AS id FROM public.orders WHERE note = 'after the revert' ORDER BY 1`),
    ).toEqual([{ id: '3000000001' }, { id: '3000000002' }, { id: '3000000003' }]);
  });

  it.each(['BACKFILL', 'POST_SYNC_UPDATE'] as const)(
    'is given up after %s, and everything is as it was',
    async (stage) => {
      const { url, writers, keyType, expectAsBefore } = await shop(43);
      await drive({ url, request: { ...request, stopAfter: stage } });
      await writers.progressed(40);
      await drive({ url, request: { ...request, action: 'reset' } });
      expect(await keyType()).toBe('integer');
      await expectAsBefore(['RESET']);
    },
  );
});
