import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext, type Verdict } from '../check.ts';

interface PartnerRow {
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  readonly references_us: boolean;
  readonly owned: boolean;
  readonly has_references: boolean;
  readonly has_usage: boolean;
}

export const foreignKeyPartners: Check<TableContext> = {
  code: 'MayNotMoveForeignKeys',
  title: 'the role owns the tables that reference this one, and may reference those that it references',
  why: 'The swap takes the foreign keys off the old table and puts them on the new one.',
  async run({ session, facts, server, tableSql }) {
    // What a partition has of its parent's keys is PartitionForeignKey's.
    if (facts.foreignKeysOut.length + facts.foreignKeysIn.length === 0) {
      return [];
    }
    const partners = await session.query<PartnerRow>(partnersSql(), [facts.oid]);
    const role = formatIdentifier(server.role);
    return partners.flatMap((partner): Verdict[] => {
      const partnerSql = formatTableName(partner);
      const grants = [
        partner.has_usage ? null : `GRANT USAGE ON SCHEMA ${formatIdentifier(partner.schema)} TO ${role};`,
        partner.references_us && !partner.owned ? `GRANT ${formatIdentifier(partner.owner)} TO ${role};` : null,
        !partner.references_us && !partner.has_references
          ? `GRANT REFERENCES ON TABLE ${partnerSql} TO ${role};`
          : null,
      ].filter((grant) => grant !== null);
      const relation = partner.references_us ? `references ${tableSql}` : `is referenced by ${tableSql}`;
      return grants.length === 0
        ? []
        : [refuse(`${partnerSql} ${relation}, and role ${server.role} lacks privileges on it.`, grants.join(' '))];
    });
  },
};

/** Each partner once; one that also references us has to be ours anyway. */
function partnersSql(): string {
  return /* sql */ `
    SELECT n.nspname::text AS schema,
           c.relname::text AS name,
           pg_get_userbyid(c.relowner)::text AS owner,
           partner.references_us,
           pg_has_role(c.relowner, 'USAGE') AS owned,
           has_table_privilege(c.oid, 'REFERENCES')
             OR NOT EXISTS (SELECT FROM pg_constraint AS k
                            CROSS JOIN LATERAL unnest(k.confkey) AS column_number
                            WHERE k.contype = 'f' AND k.conrelid = $1::oid AND k.confrelid = c.oid
                              AND NOT has_column_privilege(c.oid, column_number, 'REFERENCES')) AS has_references,
           has_schema_privilege(n.oid, 'USAGE') AS has_usage
    FROM (
      SELECT k.oid, bool_or(k.inbound) AS references_us
      FROM (
        SELECT conrelid AS oid, true AS inbound FROM pg_constraint WHERE contype = 'f' AND confrelid = $1::oid
        UNION ALL
        SELECT confrelid, false FROM pg_constraint WHERE contype = 'f' AND conrelid = $1::oid
      ) AS k
      WHERE k.oid <> $1::oid
      GROUP BY k.oid
    ) AS partner
    JOIN pg_class AS c ON c.oid = partner.oid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    ORDER BY 1, 2`;
}
