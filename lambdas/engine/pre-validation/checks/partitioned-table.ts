import type { Queryable } from '../../postgres/session.ts';
import { VERSION_WITH_WHOLES } from '../../registry/schema.ts';
import { formatTableName, type TableName } from '../../table-name.ts';
import { type Check, refuse, type Verdict, type WholeContext } from '../check.ts';

export const hasPartitions: Check<WholeContext> = {
  code: 'NoPartitions',
  title: 'a partitioned table has a partition',
  why: 'It holds no rows itself: what is rebuilt are its partitions, one after the other.',
  run({ leaves, tableSql }) {
    return leaves.length > 0
      ? []
      : [refuse(`${tableSql} has no partition, so that there is nothing to rebuild.`, '-- Nothing is to be done.')];
  },
};

export const wholeKeepsNothing: Check<WholeContext> = {
  code: 'KeepOldTableOfWhole',
  title: 'keepOldTable is not asked for a partitioned table as a whole',
  why: 'Each partition is cleaned up before the next begins; kept, the old tables and their logs would grow with every partition done.',
  run({ request, tableSql }) {
    return request.keepOldTable
      ? [
          refuse(
            `keepOldTable cannot be asked for ${tableSql} as a whole.`,
            '-- Leave keepOldTable out, or ask for single partitions by their names with it.',
          ),
        ]
      : [];
  },
};

export const wholeAsItIs: Check<WholeContext> = {
  code: 'AlterOfWhole',
  title: 'alter is not asked for a partitioned table as a whole',
  why: 'PostgreSQL changes the type of a column in all partitions at once, or not at all; they are exchanged one by one.',
  run({ request, tableSql }) {
    return request.alter.length > 0
      ? [
          refuse(
            `alter cannot change a column of ${tableSql}, whose partitions are exchanged one by one.`,
            '-- Leave alter out: the partitions are rebuilt as they are.',
          ),
        ]
      : [];
  },
};

export const checkedInTime: Check<WholeContext> = {
  code: 'ChecksOutOfTime',
  title: 'the checks of all partitions of a partitioned table end within one invocation (15 minutes)',
  why: 'They are all made before anything is changed, so that there is no place from which another invocation could go on.',
  run({ leaves, unchecked, tableSql }) {
    return unchecked === 0
      ? []
      : [
          refuse(
            `The time ran out, or the run was told to stop, before ${unchecked} of the ${leaves.length} partitions of ${tableSql} were checked.`,
            '-- Ask again when the server is less busy; or for fewer partitions at once: by their own names, or by that of a partitioned one among them.',
          ),
        ];
  },
};

export const partitionsUnderOwnRuns: Check<WholeContext> = {
  code: 'PartitionUnderItsOwnRun',
  title: 'no partition of a partitioned table has a live run of its own',
  why: 'A table has one run at a time, and that one may have been asked for with other fields.',
  async run({ session, registry, leaves, tableSql }) {
    return registry.version >= VERSION_WITH_WHOLES ? refuseOwnRuns(session, tableSql, leaves) : [];
  },
};

type Partition = TableName & { readonly oid: number };

/** A verdict on each of the partitions that has a live run of its own; the role may read the registry. */
export async function refuseOwnRuns(
  client: Queryable,
  tableSql: string,
  partitions: readonly Partition[],
): Promise<(Verdict & { readonly kind: 'refusal' })[]> {
  const live = await client.query<{ oid: number; run_id: bigint; stage: string }>(
    /* sql */ `
    SELECT asked.oid, r.run_id, r.stage
    FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS asked(oid)
    JOIN shadowstep.run AS r ON asked.oid IN (r.source_oid, r.copy_oid) AND r.finished_at IS NULL
    -- One that is being rebuilt with another table above it is refused as PartOfAWhole.
    WHERE NOT EXISTS (SELECT FROM shadowstep.whole_leaf AS l WHERE l.run_id = r.run_id AND l.state = 'running')`,
    [partitions.map((partition) => partition.oid)],
  );
  return partitions.flatMap((partition) =>
    live
      .filter((run) => run.oid === partition.oid)
      .map((run) => {
        const name = formatTableName(partition);
        return {
          kind: 'refusal',
          message: `${name}, a partition of ${tableSql}, has a live run of its own: run ${run.run_id}, at ${run.stage}.`,
          remedy: `-- Finish run ${run.run_id} by asking for ${name}, or undo it: reset before its swap, revert after it.`,
        };
      }),
  );
}
