import type { PublicationFacts } from '../catalog/dependent-facts.ts';
import { columnList, quoteIdent } from '../postgres/identifier.ts';

/**
 * Takes the table that steps aside out of its publications. In one transaction with `publish`, and after the last drain:
 * the decoder sees the catalog as it was at each change, so that ours are in no publication and the application's in
 * exactly one. ONLY: a membership is a table's own, not its children's. Takes SHARE UPDATE EXCLUSIVE on the table; the role owns the publication.
 */
export function unpublish(publications: readonly PublicationFacts[], table: string): string[] {
  return publications.map((one) => /* sql */ `ALTER PUBLICATION ${quoteIdent(one.name)} DROP TABLE ONLY ${table}`);
}

/** Puts the table that bears the name now into the publications, with the same column list and row filter. */
export function publish(publications: readonly PublicationFacts[], table: string): string[] {
  return publications.map((one) => {
    const columns = one.columns === null ? '' : ` (${columnList(one.columns)})`;
    const filter = one.filter === null ? '' : ` WHERE (${one.filter})`;
    return /* sql */ `ALTER PUBLICATION ${quoteIdent(one.name)} ADD TABLE ONLY ${table}${columns}${filter}`;
  });
}
