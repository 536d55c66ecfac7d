import type { FunctionFacts } from '../catalog/dependent-facts.ts';
import { quoteIdent, quoteLiteral } from '../postgres/identifier.ts';
import { commentOn } from './comments.ts';
import { ensureGrants, type GrantTarget } from './grants.ts';

/** Functions whose signature has the row type of the table that steps aside. Nothing depends on them (CARRIED_FUNCTION_CONDITION). */
export function dropFunctionsOfRowType(functions: readonly FunctionFacts[]): string[] {
  return functions.filter((one) => one.ofRowType).map((one) => /* sql */ `DROP ROUTINE ${one.signature}`);
}

/**
 * Functions that hold the table, with that which bears the name now: CREATE OR REPLACE keeps the owner, the grants and
 * the comment of one that is there; one of the row type was dropped, and gets them again. Takes no lock on a relation.
 * check_function_bodies must be off: a body that is a string follows the search_path of whoever calls it, not ours.
 */
export function createFunctions(functions: readonly FunctionFacts[]): string[] {
  return functions.flatMap((one) => [one.definition, ...(one.ofRowType ? adornments(one) : [])]);
}

function adornments(facts: FunctionFacts): string[] {
  const target: GrantTarget = { kind: 'ROUTINE', sql: facts.signature, owner: facts.owner };
  return [
    /* sql */ `ALTER ROUTINE ${target.sql} OWNER TO ${quoteIdent(facts.owner)}`,
    withoutPrivileges(target.sql),
    ...ensureGrants(target, facts.grants, []),
    ...commentOn(`ROUTINE ${target.sql}`, facts.comment),
  ];
}

/** A new function may be executed by everybody, and by whom ALTER DEFAULT PRIVILEGES names: only the server knows whom. */
function withoutPrivileges(target: string): string {
  const body = /* sql */ `
    DECLARE
      held record;
    BEGIN
      FOR held IN
        SELECT DISTINCT g.grantee
        FROM pg_catalog.pg_proc AS p
        CROSS JOIN LATERAL pg_catalog.aclexplode(COALESCE(p.proacl, pg_catalog.acldefault('f', p.proowner))) AS g
        WHERE p.oid = ${quoteLiteral(target)}::pg_catalog.regprocedure
      LOOP
        EXECUTE pg_catalog.concat(${quoteLiteral(`REVOKE ALL ON ROUTINE ${target} FROM `)},
                                  CASE held.grantee WHEN 0 THEN 'PUBLIC'
                                    ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(held.grantee)) END);
      END LOOP;
    END`;
  return /* sql */ `DO ${quoteLiteral(body)}`;
}
