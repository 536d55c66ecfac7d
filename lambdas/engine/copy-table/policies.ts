import type { PolicyFacts } from '../catalog/dependent-facts.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import { commentOn } from './comments.ts';

const COMMANDS = { r: 'SELECT', a: 'INSERT', w: 'UPDATE', d: 'DELETE', '*': 'ALL' } as const;

function on(policy: PolicyFacts): string {
  return `${quoteIdent(policy.name)} ON ${qualified(policy.bearer)}`;
}

function conditions(policy: PolicyFacts): string {
  const using = policy.using === null ? '' : ` USING (${policy.using})`;
  const check = policy.check === null ? '' : ` WITH CHECK (${policy.check})`;
  return `${using}${check}`;
}

/** The table's own policies, to be made anew on the other table: ACCESS EXCLUSIVE, which the caller has. */
export function dropOwnPolicies(policies: readonly PolicyFacts[]): string[] {
  return policies.filter((policy) => policy.own).map((policy) => /* sql */ `DROP POLICY ${on(policy)}`);
}

/** The same on the table that bears the name now. */
export function createOwnPolicies(policies: readonly PolicyFacts[]): string[] {
  return policies
    .filter((policy) => policy.own)
    .flatMap((policy) => [
      /* sql */ `CREATE POLICY ${on(policy)} AS ${policy.permissive ? 'PERMISSIVE' : 'RESTRICTIVE'} FOR ${COMMANDS[policy.command]} TO ${policy.roles
        .map((role) => (role === null ? 'PUBLIC' : quoteIdent(role)))
        .join(', ')}${conditions(policy)}`,
      ...commentOn(`POLICY ${on(policy)}`, policy.comment),
    ]);
}

/** Lets policies of other tables read the table that bears the name now. ACCESS EXCLUSIVE on those tables. */
export function repointPolicies(policies: readonly PolicyFacts[]): string[] {
  return policies
    .filter((policy) => !policy.own)
    .map((policy) => /* sql */ `ALTER POLICY ${on(policy)}${conditions(policy)}`);
}
