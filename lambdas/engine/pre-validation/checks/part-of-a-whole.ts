import { RefusedError } from '../../errors.ts';
import { VERSION_WITH_WHOLES } from '../../registry/schema.ts';
import type { Whole } from '../../registry/wholes.ts';
import { formatTableName, type TableName } from '../../table-name.ts';
import type { Check, TableContext, Verdict } from '../check.ts';

export const partOfAWhole: Check<TableContext> = {
  code: 'PartOfAWhole',
  title: 'no partitioned table above it is being rebuilt as a whole',
  why: 'Its turn comes, or has come, with that one, whose driver and whose end are those of all its partitions.',
  async run({ session, registry, facts, partOf, tableSql }) {
    // An earlier release's has no wholes.
    if (facts.partition === null || registry.version < VERSION_WITH_WHOLES) {
      return [];
    }
    const roots = await session.query<TableName>(
      /* sql */ `
      WITH RECURSIVE up AS (
        SELECT h.inhparent FROM pg_inherits AS h WHERE h.inhrelid = $1::oid
        UNION ALL
        SELECT h.inhparent FROM up JOIN pg_inherits AS h ON h.inhrelid = up.inhparent
      )
      SELECT w.root_schema AS schema, w.root_name AS name
      FROM up JOIN shadowstep.whole AS w ON w.root_oid = up.inhparent AND w.finished_at IS NULL
      WHERE w.whole_id IS DISTINCT FROM $2::int8
      ORDER BY 1, 2`,
      [facts.oid, partOf],
    );
    return roots.map((root) => rebuiltWith(tableSql, root));
  },
};

/** For one who asks for the partition whose turn it is: it is driven, and undone, with the whole. */
export function partOfError(tableSql: string, { root }: Pick<Whole, 'root'>): RefusedError {
  const { message, remedy } = rebuiltWith(tableSql, root);
  return new RefusedError(tableSql, [{ code: partOfAWhole.code, message, remedy }]);
}

function rebuiltWith(tableSql: string, root: TableName): Verdict & { readonly kind: 'refusal' } {
  const whole = formatTableName(root);
  return {
    kind: 'refusal',
    message: `${tableSql} is being rebuilt as a part of ${whole}.`,
    remedy: `-- Ask for ${whole}: run goes on with it, reset gives it up (partitions that are done stay so).`,
  };
}
