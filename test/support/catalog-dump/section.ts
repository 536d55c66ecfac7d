/** A kind of object: one statement that gives an identity and its facts, one line (or some) each. */
export interface Section {
  readonly kind: string;
  /** Columns: `identity text`, `facts text[]` (NULL elements are left out). */
  readonly sql: string;
}

/** Restricts a pg_namespace alias to what the dump shows. */
export function shown(namespace: string): string {
  return /* sql */ `(${namespace}.nspname !~ '^(shadowstep|pg_)' AND ${namespace}.nspname <> 'information_schema')`;
}

/**
 * The grants of an ACL as sorted text[]. An ACL that is NULL means the defaults of its kind, and is shown as those:
 * a grant and its revocation leave the same dump, as they leave the same privileges.
 */
export function grants(acl: string, kind: string, owner: string): string {
  return grantLines(/* sql */ `coalesce(${acl}, acldefault('${kind}', ${owner}))`);
}

/** The same for an ACL without defaults (columns, default privileges). */
export function grantLines(acl: string): string {
  return /* sql */ `ARRAY(
    SELECT format('grant %s to %s by %s%s',
                  a.privilege_type,
                  CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
                  quote_ident(pg_get_userbyid(a.grantor)),
                  CASE WHEN a.is_grantable THEN ' with grant option' END)
    FROM aclexplode(${acl}) AS a
    ORDER BY 1)`;
}

/** `label: value`, or NULL when the value is NULL. */
export function fact(label: string, value: string): string {
  return /* sql */ `'${label}: ' || (${value})::text`;
}

/** A qualified, quoted name from a namespace alias and a name column. */
export function qualifiedName(namespace: string, name: string): string {
  return /* sql */ `format('%I.%I', ${namespace}.nspname, ${name})`;
}

/** Objects below this OID came with the server. */
export const FIRST_USER_OID = 16_384;
