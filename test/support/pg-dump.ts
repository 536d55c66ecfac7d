import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where Debian's packages put each major. */
const DEBIAN_VERSIONS = '/usr/lib/postgresql';

const OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024;

/** A pg_dump of this machine that can read a server of the given major (it must not be older), or null. */
export function findPgDump(serverMajor: number): string | null {
  if (!existsSync(DEBIAN_VERSIONS)) return null;
  const majors = readdirSync(DEBIAN_VERSIONS)
    .map(Number)
    .filter((major) => major >= serverMajor && existsSync(join(DEBIAN_VERSIONS, String(major), 'bin', 'pg_dump')))
    .sort((one, other) => one - other);
  return majors[0] === undefined ? null : join(DEBIAN_VERSIONS, String(majors[0]), 'bin', 'pg_dump');
}

/** The schema of a database, without the schemas `shadowstep*`, as that pg_dump prints it. */
export async function pgDumpSchema(pgDump: string, url: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    pgDump,
    ['--schema-only', '--exclude-schema=shadowstep*', ...restrictKey(pgDump), url],
    { maxBuffer: OUTPUT_LIMIT_BYTES },
  );
  return stdout;
}

/** Releases since August 2025 print a key that is random unless given. */
function restrictKey(pgDump: string): string[] {
  return execFileSync(pgDump, ['--help'], { encoding: 'utf8' }).includes('--restrict-key')
    ? ['--restrict-key=shadowstep']
    : [];
}
