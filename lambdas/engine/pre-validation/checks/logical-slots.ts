import { type Check, type ServerContext, warn } from '../check.ts';

export const logicalSlots: Check<ServerContext> = {
  code: 'LogicalSlots',
  title: 'logical replication slots are known of',
  why: 'A slot decodes the WAL of the copy too, and keeps it until its consumer has read it.',
  onlyWarns: true,
  run({ server }) {
    return server.logicalSlots.length === 0
      ? []
      : [
          warn(
            `Logical replication slots (${server.logicalSlots.join(', ')}) keep the WAL of the copy until it is read: watch their lag and the disk.`,
          ),
        ];
  },
};
