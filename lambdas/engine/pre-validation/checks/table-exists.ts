import { nearNames } from '../../near-names.ts';
import type { Queryable } from '../../postgres/session.ts';
import { formatTableName, type TableName } from '../../table-name.ts';
import { type Check, type RelationContext, refuse } from '../check.ts';

/** A schema with more tables than this is not searched for similar names, only for the same one elsewhere. */
const MOST_NAMES = 20_000;

export const tableExists: Check<RelationContext> = {
  code: 'UnknownTable',
  title: 'the table exists',
  why: 'Names are compared as SQL compares them: what is unquoted is lower case.',
  async run({ session, request, relation, server, tableSql }) {
    if (relation !== null) {
      return [];
    }
    const near = await nearTables(session, request.table);
    const hint = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
    return [
      refuse(
        `There is no ${tableSql} in database ${server.database}.${hint}`,
        `SELECT oid::regclass FROM pg_class WHERE relkind = 'r' ORDER BY 1; -- lists the tables, "table" in the request takes one`,
      ),
    ];
  },
};

/** Tables of the same name elsewhere, then of a similar name in the same schema. */
async function nearTables(client: Queryable, wanted: TableName): Promise<string[]> {
  const rows = await client.query<TableName>(
    /* sql */ `
    SELECT n.nspname::text AS schema, c.relname::text AS name
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND (lower(c.relname) = lower($2::text) OR n.nspname = $1::text)
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    LIMIT ${MOST_NAMES}`,
    [wanted.schema, wanted.name],
  );
  const same = rows.filter((row) => row.name.toLowerCase() === wanted.name.toLowerCase());
  const siblings = rows.filter((row) => row.schema === wanted.schema && !same.includes(row));
  const similar = nearNames(
    wanted.name,
    siblings.map((row) => row.name),
  );
  return [...same, ...similar.map((name) => ({ schema: wanted.schema, name }))].slice(0, 3).map(formatTableName);
}
