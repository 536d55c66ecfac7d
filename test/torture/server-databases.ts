import { randomBytes } from 'node:crypto';
import { onServer } from '../support/on-server.ts';
import type { EpisodeDatabase } from './episode.ts';

/** Made where they are missing, and left: other databases of the server may use them meanwhile. */
const ROLES = { owner: 'shadowstep_torture_owner', app: 'shadowstep_torture_app' } as const;
const PASSWORD = 'shadowstep_torture';

export interface DroppableDatabase extends EpisodeDatabase {
  drop(): Promise<void>;
}

/** Makes the roles. Throws when the server cannot decode its write-ahead log. */
export async function prepareServer(serverUrl: string): Promise<string> {
  return onServer(serverUrl, async (client) => {
    const { rows } = await client.query<{ version: string; level: string }>(
      `SELECT current_setting('server_version') AS version, current_setting('wal_level') AS level`,
    );
    if (rows[0]?.level !== 'logical') {
      throw new Error(
        `wal_level is ${rows[0]?.level}: the torture test reads the write-ahead log, which needs logical.`,
      );
    }
    for (const role of Object.values(ROLES)) {
      const { rowCount } = await client.query(/* sql */ `SELECT FROM pg_roles WHERE rolname = $1`, [role]);
      if (rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
    }
    await client.query(/* sql */ `GRANT pg_read_all_stats TO ${ROLES.owner}`);
    return rows[0].version;
  });
}

export async function createEpisodeDatabase(serverUrl: string): Promise<DroppableDatabase> {
  const name = `torture_${randomBytes(4).toString('hex')}`;
  await onServer(serverUrl, async (client) => {
    await client.query(
      /* sql */ `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' OWNER ${ROLES.owner}`,
    );
  });
  const urlOf = (role: string | null): string => {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    if (role !== null) {
      url.username = role;
      url.password = PASSWORD;
    }
    return url.href;
  };
  const superuserUrl = urlOf(null);
  // The owner makes its own things in public, as everybody could up to 14.
  await onServer(superuserUrl, (client) => client.query(/* sql */ `ALTER SCHEMA public OWNER TO ${ROLES.owner}`));
  return {
    superuserUrl,
    ownerUrl: urlOf(ROLES.owner),
    appUrl: urlOf(ROLES.app),
    ownerRole: ROLES.owner,
    appRole: ROLES.app,
    drop: () =>
      onServer(serverUrl, async (client) => {
        await client.query(/* sql */ `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}
