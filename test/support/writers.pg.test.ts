import { describe, expect, test } from 'vitest';
import { createDatabase, ROLES, type TestDatabase } from './database.ts';
import { createOrdersFixture, KEY_SHAPES, type KeyShape, type OrdersFixture } from './fixtures.ts';
import { startWriters, type WriterReport } from './writers.ts';

interface Setup {
  readonly database: TestDatabase;
  readonly fixture: OrdersFixture;
}

async function setup(keyShape: KeyShape = 'bigserial'): Promise<Setup> {
  const database = await createDatabase();
  const owner = await database.appClient('owner');
  return { database, fixture: await createOrdersFixture(owner, { rows: 2_000, keyShape, roles: ROLES }) };
}

async function write({ database, fixture }: Setup, statements: number): Promise<WriterReport> {
  const writers = await startWriters(database, fixture, { longTransactionMs: 20 });
  await writers.progressed(statements);
  return writers.stop();
}

describe('writers', () => {
  test.each(KEY_SHAPES)(
    'nothing unexpected happens to them on a table left alone, and their books are right: %s',
    async (shape) => {
      const { database, fixture } = await setup(shape);
      const report = await write({ database, fixture }, 3_000);
      expect(report.unexpected).toEqual([]);
      expect(report.staleSnapshots).toBe(0);
      expect(report.statements).toBeGreaterThanOrEqual(3_000);
      expect(report.committed).toBeGreaterThan(0);
      expect(report.rolledBack).toBeGreaterThan(0);
      expect(Object.keys(report.expectedErrors).sort()).toEqual(['23503', '23505']);
      const { p50, p95, p99, longest } = report.latencyMs;
      expect([p50, p95, p99, longest]).toEqual([p50, p95, p99, longest].sort((one, other) => one - other));
      await report.expectRows(await database.client());
    },
  );

  test('a slower rate is kept to the same books', async () => {
    const { database, fixture } = await setup();
    const writers = await startWriters(database, fixture, { writers: 2, perSecond: 400, seed: 9 });
    await writers.progressed(100);
    const report = await writers.stop();
    expect(report.unexpected).toEqual([]);
    await report.expectRows(await database.client());
  });

  test.each([
    [
      'a lost row',
      `DELETE FROM public.orders WHERE code = (SELECT min(code) FROM public.orders WHERE email LIKE 'writer-%')`,
      'missing',
    ],
    [
      'a stale value',
      `UPDATE public.orders SET total = total + 1 WHERE code = (SELECT min(code) FROM public.orders WHERE email LIKE 'writer-%')`,
      'must be',
    ],
    [
      'a phantom row',
      `INSERT INTO public.orders (code, customer_id, email) VALUES ('phantom', 1, 'writer-1-0')`,
      'must not be there',
    ],
    ['lost child rows', `DELETE FROM public.order_lines WHERE product = 'Milk'`, 'must be'],
  ])('the books show %s', async (_, meddle, complaint) => {
    const { database, fixture } = await setup();
    const report = await write({ database, fixture }, 500);
    const client = await database.client();
    await report.expectRows(client);
    await client.query(meddle);
    await expect(report.expectRows(client)).rejects.toThrow(complaint);
  });

  test('the books show a row that came back under a key that was given up', async () => {
    const { database, fixture } = await setup();
    const client = await database.client();
    await client.query('CREATE TABLE public.originals AS TABLE public.orders');
    const report = await write({ database, fixture }, 1_000);
    await report.expectRows(client);
    await client.query(`INSERT INTO public.orders SELECT o.* FROM public.originals AS o
      WHERE NOT EXISTS (SELECT FROM public.orders AS n WHERE n.order_id = o.order_id OR n.code = o.code OR n.slot = o.slot)`);
    await expect(report.expectRows(client)).rejects.toThrow('must not be there');
  });

  test.each([
    ['a lost unique index', 'ALTER TABLE public.orders DROP CONSTRAINT orders_code_key', /accepted|42P10/],
    ['a lost foreign key', 'ALTER TABLE public.order_lines DROP CONSTRAINT order_lines_order_fkey', /accepted/],
    ['a lost grant', `REVOKE INSERT ON public.orders FROM ${ROLES.app}`, /permission denied/],
    ['a lost row', 'CREATE RULE lose AS ON UPDATE TO public.orders DO INSTEAD NOTHING', /0 rows instead of 1/],
    [
      'a changed row',
      `CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.note := 'x'; RETURN NEW; END$$;
       CREATE TRIGGER meddle BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.meddle()`,
      /not as it was written/,
    ],
  ])('%s is reported as unexpected', async (_, meddle, fault) => {
    const { database, fixture } = await setup();
    // Before they start: a strong lock on two tables among writers would be a deadlock of the test's own making.
    await database.query(meddle);
    const report = await write({ database, fixture }, 1_500);
    expect(report.unexpected.map((one) => `${one.what} ${one.error}`).join('\n')).toMatch(fault);
  });

  test('a writer whose session is ended reports it, and ends', async () => {
    const { database, fixture } = await setup();
    const writers = await startWriters(database, fixture, { writers: 1 });
    await writers.progressed(50);
    const waiting = writers.progressed(1_000_000);
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${ROLES.app}' AND datname = current_database()`,
    );
    await expect(waiting).rejects.toThrow('have ended');
    expect((await writers.stop()).unexpected).toHaveLength(1);
  });
});
