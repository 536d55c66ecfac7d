import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type ServerContext } from '../check.ts';

export const deadlockTimeout: Check<ServerContext> = {
  code: 'DeadlockTimeoutTooShort',
  title: 'deadlock_timeout is longer than lockTimeoutMs',
  why: 'Our attempt at a lock must give up before the server looks for deadlocks, or it could choose the application as the victim.',
  run({ server, request }) {
    if (server.deadlockTimeoutMs > request.lockTimeoutMs) {
      return [];
    }
    // Role settings count at login, so the next run has it.
    return [
      refuse(
        `deadlock_timeout is ${server.deadlockTimeoutMs} ms, lockTimeoutMs is ${request.lockTimeoutMs}.`,
        `ALTER ROLE ${formatIdentifier(server.role)} SET deadlock_timeout = '${request.lockTimeoutMs + 1000}ms'; ` +
          `-- as a superuser; or in the request: "lockTimeoutMs" below ${server.deadlockTimeoutMs}`,
      ),
    ];
  },
};
