import { formatIdentifier } from '../../table-name.ts';
import { type Check, type ServerContext, warn } from '../check.ts';

export const statisticsPrivilege: Check<ServerContext> = {
  code: 'MayNotSeeSessions',
  title: 'the role sees what other sessions do',
  why: 'Without it blockers are named without their age and command, and ages count from first sight.',
  onlyWarns: true,
  run({ server }) {
    return server.seesAllStatistics
      ? []
      : [
          warn(
            `Role ${server.role} does not see the transactions of others: whoever blocks us is named without age and command. GRANT pg_read_all_stats TO ${formatIdentifier(server.role)};`,
          ),
        ];
  },
};
