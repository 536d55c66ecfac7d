import type { GrantFacts } from '../catalog/grant-facts.ts';
import { quoteIdent } from '../postgres/identifier.ts';

export interface GrantTarget {
  readonly kind: 'TABLE' | 'SEQUENCE' | 'ROUTINE';
  /** Quoted and qualified. */
  readonly sql: string;
  readonly owner: string;
}

function grantee(grant: GrantFacts): string {
  return grant.grantee === null ? 'PUBLIC' : quoteIdent(grant.grantee);
}

/** The column's place is behind the privilege: SELECT ("a"). Privileges are PostgreSQL's own words, from aclexplode(). */
function privilege(grant: GrantFacts): string {
  return grant.column === null ? grant.privilege : `${grant.privilege} (${quoteIdent(grant.column)})`;
}

function sameGrant(one: GrantFacts, other: GrantFacts): boolean {
  return (
    one.grantee === other.grantee &&
    one.privilege === other.privilege &&
    one.grantable === other.grantable &&
    one.column === other.column
  );
}

function grantStatement(target: GrantTarget, grant: GrantFacts): string {
  const option = grant.grantable ? ' WITH GRANT OPTION' : '';
  return /* sql */ `GRANT ${privilege(grant)} ON ${target.kind} ${target.sql} TO ${grantee(grant)}${option}`;
}

/** Table-level grants first: taking one away takes the columns' of the same privilege along. */
function tableLevelFirst(grants: readonly GrantFacts[]): GrantFacts[] {
  return [...grants.filter((grant) => grant.column === null), ...grants.filter((grant) => grant.column !== null)];
}

/**
 * GRANTs to everybody but the owner, for an object that only the owner has rights on. The owner's own revocations come in
 * the swap (`ensureGrants`), because until then we write through its rights.
 */
export function grantsToOthers(target: GrantTarget, wanted: readonly GrantFacts[]): string[] {
  return tableLevelFirst(wanted)
    .filter((grant) => grant.grantee !== target.owner)
    .map((grant) => grantStatement(target, grant));
}

/**
 * What turns the grants `present` into `wanted`, the owner's included; nothing when they are equal. Each is executed as
 * the owner, so the owner is the grantor; grants by others are refused before a run begins.
 */
export function ensureGrants(
  target: GrantTarget,
  wanted: readonly GrantFacts[],
  present: readonly GrantFacts[],
): string[] {
  const revoked = tableLevelFirst(present).filter((grant) => !wanted.some((one) => sameGrant(one, grant)));
  const left = present.filter(
    (grant) =>
      !revoked.some(
        (gone) =>
          gone.grantee === grant.grantee &&
          gone.privilege === grant.privilege &&
          (gone.column === null || gone.column === grant.column),
      ),
  );
  return [
    ...revoked.map(
      (grant) => /* sql */ `REVOKE ${privilege(grant)} ON ${target.kind} ${target.sql} FROM ${grantee(grant)}`,
    ),
    ...tableLevelFirst(wanted)
      .filter((grant) => !left.some((one) => sameGrant(one, grant)))
      .map((grant) => grantStatement(target, grant)),
  ];
}
