import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type EmbeddedMajor, type EmbeddedServer, startEmbeddedServer } from './embedded-server.ts';
import { onServer } from './on-server.ts';

/** Server directories whose files a backup leaves out (manual, "Making a Base Backup Using the Low Level API"). */
const LEFT_EMPTY = ['pg_wal', 'pg_replslot', 'pg_stat_tmp', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_subtrans'];
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'pg_internal.init']);

export interface StandbyOptions {
  readonly major: EmbeddedMajor;
  /** A superuser's URL of the primary, an embedded server of this machine and major. */
  readonly primaryUrl: string;
  /** The port by which the standby reaches the primary, if not the primary's own: a network that can be cut. */
  readonly replicationPort?: number;
  /** Its application_name: what synchronous_standby_names and pg_stat_replication call it. */
  readonly name: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts a physical standby of a primary that is running: a base backup by the low-level API (the npm packages have no
 * pg_basebackup), backup_label, standby.signal and primary_conninfo. It takes readers and streams when this resolves.
 */
export async function startStandby(options: StandbyOptions): Promise<EmbeddedServer> {
  const primary = new URL(options.primaryUrl);
  const conninfo = [
    `host=${primary.hostname}`,
    `port=${options.replicationPort ?? primary.port}`,
    `user=${primary.username}`,
    `password=${primary.password}`,
    `application_name=${options.name}`,
  ].join(' ');
  return startEmbeddedServer({
    major: options.major,
    settings: {
      ...options.settings,
      primary_conninfo: conninfo,
      hot_standby: 'on',
      // A cut network is mended within a test's patience; 5 s is the default.
      wal_retrieve_retry_interval: '100ms',
    },
    fill: (dataDirectory) => backUp(options, dataDirectory),
  });
}

/** Makes a standby the primary and waits until it takes writes. */
export async function promote(standbyUrl: string): Promise<void> {
  await onServer(standbyUrl, async (client) => {
    const { rows } = await client.query<{ promoted: boolean }>(/* sql */ `SELECT pg_promote(true, 30) AS promoted`);
    if (rows[0]?.promoted !== true) throw new Error('The standby was not promoted within 30 s');
  });
}

/** pg_start_backup and pg_stop_backup were renamed in 15. The same session must begin and end a backup. */
async function backUp({ primaryUrl, major }: StandbyOptions, to: string): Promise<void> {
  await onServer(primaryUrl, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const from = rows[0]?.data_directory ?? '';
    await client.query(
      major < 15
        ? /* sql */ `SELECT pg_start_backup('standby', true, false)`
        : `SELECT pg_backup_start('standby', true)`,
    );
    await cp(from, to, { recursive: true, verbatimSymlinks: true, filter: (path) => isBackedUp(relative(from, path)) });
    const stopped = await client.query<{ labelfile: string }>(
      major < 15
        ? /* sql */ `SELECT labelfile FROM pg_stop_backup(false, false)`
        : /* sql */ `SELECT labelfile FROM pg_backup_stop(false)`,
    );
    await writeFile(join(to, 'backup_label'), stopped.rows[0]?.labelfile ?? '');
  });
  await mkdir(join(to, 'pg_wal', 'archive_status'), { recursive: true });
  await writeFile(join(to, 'standby.signal'), '');
}

function isBackedUp(path: string): boolean {
  const [folder = '', ...below] = path.split(sep);
  const file = below.at(-1) ?? folder;
  return !(LEFT_EMPTY.includes(folder) && below.length > 0) && !LEFT_OUT.has(file);
}
