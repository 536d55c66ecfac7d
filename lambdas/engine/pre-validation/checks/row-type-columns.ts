import type { TableFacts } from '../../catalog/table-facts.ts';
import type { Queryable } from '../../postgres/session.ts';
import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';
import { dependentsOf } from '../dependents.ts';

export const ROW_TYPE_KINDS = [
  'table column',
  'foreign table column',
  'view column',
  'materialized view column',
  'composite type column',
  'composite type',
  'type',
] as const;

export const rowTypeColumns: Check<TableContext> = {
  code: 'RowTypeUsed',
  title: 'no column, domain or type elsewhere is made of the table’s row type',
  why: 'The row type is the table’s own: after the swap they would have that of the old table.',
  async run({ session, facts, tableSql }) {
    const mendable = (await columnsOfRowType(session, facts)).map(({ bearer, name }) =>
      refuse(
        `Column ${formatIdentifier(name)} of ${bearer} has the row type of ${tableSql}.`,
        `ALTER TABLE ${bearer} ALTER COLUMN ${formatIdentifier(name)} TYPE jsonb USING to_jsonb(${formatIdentifier(name)}); -- or another type; rewrites ${bearer} under ACCESS EXCLUSIVE`,
      ),
    );
    const rest = dependentsOf(
      facts,
      ROW_TYPE_KINDS.filter((kind) => kind !== 'table column'),
    ).map(({ kind, identity }) =>
      refuse(
        `The ${kind} ${identity} is made of the row type of ${tableSql}.`,
        kind === 'type'
          ? `DROP TYPE ${identity}; -- or make it of another type`
          : `-- Make ${identity} of another type, or drop it and create it again after the run.`,
      ),
    );
    return [...mendable, ...rest];
  },
};

/** pg_attribute has no index on the type, and is large where there are many partitions: read only where something is found. */
async function columnsOfRowType(client: Queryable, facts: TableFacts): Promise<{ bearer: string; name: string }[]> {
  if (dependentsOf(facts, ['table column']).length === 0) {
    return [];
  }
  return client.query(
    /* sql */ `
    SELECT c.oid::regclass::text AS bearer, a.attname::text AS name
    FROM pg_class AS source
    JOIN pg_type AS rowtype ON rowtype.oid = source.reltype
    JOIN pg_attribute AS a ON a.atttypid IN (rowtype.oid, NULLIF(rowtype.typarray, 0)) AND NOT a.attisdropped
    JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    WHERE source.oid = $1::oid
    ORDER BY 1, 2`,
    [facts.oid],
  );
}
