import { type Check, type TableContext, warn } from '../check.ts';

export const alterPreparedStatements: Check<TableContext> = {
  code: 'ResultTypeChanges',
  title: 'the application can stand another result type',
  why: 'A prepared SELECT * fails once after the swap: “cached plan must not change result type” (PostgreSQL’s own rule).',
  onlyWarns: true,
  run({ alteredColumns, tableSql }) {
    const names = alteredColumns.map((column) => column.name).join(', ');
    return alteredColumns.length === 0
      ? []
      : [
          warn(
            `The type of ${names} of ${tableSql} changes at the swap: a statement prepared before that returns it fails with “cached plan must not change result type” until its session prepares it anew.`,
          ),
        ];
  },
};
