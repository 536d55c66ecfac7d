import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';
import { dependentsOf } from '../dependents.ts';

interface Membership {
  readonly extension: string;
  readonly kind: string;
  readonly identity: string;
}

export const extensionMembers: Check<TableContext> = {
  code: 'ExtensionMember',
  title: 'neither the table nor an index or trigger of it belongs to an extension',
  why: 'Membership is kept by OID; DROP EXTENSION would take the old table and leave the new one.',
  async run({ session, facts, tableSql }) {
    if (dependentsOf(facts, ['extension']).length === 0) {
      return [];
    }
    const members = await session.query<Membership>(membershipSql(), [facts.oid]);
    return members.map((member) => {
      const extension = formatIdentifier(member.extension);
      return member.kind === 'table'
        ? refuse(
            `${tableSql} is a member of extension ${member.extension}.`,
            `ALTER EXTENSION ${extension} DROP TABLE ${tableSql};`,
          )
        : refuse(
            `The ${member.kind} ${member.identity} is marked DEPENDS ON EXTENSION ${member.extension}.`,
            `ALTER ${member.kind.toUpperCase()} ${member.identity} NO DEPENDS ON EXTENSION ${extension};`,
          );
    });
  },
};

/** Deptype e: the table is a member; x: an index or trigger goes with the extension. */
function membershipSql(): string {
  return /* sql */ `
    SELECT e.extname::text AS extension, i.type AS kind, i.identity
    FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid
    CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) AS i
    WHERE d.refclassid = 'pg_extension'::regclass
      AND d.deptype IN ('e', 'x')
      AND ((d.classid = 'pg_class'::regclass
            AND (d.objid = $1::oid OR d.objid IN (SELECT x.indexrelid FROM pg_index AS x WHERE x.indrelid = $1::oid)))
        OR (d.classid = 'pg_trigger'::regclass
            AND d.objid IN (SELECT t.oid FROM pg_trigger AS t WHERE t.tgrelid = $1::oid)))
    ORDER BY 1, 2, 3`;
}
