import { formatIdentifier } from '../../table-name.ts';
import { readReplicas } from '../../throttle/read-replicas.ts';
import { type Check, refuse, type ServerContext } from '../check.ts';

export const replicaLag: Check<ServerContext> = {
  code: 'ReplicaLagUnreadable',
  title: 'if maxReplicaLagSeconds is set, there is a replica whose lag the role may see',
  why: 'A lag that cannot be read stops the backfill, while the change log grows.',
  async run({ session, request, server }) {
    if (request.maxReplicaLagSeconds === null || server.inRecovery) {
      return [];
    }
    const reading = await readReplicas(session);
    if (reading.kind !== 'unreadable') {
      return [];
    }
    // Without a replica there is nothing to be hidden yet: say at once what will be missing then.
    const remedies = [
      reading.remedy,
      ...(server.seesAllStatistics ? [] : [`GRANT pg_read_all_stats TO ${formatIdentifier(server.role)};`]),
    ];
    return [
      refuse(
        `maxReplicaLagSeconds is set, but the lag cannot be read: ${reading.because}.`,
        [...new Set(remedies)].join('\n    '),
      ),
    ];
  },
};
