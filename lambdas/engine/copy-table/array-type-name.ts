import type { TableFacts } from '../catalog/table-facts.ts';
import { qualified, quoteIdent, quoteLiteral } from '../postgres/identifier.ts';

/**
 * The statements that create the copy, between two that keep its array type from a name that is taken in the source's schema.
 * PostgreSQL names it `_item`, or, where that is taken, `_item_1` and so on; it goes along when the copy changes its schema, and
 * the swap would fail where the name is another type's: of one that somebody has made, or the array of a table whose name is
 * nearly as long and begins alike. So names of that kind that are taken there, but for the one that the source's own array type
 * has and takes away with it, are taken by domains in the run's schema too while the copy is made. What the array type is called
 * shows nowhere: SQL writes item[].
 */
export function withFreeArrayTypeName(facts: TableFacts, copySchema: string, createCopy: readonly string[]): string[] {
  return [placeholders(facts, copySchema), ...createCopy, dropPlaceholders(copySchema)];
}

/** A name is cut at 63 bytes, number and all: a long one's end does not count. */
function placeholders(facts: TableFacts, copySchema: string): string {
  const body = /* sql */ `
    DECLARE
      taken record;
    BEGIN
      FOR taken IN
        SELECT t.typname
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_type AS own ON own.oid = c.reltype
        JOIN pg_catalog.pg_type AS t ON t.typnamespace = c.relnamespace AND t.oid <> own.typarray
        WHERE c.oid = ${quoteLiteral(qualified(facts))}::pg_catalog.regclass
          AND pg_catalog.starts_with(t.typname, '_' || CASE WHEN pg_catalog.octet_length(c.relname) > 55
                                                            THEN pg_catalog.left(c.relname, -8) ELSE c.relname END)
      LOOP
        EXECUTE pg_catalog.concat(${quoteLiteral(`CREATE DOMAIN ${quoteIdent(copySchema)}.`)},
                                  pg_catalog.quote_ident(taken.typname), ' AS pg_catalog.int4');
      END LOOP;
    END`;
  return /* sql */ `DO ${quoteLiteral(body)}`;
}

/** The run's schema has no other domains. */
function dropPlaceholders(copySchema: string): string {
  const body = /* sql */ `
    DECLARE
      taken record;
    BEGIN
      FOR taken IN
        SELECT t.typname FROM pg_catalog.pg_type AS t
        WHERE t.typtype = 'd' AND t.typnamespace = ${quoteLiteral(quoteIdent(copySchema))}::pg_catalog.regnamespace
      LOOP
        EXECUTE pg_catalog.concat(${quoteLiteral(`DROP DOMAIN ${quoteIdent(copySchema)}.`)},
                                  pg_catalog.quote_ident(taken.typname));
      END LOOP;
    END`;
  return /* sql */ `DO ${quoteLiteral(body)}`;
}
