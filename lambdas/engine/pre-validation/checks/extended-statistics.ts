import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const extendedStatistics: Check<TableContext> = {
  code: 'ExtendedStatistics',
  title: 'no two statistics objects of the table have the same name in different schemas',
  why: 'Those of the copy wait in one schema under their own names.',
  run({ facts, tableSql }) {
    const named = facts.statistics.map((one) => one.name);
    return facts.statistics
      .filter((one, index) => named.indexOf(one.name) < index)
      .map((one, index) =>
        refuse(
          `The statistics object ${formatTableName(one)} of ${tableSql} has the name of another one of that table.`,
          `ALTER STATISTICS ${formatTableName(one)} RENAME TO ${formatIdentifier(`${one.name.slice(0, 50)}_${index + 1}`)};`,
        ),
      );
  },
};
