import { type Check, refuse, type TableContext, type Verdict } from '../check.ts';

export const alterCasts: Check<TableContext> = {
  code: 'AlterCastNotSafe',
  title: 'every cast of alter can neither fail nor lose anything, whatever the rows hold',
  why: 'A row that the cast refuses would stop the run halfway, and one that it changes would be damaged.',
  run({ alteredColumns, tableSql }) {
    return alteredColumns.flatMap((column): Verdict[] => {
      const remedy = '-- Take it out of "alter" in the request.';
      if (!column.verdict.safe) {
        return [refuse(`Column ${column.name} of ${tableSql}: ${column.verdict.reason}.`, remedy)];
      }
      return column.lostCollation === null
        ? []
        : [
            refuse(
              `Column ${column.name} of ${tableSql} has collation ${column.lostCollation}, which ALTER COLUMN … TYPE would exchange for the type’s own.`,
              remedy,
            ),
          ];
    });
  },
};
