import { formatTableName } from '../../table-name.ts';
import type { AlteredColumn } from '../altered-columns.ts';
import { type Check, refuse, type TableContext, type Verdict } from '../check.ts';

export const alterIndexClasses: Check<TableContext> = {
  code: 'AlterIndexedColumn',
  title: 'every index on a column of alter can be built on the new type',
  why: 'An index names its operator class only where it is not the type’s default, and that class is made for the old type.',
  async run({ session, facts, alteredColumns, tableSql }) {
    const changing = alteredColumns.filter((column) => column.verdict.safe && !isBinaryCoercible(column));
    const verdicts: Verdict[] = [];
    for (const column of changing) {
      const values = [facts.oid, column.number, column.afterOid];
      for (const index of await session.query<{ name: string; method: string }>(unbuildableSql(), values)) {
        const name = formatTableName({ schema: facts.schema, name: index.name });
        verdicts.push(
          refuse(
            `Index ${name} (${index.method}) on column ${column.name} of ${tableSql} cannot be built as it is on ${column.after.sql}.`,
            `DROP INDEX CONCURRENTLY ${name}; -- and create another one after the run`,
          ),
        );
      }
    }
    return verdicts;
  },
};

/** text and varchar share every operator class; so does a type with itself. */
function isBinaryCoercible({ before, after }: AlteredColumn): boolean {
  const texts = ['text', 'varchar'];
  return before.name === after.name || (texts.includes(before.name ?? '') && texts.includes(after.name ?? ''));
}

/** Indexes with another than the default class, or of an access method that has no default class for the new type. */
function unbuildableSql(): string {
  return /* sql */ `
    SELECT DISTINCT c.relname::text AS name, am.amname::text AS method
    FROM pg_index AS x
    JOIN pg_class AS c ON c.oid = x.indexrelid
    JOIN pg_am AS am ON am.oid = c.relam
    CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k(number, place)
    JOIN pg_opclass AS oc ON oc.oid = x.indclass[k.place - 1]
    WHERE x.indrelid = $1::oid
      AND k.number = $2::int2
      AND k.place <= x.indnkeyatts
      AND (NOT oc.opcdefault
           OR NOT EXISTS (SELECT FROM pg_opclass AS other
                          WHERE other.opcmethod = c.relam AND other.opcdefault AND other.opcintype = $3::oid))
    ORDER BY 1`;
}
