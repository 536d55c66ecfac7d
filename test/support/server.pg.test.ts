import { describe, expect, inject, test } from 'vitest';
import { createDatabase, ROLES } from './database.ts';
import { startTestServer } from './server.ts';

describe('test server', () => {
  test('TEST_PG_URL is taken as it is, and told', async () => {
    const { url, majorVersion } = inject('postgres');
    const server = await startTestServer({ TEST_PG_URL: url });
    expect(server).toMatchObject({ url, majorVersion });
    expect(server.description).toMatch(/^PostgreSQL \d+\.\d+ \(TEST_PG_URL\)$/);
    await server.stop();
    expect(await (await createDatabase()).query('SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  test('a role that is no superuser is refused', async () => {
    const database = await createDatabase();
    expect(database.urlOf('owner')).toContain(ROLES.owner);
    await expect(startTestServer({ TEST_PG_URL: database.urlOf('owner') })).rejects.toThrow('must be a superuser');
  });

  test('a major without binaries is refused', async () => {
    await expect(startTestServer({ TEST_PG_MAJOR: '13' })).rejects.toThrow('known are 14, 15, 16, 17, 18');
  });
});
