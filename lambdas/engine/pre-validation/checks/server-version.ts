import { type Check, refuse, type ServerContext } from '../check.ts';

const OLDEST_MAJOR = 14;
const NEWEST_MAJOR = 18;

export const serverVersion: Check<ServerContext> = {
  code: 'UnsupportedServerVersion',
  title: `the server is PostgreSQL ${OLDEST_MAJOR} to ${NEWEST_MAJOR}`,
  why: 'TID range scans came with 14; what a major newer than the tested ones hangs on a table would be lost unseen.',
  run({ session, server }) {
    const major = Math.floor(session.serverVersionNum / 10_000);
    if (major >= OLDEST_MAJOR && major <= NEWEST_MAJOR) {
      return [];
    }
    return [
      refuse(
        `The server is PostgreSQL ${server.version}; this release knows ${OLDEST_MAJOR} to ${NEWEST_MAJOR}.`,
        `-- Upgrade the server to one of ${OLDEST_MAJOR} to ${NEWEST_MAJOR}, or use a release that knows it.`,
      ),
    ];
  },
};
