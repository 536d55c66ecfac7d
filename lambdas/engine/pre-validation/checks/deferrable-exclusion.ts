import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const deferrableExclusion: Check<TableContext> = {
  code: 'DeferrableExclusion',
  title: 'no exclusion constraint is deferrable',
  why: 'The drain lets stale rows give way by ON CONFLICT DO NOTHING, which takes no deferrable constraint.',
  run({ facts, tableSql }) {
    return facts.constraints
      .filter((constraint) => constraint.type === 'exclusion' && constraint.deferrable)
      .map((constraint) =>
        refuse(
          `Constraint ${constraint.name} of ${tableSql} is a deferrable exclusion constraint: ${constraint.definition}`,
          `ALTER TABLE ${tableSql} DROP CONSTRAINT ${formatIdentifier(constraint.name)}; -- and add it again, not DEFERRABLE; builds its index under ACCESS EXCLUSIVE`,
        ),
      );
  },
};
