import { type Check, refuse, type ServerContext } from '../check.ts';

export const writableServer: Check<ServerContext> = {
  code: 'ReadOnlyServer',
  title: 'the server takes writes',
  why: 'The copy is made where the table is written: on the primary.',
  run({ server }) {
    if (!server.inRecovery && !server.readOnly) {
      return [];
    }
    return [
      refuse(
        server.inRecovery ? 'The server is a standby.' : 'The server lets this session only read.',
        '-- Connect to the primary (on Aurora the cluster endpoint, not the reader endpoint).',
      ),
    ];
  },
};
