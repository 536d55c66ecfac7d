import { formatIdentifier } from '../../table-name.ts';
import { staysInFamily } from '../altered-columns.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const alterForeignKeys: Check<TableContext> = {
  code: 'AlterForeignKeyColumn',
  title: 'a foreign key’s column changes only within the integers, or within text and varchar',
  why: 'The other side keeps its type, and the two are compared by one operator family.',
  async run({ session, facts, alteredColumns, tableSql }) {
    const outside = alteredColumns.filter((column) => !staysInFamily(column));
    if (outside.length === 0) {
      return [];
    }
    const keys = await session.query<{ name: string; bearer: string; number: number }>(
      /* sql */ `
      SELECT DISTINCT k.conname::text AS name, k.conrelid::regclass::text AS bearer, n.number::int4 AS number
      FROM pg_constraint AS k
      CROSS JOIN LATERAL unnest(CASE k.conrelid WHEN $1::oid THEN k.conkey END
                                || CASE k.confrelid WHEN $1::oid THEN k.confkey END) AS n(number)
      WHERE k.contype = 'f'
        AND k.conparentid = 0
        AND n.number = ANY ($2::int2[])
      ORDER BY 1, 2`,
      [facts.oid, outside.map((column) => column.number)],
    );
    return keys.map((key) => {
      const column = outside.find((one) => one.number === key.number);
      return refuse(
        `Column ${column?.name} of ${tableSql} is in foreign key ${key.name} of ${key.bearer}, whose other side would stay ${column?.before.sql}.`,
        `ALTER TABLE ${key.bearer} DROP CONSTRAINT ${formatIdentifier(key.name)}; -- and add it again when both sides have their new type`,
      );
    });
  },
};
