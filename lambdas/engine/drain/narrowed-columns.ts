import type { TableFacts } from '../catalog/table-facts.ts';
import { quoteIdent } from '../postgres/identifier.ts';

export interface NarrowedColumn {
  readonly name: string;
  /** The captured table's type, as format_type() prints it. */
  readonly capturedTypeSql: string;
}

/** Columns whose type the run has changed: the way back to the old table's is a narrower one. */
export function narrowedColumns(old: TableFacts, captured: TableFacts | null): NarrowedColumn[] {
  return (captured?.columns ?? [])
    .filter(({ name, typeSql }) => old.columns.some((column) => column.name === name && column.typeSql !== typeSql))
    .map(({ name, typeSql }) => ({ name, capturedTypeSql: typeSql }));
}

/**
 * plpgsql that raises SQLSTATE 22000 when a row of `from`, s captured and f following, has a value that its narrower column
 * has changed; nothing when no column is narrower.
 */
export function refuseChangedValues(narrowed: readonly NarrowedColumn[], from: string): string {
  if (narrowed.length === 0) {
    return '';
  }
  const changed = narrowed.map(({ name, capturedTypeSql }) => {
    const [there, here] = [`f.${quoteIdent(name)}::${capturedTypeSql}`, `s.${quoteIdent(name)}`];
    // A numeric's scale belongs to its type: 1.5 is 1.50 in numeric(10,2). Of everything else each bit counts.
    return capturedTypeSql.startsWith('numeric')
      ? `${there} IS DISTINCT FROM ${here}`
      : `pg_catalog.record_image_ne(ROW(${there}), ROW(${here}))`;
  });
  return /* sql */ `
      IF EXISTS (SELECT FROM ${from} WHERE ${changed.join(' OR ')}) THEN
        RAISE EXCEPTION USING ERRCODE = '22000', MESSAGE = 'a value does not fit the narrower type';
      END IF;`;
}
