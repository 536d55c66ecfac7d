import { qualified } from '../../postgres/identifier.ts';
import { formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext, type Verdict } from '../check.ts';
import { tryStatements } from '../try-statements.ts';

/** PostgreSQL's planner takes longer arrays as they are and proves nothing from them (MAX_SAOP_ARRAY_SIZE). */
const MOST_LIST_VALUES = 100;

interface BoundRow {
  readonly strategy: string;
  readonly collatable: boolean;
  readonly longest_list: number;
}

export const partitionBound: Check<TableContext> = {
  code: 'PartitionBoundNotProvable',
  title: 'a CHECK can prove that the rows of a partition lie within its bound',
  why: 'ATTACH PARTITION reads every row under ACCESS EXCLUSIVE otherwise.',
  async run({ session, facts, tableSql }) {
    const { partition } = facts;
    if (partition === null) {
      return [];
    }
    const { constraint, defaultPartition } = partition;
    const levels = await session.query<BoundRow>(boundsSql(), [facts.oid]);
    const verdicts: Verdict[] = [];
    if (levels.some((level) => level.strategy === 'h' && level.collatable)) {
      verdicts.push(
        refuse(
          `${tableSql} is a hash partition by a column of a text type: no CHECK can be written that PostgreSQL takes for its bound.`,
          '-- Nothing mends that. VACUUM FULL rewrites the partition, and locks it meanwhile.',
        ),
      );
    }
    if (levels.some((level) => level.longest_list > MOST_LIST_VALUES)) {
      verdicts.push(
        refuse(
          `The bound of ${tableSql} lists more than ${MOST_LIST_VALUES} values: PostgreSQL proves nothing from so long a list.`,
          '-- Split the partition, or its siblings where it is the default one, so that none lists more.',
        ),
      );
    }
    if (defaultPartition !== null && defaultPartition.kind !== 'r') {
      verdicts.push(
        refuse(
          `The default partition beside ${tableSql}, ${formatTableName(defaultPartition)}, is ${defaultPartition.kind === 'p' ? 'partitioned itself' : 'a foreign table'}: ATTACH would read all of it.`,
          `-- Detach ${formatTableName(defaultPartition)} before the run and attach it again after it.`,
        ),
      );
    }
    const [failure] =
      constraint === null || facts.forceRowSecurity ? [] : await tryStatements(session, [tried(facts, constraint)]);
    if (failure) {
      verdicts.push(
        refuse(
          `The bound of ${tableSql} cannot be evaluated with search_path = pg_catalog, pg_temp (SQLSTATE ${failure.sqlstate}).`,
          '-- ALTER FUNCTION … SET search_path for the functions of the partition key.',
        ),
      );
    }
    return verdicts;
  },
};

function tried(facts: TableContext['facts'], constraint: string): string {
  return /* sql */ `SELECT (${constraint}) FROM (SELECT * FROM ONLY ${qualified(facts)} LIMIT 20) AS tried`;
}

/** Of the table's parent and all above it: how they are partitioned, and how many values a bound of the chain lists. */
function boundsSql(): string {
  return /* sql */ `
    WITH RECURSIVE chain AS (
      SELECT c.oid, c.relpartbound, h.inhparent
      FROM pg_class AS c JOIN pg_inherits AS h ON h.inhrelid = c.oid
      WHERE c.oid = $1::oid AND c.relispartition
      UNION ALL
      SELECT c.oid, c.relpartbound, h.inhparent
      FROM chain
      JOIN pg_class AS c ON c.oid = chain.inhparent AND c.relispartition
      JOIN pg_inherits AS h ON h.inhrelid = c.oid
    )
    SELECT p.partstrat AS strategy,
           EXISTS (SELECT FROM unnest(p.partcollation::oid[]) AS key(collation_oid) WHERE key.collation_oid <> 0) AS collatable,
           -- A default partition's constraint lists what its siblings do. A comma inside a value counts as one more: rather
           -- refused than read under the lock.
           CASE WHEN p.partstrat = 'l' THEN (
             SELECT sum(listed.n)::int4
             FROM pg_inherits AS s
             JOIN pg_class AS sibling ON sibling.oid = s.inhrelid
             CROSS JOIN LATERAL (
               SELECT count(*) AS n
               FROM regexp_matches(pg_get_expr(sibling.relpartbound, sibling.oid), ', ', 'g')
             ) AS commas
             CROSS JOIN LATERAL (SELECT commas.n + 1 AS n) AS listed
             WHERE s.inhparent = chain.inhparent
               AND (sibling.oid = chain.oid OR (p.partdefid = chain.oid AND sibling.oid <> chain.oid))
           ) ELSE 0 END AS longest_list
    FROM chain JOIN pg_partitioned_table AS p ON p.partrelid = chain.inhparent`;
}
