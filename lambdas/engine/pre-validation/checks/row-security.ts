import { type Check, refuse, type TableContext } from '../check.ts';

export const rowSecurity: Check<TableContext> = {
  code: 'RowSecurity',
  title: 'row security is neither enabled nor forced',
  why: 'Policies are not carried over yet, and a table without them would show every row.',
  run({ facts, tableSql }) {
    const changes = [
      facts.rowSecurity ? 'DISABLE ROW LEVEL SECURITY' : null,
      facts.forceRowSecurity ? 'NO FORCE ROW LEVEL SECURITY' : null,
    ].filter((change) => change !== null);
    return changes.length === 0
      ? []
      : [
          refuse(
            `${tableSql} has row security ${facts.rowSecurity ? 'enabled' : 'forced'}, which is not carried over yet.`,
            `ALTER TABLE ${tableSql} ${changes.join(', ')}; -- whoever may read the table then sees every row`,
          ),
        ];
  },
};
