import type { Queryable } from '../../postgres/session.ts';
import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type AlteredColumn, staysInFamily } from '../altered-columns.ts';
import { type Check, refuse, type TableContext, type Verdict } from '../check.ts';

interface User {
  readonly kind: string;
  readonly name: string;
}

export const alterUsers: Check<TableContext> = {
  code: 'AlteredColumnInUse',
  title:
    'no index expression or predicate, CHECK, exclusion, generated column, trigger condition, view, materialized view, rule, policy, function, row filter or column list uses a column of alter',
  why: 'Its meaning may change with the type, and PostgreSQL keeps the types of a view’s columns; a plain column of an index, in UPDATE OF, or a CHECK within one type family is harmless.',
  async run({ session, facts, alteredColumns, tableSql }) {
    const verdicts: Verdict[] = [];
    for (const column of alteredColumns) {
      const users = [
        ...(await usersOf(session, facts.oid, column.number)),
        ...(await followersOf(session, facts.oid, column.number)),
      ];
      for (const user of users.filter((one) => !isHarmless(one, column))) {
        verdicts.push(
          refuse(
            `Column ${column.name} of ${tableSql} is used by the ${user.kind} ${user.name}, so its type cannot be changed yet.`,
            `${dropStatement(user, facts.schema, tableSql)} -- and create it again after the run`,
          ),
        );
      }
    }
    return verdicts;
  },
};

/**
 * A CHECK stands on the copy before its type changes, so PostgreSQL itself makes it anew for the new type, as in a plain
 * ALTER TABLE; within a family the same values pass it (bigint to numeric would turn 5/2 from 2 into 2.5).
 */
function isHarmless(user: User, column: AlteredColumn): boolean {
  return user.kind === 'CHECK constraint' && staysInFamily(column);
}

function dropStatement(user: User, schema: string, tableSql: string): string {
  const name = formatIdentifier(user.name);
  switch (user.kind) {
    case 'view':
    case 'materialized view':
    case 'rule':
    case 'policy':
    case 'function':
    case 'procedure':
      return `DROP ${user.kind.toUpperCase()} ${user.name};`;
    case 'publication':
      return `ALTER PUBLICATION ${name} DROP TABLE ${tableSql};`;
    case 'trigger':
      return `DROP TRIGGER ${name} ON ${tableSql};`;
    case 'generated column':
      return `ALTER TABLE ${tableSql} DROP COLUMN ${name};`;
    case 'index':
      return `DROP INDEX CONCURRENTLY ${formatTableName({ schema, name: user.name })};`;
    default:
      return `ALTER TABLE ${tableSql} DROP CONSTRAINT ${name};`;
  }
}

/**
 * pg_depend holds an index once for a plain column and once more for its expressions and predicate (index_create()), so
 * a second row, or a row for a column that is no plain one, is a use in an expression. The index of a constraint has no
 * row for its plain columns: the constraint has it.
 */
function usersOf(client: Queryable, tableOid: number, columnNumber: number): Promise<User[]> {
  return client.query<User>(
    /* sql */ `
    SELECT 'CHECK constraint' AS kind, k.conname::text AS name
    FROM pg_constraint AS k
    WHERE k.conrelid = $1::oid AND k.contype = 'c' AND $2::int2 = ANY (k.conkey)
    UNION
    SELECT 'exclusion constraint', k.conname::text
    FROM pg_constraint AS k
    WHERE k.conrelid = $1::oid AND k.contype = 'x'
      AND EXISTS (SELECT FROM pg_depend AS d
                  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND d.refobjsubid = $2::int2
                    AND ((d.classid = 'pg_constraint'::regclass AND d.objid = k.oid)
                      OR (d.classid = 'pg_class'::regclass AND d.objid = k.conindid)))
    UNION
    SELECT 'trigger', t.tgname::text
    FROM pg_depend AS d
    JOIN pg_trigger AS t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND d.refobjsubid = $2::int2
      AND t.tgqual IS NOT NULL AND NOT t.tgisinternal
    UNION
    -- By its expression from 15 on; 14 has the column itself depend on the other.
    SELECT 'generated column', a.attname::text
    FROM pg_depend AS d
    LEFT JOIN pg_attrdef AS def ON d.classid = 'pg_attrdef'::regclass AND def.oid = d.objid
    JOIN pg_attribute AS a ON a.attgenerated <> '' AND a.attrelid = $1::oid
      AND (a.attnum = def.adnum OR (d.classid = 'pg_class'::regclass AND d.objid = $1::oid AND a.attnum = d.objsubid))
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND d.refobjsubid = $2::int2
      AND (def.adrelid = $1::oid OR def.oid IS NULL)
    UNION
    SELECT 'index', c.relname::text
    FROM pg_index AS x
    JOIN pg_class AS c ON c.oid = x.indexrelid
    WHERE x.indrelid = $1::oid
      AND (x.indpred IS NOT NULL OR x.indexprs IS NOT NULL)
      AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = x.indexrelid AND k.contype = 'x')
      AND (SELECT count(*) FROM pg_depend AS d
           WHERE d.classid = 'pg_class'::regclass AND d.objid = x.indexrelid
             AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND d.refobjsubid = $2::int2)
          > CASE WHEN $2::int2 = ANY (x.indkey::int2[]) THEN 1 ELSE 0 END
    ORDER BY 1, 2`,
    [tableOid, columnNumber],
  );
}

/**
 * What follows to the new table and holds the column, named as pg_identify_object() writes it. A plain ALTER TABLE refuses
 * them as well.
 */
function followersOf(client: Queryable, tableOid: number, columnNumber: number): Promise<User[]> {
  return client.query<User>(
    /* sql */ `
    SELECT i.type AS kind, i.identity AS name
    FROM pg_depend AS d
    LEFT JOIN pg_rewrite AS r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid AND r.rulename = '_RETURN'
    CROSS JOIN LATERAL pg_identify_object(
      CASE WHEN r.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass END, COALESCE(r.ev_class, d.objid), 0) AS i
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND d.refobjsubid = $2::int2
      AND d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass)
    UNION
    -- By its column list or its row filter: pg_depend does not tell which.
    SELECT 'publication', pub.pubname::text
    FROM pg_publication_rel AS pr
    JOIN pg_publication AS pub ON pub.oid = pr.prpubid
    JOIN pg_depend AS d ON d.classid = 'pg_publication_rel'::regclass AND d.objid = pr.oid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::oid AND d.refobjsubid = $2::int2
    ORDER BY 1, 2`,
    [tableOid, columnNumber],
  );
}
