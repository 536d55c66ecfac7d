import type { TableFacts } from '../catalog/table-facts.ts';
import { quoteLiteral } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';

/** PL/pgSQL routines that may keep rows of the table that steps aside. */
export interface WholeRowFunctions {
  /** One statement that has sessions forget what they know of them; none when there are none of ours. */
  readonly statements: readonly string[];
  readonly touched: number;
  /** Signatures of those that belong to others: they fail in sessions that have called them before. */
  readonly left: readonly string[];
}

/** A hundredth of a second under the lock; who has more has them touched by hand. */
const MOST_FUNCTIONS = 200;
/** An event is to be read. */
const MOST_NAMED = 20;
/** Somebody else is altering the function in a transaction that is open; it is left then, and the lock held no longer. */
const TOUCH_TIMEOUT_MS = 10;

/**
 * PL/pgSQL keeps the OID of a variable's row type for as long as the session lives, and compares it when the variable is used
 * as a whole: after the exchange that fails with 42804, and with XX000 once the old table is gone. A function that was altered is
 * compiled anew by every session at its next call, even if nothing about it has changed.
 *
 * A body is text, and no catalog says what it reads. So: every routine whose body names the table, or a function
 * whose signature has its row type, which is made anew and needs no touch itself; one too many costs its sessions a compilation.
 */
export async function findWholeRowFunctions(client: Queryable, table: TableFacts): Promise<WholeRowFunctions> {
  const madeAnew = table.functions.filter((one) => one.ofRowType);
  const names = [table.name, ...madeAnew.map((one) => one.name)];
  const rows = await client.query<{ oid: number; signature: string; ours: boolean }>(
    /* sql */ `
    SELECT p.oid, p.oid::pg_catalog.regprocedure::pg_catalog.text AS signature,
           pg_catalog.pg_has_role(p.proowner, 'USAGE') AS ours
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE l.lanname = 'plpgsql'
      AND NOT pg_catalog.starts_with(n.nspname, 'shadowstep')
      AND p.prosrc ~* ANY ($1::pg_catalog.text[])
      AND p.oid::pg_catalog.regprocedure::pg_catalog.text <> ALL ($2::pg_catalog.text[])
    ORDER BY p.oid`,
    [names.map(wordPattern), madeAnew.map((one) => one.signature)],
  );
  const ours = rows.filter((row) => row.ours).slice(0, MOST_FUNCTIONS);
  const left = rows.filter((row) => !ours.includes(row)).slice(0, MOST_NAMED);
  return {
    statements: ours.length === 0 ? [] : [touchStatement(ours.map((row) => row.oid))],
    touched: ours.length,
    left: left.map((row) => row.signature),
  };
}

/** A regular expression for the name as a word, where it is one to PostgreSQL. */
function wordPattern(name: string): string {
  return /^\w+$/.test(name) ? `\\m${name}\\M` : name.replaceAll(/[^\p{L}\p{N}_]/gu, '\\$&');
}

/** Each as it is. One that cannot be altered, as an event trigger may forbid it, is no reason to give the exchange up. */
function touchStatement(oids: readonly number[]): string {
  const body = /* sql */ `
    DECLARE
      one record;
    BEGIN
      PERFORM pg_catalog.set_config('lock_timeout', '${TOUCH_TIMEOUT_MS}', true);
      FOR one IN
        SELECT p.oid::pg_catalog.regprocedure AS signature,
               CASE WHEN p.prosecdef THEN 'SECURITY DEFINER' ELSE 'SECURITY INVOKER' END AS as_it_is
        FROM pg_catalog.pg_proc AS p
        WHERE p.oid = ANY (ARRAY[${oids.join(', ')}]::pg_catalog.oid[])
      LOOP
        BEGIN
          EXECUTE pg_catalog.concat('ALTER ROUTINE ', one.signature, ' ', one.as_it_is);
        EXCEPTION WHEN OTHERS THEN
          NULL;
        END;
      END LOOP;
    END`;
  return /* sql */ `DO ${quoteLiteral(body)}`;
}
