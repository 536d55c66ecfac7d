import { quoteLiteral } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import type { ChangeLogNames } from './change-log.ts';
import { CAPTURE_TRIGGERS } from './triggers.ts';

/** What is between the triggers' part of a mark and the log's. */
const PARTED_BY = '|';

/**
 * A mark that changes whenever somebody drops, disables, re-enables or renames a capture trigger, replaces or alters one of
 * their functions, or alters the change log or the schema it is in: a change of a row in the meantime may have gone unlogged, even if all looks as
 * it did before. Row versions of the catalog (`xmin`) tell that, by which VACUUM and ANALYZE do not show (they write in
 * place). NULL when the triggers are not all there and enabled, or the log is gone. An expression of the table's OID, so
 * that the swap's block can record it.
 */
export function captureMarkSql(tableOid: string, names: ChangeLogNames): string {
  const triggers = `ARRAY[${CAPTURE_TRIGGERS.map(quoteLiteral).join(', ')}]::pg_catalog.name[]`;
  const versions = (from: string) => /* sql */ `
        SELECT v.classoid || ':' || v.object || ':' || v.xmin FROM (${from}) AS v(classoid, object, xmin)`;
  return /* sql */ `(
    SELECT CASE WHEN pg_catalog.count(*) = ${CAPTURE_TRIGGERS.length}
                THEN pg_catalog.string_agg(t.tgname || ':' || t.oid || ':' || t.xmin, ',' ORDER BY t.tgname) END
    FROM pg_catalog.pg_trigger AS t
    WHERE t.tgrelid = ${tableOid} AND t.tgenabled = 'A' AND t.tgname = ANY (${triggers})
  ) || '${PARTED_BY}' || (
    SELECT COALESCE(pg_catalog.md5(pg_catalog.string_agg(part.of_the_log, ',' ORDER BY part.of_the_log)), 'gone')
    FROM pg_catalog.pg_namespace AS n
    JOIN pg_catalog.pg_class AS l ON l.relnamespace = n.oid AND l.relname = ${quoteLiteral(names.log)}
    CROSS JOIN LATERAL (
      ${[
        // While the owner of the functions may not use the schema, nothing is logged.
        `SELECT 'schema', n.oid::pg_catalog.text, n.xmin`,
        `SELECT 'class', l.oid::pg_catalog.text, l.xmin`,
        `SELECT 'column', a.attnum::pg_catalog.text, a.xmin FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = l.oid`,
        `SELECT 'index', x.indexrelid::pg_catalog.text, x.xmin FROM pg_catalog.pg_index AS x WHERE x.indrelid = l.oid`,
        `SELECT 'constraint', k.oid::pg_catalog.text, k.xmin FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = l.oid`,
        `SELECT 'trigger', t.oid::pg_catalog.text, t.xmin FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = l.oid`,
        `SELECT 'rule', r.oid::pg_catalog.text, r.xmin FROM pg_catalog.pg_rewrite AS r WHERE r.ev_class = l.oid`,
        `SELECT 'sequence', q.seqrelid::pg_catalog.text, q.xmin
         FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = d.objid
         WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = l.oid AND d.deptype = 'i'`,
        `SELECT 'function', p.oid::pg_catalog.text, p.xmin FROM pg_catalog.pg_proc AS p
         WHERE p.pronamespace = n.oid AND pg_catalog.starts_with(p.proname, ${quoteLiteral(`${names.log}_`)})`,
      ]
        .map(versions)
        .join(' UNION ALL ')}
    ) AS part(of_the_log)
    WHERE n.nspname = ${quoteLiteral(names.schema)}
  )`;
}

/** What of the capture is not as it was left: null when all is. */
export type CaptureDamage = 'a trigger' | 'the log or a function';

/** Compares the mark as it is now with the one that was recorded when the triggers were made. */
export async function captureDamage(
  client: Queryable,
  tableOid: number,
  names: ChangeLogNames,
  recorded: string,
): Promise<CaptureDamage | null> {
  const [row] = await client.query<{ mark: string | null }>(
    /* sql */ `SELECT ${captureMarkSql('$1::pg_catalog.oid', names)} AS mark`,
    [tableOid],
  );
  const now = row?.mark ?? null;
  if (now === recorded) {
    return null;
  }
  const triggersOf = (mark: string) => mark.slice(0, mark.lastIndexOf(PARTED_BY));
  return now !== null && triggersOf(now) === triggersOf(recorded) ? 'the log or a function' : 'a trigger';
}
