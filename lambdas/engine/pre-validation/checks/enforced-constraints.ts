import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const enforcedConstraints: Check<TableContext> = {
  code: 'NotEnforcedConstraint',
  title: 'every constraint is enforced',
  why: 'NOT ENFORCED (PostgreSQL 18) is not carried over yet.',
  run({ facts, tableSql }) {
    const own = facts.constraints
      .filter((constraint) => !constraint.enforced)
      .map((constraint) => ({ name: constraint.name, bearer: tableSql }));
    const foreign = [...facts.foreignKeysOut, ...facts.foreignKeysIn]
      .filter((key) => !key.enforced)
      .map((key) => ({ name: key.name, bearer: formatTableName(key.table) }));
    return [...own, ...foreign].map(({ name, bearer }) =>
      refuse(
        `Constraint ${name} of ${bearer}, which ${tableSql} takes part in, is NOT ENFORCED.`,
        `ALTER TABLE ${bearer} DROP CONSTRAINT ${formatIdentifier(name)}; -- and add it again after the run`,
      ),
    );
  },
};
