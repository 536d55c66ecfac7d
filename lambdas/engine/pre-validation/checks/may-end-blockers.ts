import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type ServerContext } from '../check.ts';

export const mayEndBlockers: Check<ServerContext> = {
  code: 'MayNotEndBlockers',
  title: 'if the request has blockers cancelled or terminated, the role may see and signal other sessions',
  why: 'Whom it may not signal it would wait for, against the request; what it cannot see it must not end.',
  run({ server, request }) {
    const missing = [
      ...(server.signalsOthers ? [] : ['pg_signal_backend']),
      ...(server.seesAllStatistics ? [] : ['pg_read_all_stats']),
    ];
    if (request.blockers === 'wait' || missing.length === 0) {
      return [];
    }
    return [
      refuse(
        `The request says "blockers": "${request.blockers}", and role ${server.role} is no member of ${missing.join(' and ')}.`,
        `GRANT ${missing.join(', ')} TO ${formatIdentifier(server.role)}; -- or in the request: "blockers": "wait"`,
      ),
    ];
  },
};
