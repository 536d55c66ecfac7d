import { type Check, type ServerContext, warn } from '../check.ts';

export const physicalStandbys: Check<ServerContext> = {
  code: 'PhysicalStandbys',
  title: 'physical standbys are known of',
  why: 'The ACCESS EXCLUSIVE lock of the swap is replayed there and can cancel their queries.',
  onlyWarns: true,
  run({ server }) {
    return server.physicalStandbys === 0
      ? []
      : [
          warn(
            `${server.physicalStandbys} standbys replay the swap's ACCESS EXCLUSIVE lock: a query there that reads the table is cancelled after max_standby_streaming_delay.`,
          ),
        ];
  },
};
