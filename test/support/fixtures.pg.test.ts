import { describe, expect, test } from 'vitest';
import { dumpCatalog, expectSameCatalog } from './catalog-dump.ts';
import { createDatabase, ROLES } from './database.ts';
import { createOrdersFixture, KEY_SHAPES, type OrdersFixtureOptions } from './fixtures.ts';

async function setup(options: OrdersFixtureOptions) {
  const database = await createDatabase();
  const fixture = await createOrdersFixture(await database.appClient('owner'), { roles: ROLES, ...options });
  return { database, fixture };
}

const CONTENTS = /* sql */ `
  SELECT (SELECT count(*)::int FROM public.orders) AS orders,
         (SELECT count(*)::int FROM public.order_lines) AS lines,
         (SELECT md5(string_agg(o::text, '|' ORDER BY code)) FROM public.orders AS o) AS hash`;

describe('orders fixture', () => {
  test.each(KEY_SHAPES)('the same options make the same rows and the same catalog: %s', async (keyShape) => {
    const [one, other] = await Promise.all([setup({ rows: 500, keyShape }), setup({ rows: 500, keyShape })]);
    const contents = await one.database.query(CONTENTS);
    expect(contents).toEqual(await other.database.query(CONTENTS));
    expect(contents).toMatchObject([{ orders: 500, lines: 250 }]);
    const options = { sequenceValues: true };
    expectSameCatalog(
      await dumpCatalog(await one.database.client(), options),
      await dumpCatalog(await other.database.client(), options),
    );
  });

  test('another seed makes other rows', async () => {
    const [one, other] = await Promise.all([setup({ rows: 500 }), setup({ rows: 500, seed: 2 })]);
    expect(await one.database.query(CONTENTS)).not.toEqual(await other.database.query(CONTENTS));
  });

  test('bloat is dead space all over the table, and leaves exactly the rows asked for', async () => {
    const [lean, bloated] = await Promise.all([setup({ rows: 5_000 }), setup({ rows: 5_000, bloat: 0.6 })]);
    const facts = /* sql */ `
      SELECT (SELECT count(*)::int FROM public.orders) AS rows,
             pg_relation_size('public.orders')::int AS bytes,
             (SELECT count(DISTINCT (ctid::text::point)[0])::int FROM public.orders) AS blocks_in_use,
             pg_relation_size('public.orders')::int / 8192 AS blocks`;
    const [before] = await lean.database.query(facts);
    const [after] = await bloated.database.query(facts);
    expect([before?.rows, after?.rows]).toEqual([5_000, 5_000]);
    expect(after?.bytes / before?.bytes).toBeGreaterThan(2);
    // The last block may hold only rows that were deleted.
    expect(after?.blocks_in_use).toBeGreaterThanOrEqual(after?.blocks - 1);
  });

  test('the application may write, and the reader may read what it was given', async () => {
    const { database } = await setup({ rows: 10 });
    const app = await database.appClient('app');
    await app.query(`INSERT INTO public.orders (code, customer_id) VALUES ('new', 1)`);
    const reader = await database.appClient('reader');
    await reader.query('SELECT code, status FROM public.orders');
    await expect(reader.query('SELECT email FROM public.orders')).rejects.toMatchObject({ code: '42501' });
  });

  test.each([{ rows: 0 }, { rows: 1, bloat: 1 }])('refuses %o', async (options) => {
    await expect(setup(options)).rejects.toThrow(RangeError);
  });
});
