import { staysInFamily } from '../altered-columns.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const alterKey: Check<TableContext> = {
  code: 'AlterKeyColumn',
  title: 'a key column changes only within the integers, or within text and varchar',
  why: 'The change log keeps keys in their old type; the operators of one family compare them with the new one by index.',
  run({ facts, alteredColumns, tableSql }) {
    const keyColumns = new Set(facts.key?.columns.map((column) => column.name));
    return alteredColumns
      .filter((column) => keyColumns.has(column.name) && column.verdict.safe && !staysInFamily(column))
      .map((column) =>
        refuse(
          `Key column ${column.name} of ${tableSql} cannot change from ${column.before.sql} to ${column.after.sql} yet.`,
          '-- In "alter" of the request take another type of the same family (bigint for integer, text for varchar).',
        ),
      );
  },
};
