import type { GrantFacts } from '../../catalog/grant-facts.ts';
import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext, type Verdict } from '../check.ts';

export const foreignGrants: Check<TableContext> = {
  code: 'GrantByAnotherRole',
  title: 'every privilege was granted by the owner',
  why: 'Only the grantor can grant it again on the new table; granted by the owner it would outlive a REVOKE from the grantor.',
  run({ facts, tableSql }) {
    const onTable = verdicts(facts.grants, facts.owner, `TABLE ${tableSql}`);
    const onSequences = facts.sequences
      .filter((sequence) => sequence.kind === 'identity')
      .flatMap((sequence) => verdicts(sequence.grants, facts.owner, `SEQUENCE ${formatTableName(sequence)}`));
    return [...onTable, ...onSequences];
  },
};

function verdicts(grants: readonly GrantFacts[], owner: string, target: string): Verdict[] {
  return grants
    .filter((grant) => grant.grantor !== owner)
    .map((grant) => {
      const column = grant.column === null ? '' : ` (${formatIdentifier(grant.column)})`;
      const privilege = `${grant.privilege}${column} ON ${target}`;
      const grantee = grant.grantee === null ? 'PUBLIC' : formatIdentifier(grant.grantee);
      const grantor = formatIdentifier(grant.grantor);
      const option = grant.grantable ? ' WITH GRANT OPTION' : '';
      return refuse(
        `${privilege} was granted to ${grantee} by ${grant.grantor}, not by the owner ${owner}.`,
        // CASCADE reaches only what the grantor granted on: the line after it grants that again.
        `REVOKE GRANT OPTION FOR ${privilege} FROM ${grantor} CASCADE; ` +
          `GRANT ${privilege} TO ${grantor} WITH GRANT OPTION; GRANT ${privilege} TO ${grantee}${option}; -- as the owner`,
      );
    });
}
