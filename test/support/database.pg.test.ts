import pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import { createDatabase, finishDatabases, ROLES } from './database.ts';

describe('test database', () => {
  test('each is its own, and nothing of one is in another', async () => {
    const [one, other] = await Promise.all([createDatabase(), createDatabase()]);
    await one.query('CREATE TABLE public.t (a int)');
    expect(await other.query(`SELECT FROM pg_class WHERE relname = 't'`)).toEqual([]);
    expect(one.name).toMatch(/^test_database_/);
  });

  test('no role is a superuser; the owner owns the database and sees the statistics of all; the application neither', async () => {
    const database = await createDatabase();
    const facts = (client: pg.Client) =>
      client.query(/* sql */ `
        SELECT current_user AS "user",
               current_setting('is_superuser') AS superuser,
               has_database_privilege(current_database(), 'CREATE') AS may_create,
               has_schema_privilege('public', 'CREATE') AS may_create_in_public,
               pg_has_role('pg_read_all_stats', 'MEMBER') AS reads_statistics`);
    const owner = await facts(await database.appClient('owner'));
    const app = await facts(await database.appClient('app'));
    expect(owner.rows).toEqual([
      { user: ROLES.owner, superuser: 'off', may_create: true, may_create_in_public: true, reads_statistics: true },
    ]);
    expect(app.rows).toEqual([
      { user: ROLES.app, superuser: 'off', may_create: false, may_create_in_public: false, reads_statistics: false },
    ]);
  });

  test('a wrong password is refused', async () => {
    const database = await createDatabase();
    const url = new URL(database.urlOf('app'));
    url.password = 'wrong';
    const client = new pg.Client({ connectionString: url.href });
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
  });

  test('a clone has what the original had at that time', async () => {
    const original = await createDatabase();
    await original.query('CREATE TABLE public.t AS SELECT 1 AS a');
    const clone = await original.clone();
    await original.query('INSERT INTO public.t VALUES (2)');
    expect(await clone.query('SELECT a FROM public.t')).toEqual([{ a: 1 }]);
  });

  test('drop removes it whoever is connected, a logical slot included', async () => {
    const database = await createDatabase();
    const witness = await createDatabase();
    await database.client();
    await database.query(`SELECT pg_create_logical_replication_slot('slot_of_${database.name}', 'pgoutput')`);
    await database.drop();
    expect(await witness.query('SELECT FROM pg_database WHERE datname = $1', [database.name])).toEqual([]);
  });

  test('the databases of a failed file are kept, those of a good one dropped', async () => {
    await finishDatabases('drop');
    const database = await createDatabase();
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await finishDatabases('keep');
    expect(log.mock.calls.join()).toContain(database.url);
    log.mockRestore();
    const good = await createDatabase();
    // As at the end of the next file of this process, in which nothing failed.
    await finishDatabases('drop');
    const witness = await createDatabase();
    const names = await witness.query('SELECT datname FROM pg_database WHERE datname IN ($1, $2)', [
      database.name,
      good.name,
    ]);
    expect(names).toEqual([{ datname: database.name }]);
    await database.drop();
  });
});
