import { type Check, type ServerContext, warn } from '../check.ts';

export const eventTriggers: Check<ServerContext> = {
  code: 'EventTriggers',
  title: 'event triggers are known of',
  why: 'They run at our DDL: one that fails stops the run, one that is slow works under our locks.',
  onlyWarns: true,
  run({ server }) {
    return server.eventTriggers.length === 0
      ? []
      : [
          warn(
            `Event triggers (${server.eventTriggers.join(', ')}) fire at the DDL of a run, the swap's included: see that none refuses or is slow.`,
          ),
        ];
  },
};
