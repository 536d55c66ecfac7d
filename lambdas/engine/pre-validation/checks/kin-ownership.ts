import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext, type Verdict } from '../check.ts';

export const kinOwnership: Check<TableContext> = {
  code: 'MayNotLinkTables',
  title: 'the role owns the parents and children of the table, and the default partition beside a partition',
  why: 'The swap takes the old table out of its place among them and puts the new one there; a default partition gets a CHECK for that time.',
  async run({ session, facts, server, tableSql }) {
    const { parent, defaultPartition } = facts.partition ?? {};
    const { parents, children } = facts.inheritance;
    const relations = [parent, defaultPartition, ...parents, ...children].filter(
      (one) => one !== undefined && one !== null,
    );
    const rows = await session.query<{ oid: number; owned: boolean; usage: boolean }>(
      /* sql */ `
      SELECT c.oid, pg_has_role(c.relowner, 'USAGE') AS owned, has_schema_privilege(c.relnamespace, 'USAGE') AS usage
      FROM pg_class AS c WHERE c.oid = ANY ($1::oid[])`,
      [relations.map((one) => one.oid)],
    );
    const role = formatIdentifier(server.role);
    return relations.flatMap((one): Verdict[] => {
      const has = rows.find((row) => row.oid === one.oid);
      const grants = [
        has?.usage === false ? `GRANT USAGE ON SCHEMA ${formatIdentifier(one.schema)} TO ${role};` : null,
        has?.owned === false ? `GRANT ${formatIdentifier(one.owner)} TO ${role};` : null,
      ].filter((grant) => grant !== null);
      const what =
        one === defaultPartition
          ? 'the default partition beside'
          : children.some((child) => child === one)
            ? 'a child of'
            : 'a parent of';
      return grants.length === 0
        ? []
        : [
            refuse(
              `${formatTableName(one)}, ${what} ${tableSql}, belongs to ${one.owner}, and role ${server.role} lacks privileges on it.`,
              grants.join(' '),
            ),
          ];
    });
  },
};
