import { nearNames } from '../../near-names.ts';
import { changesOf } from '../altered-columns.ts';
import { type Check, refuse, type TableContext, type Verdict } from '../check.ts';

export const alterNames: Check<TableContext> = {
  code: 'AlterUnknownName',
  title: 'alter names columns and types that exist, each column once',
  why: 'A wrong name would only be noticed at SETUP, and PostgreSQL changes a column’s type once in a statement.',
  run({ alter, alteredColumns, facts, tableSql }) {
    const columns = facts.columns.map((column) => column.name);
    const seen = new Set<string>();
    return changesOf(alter).flatMap((change): Verdict[] => {
      if (!columns.includes(change.column)) {
        const [near] = nearNames(change.column, columns);
        return [
          refuse(
            `${tableSql} has no column ${change.column}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
            '-- Mend "alter" in the request.',
          ),
        ];
      }
      if (seen.has(change.column)) {
        return [
          refuse(`Column ${change.column} is changed twice.`, '-- Leave one of the changes in "alter" of the request.'),
        ];
      }
      seen.add(change.column);
      return alteredColumns.some((column) => column.name === change.column)
        ? []
        : [
            refuse(
              `There is no type ${change.targetTypeSql} to give to column ${change.column}, or it is one that no cast is known to be safe to.`,
              '-- Mend "alter" in the request; types outside pg_catalog are written with their schema.',
            ),
          ];
    });
  },
};
