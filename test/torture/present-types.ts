import type pg from 'pg';
import type { FamilyTable } from './family.ts';

/** Columns whose values are printed in another way once their type has been changed, all of them numbers. */
const PRINTED_ANEW: Readonly<Record<string, readonly string[]>> = { main: ['rank'] };

/**
 * An account holds values as they were printed when they were written. Of a column whose type has changed since, they are
 * compared through the cast: as the server prints them in the type that the column has now.
 */
export class PresentTypes {
  readonly #texts = new Map<string, ReadonlyMap<string, string>>();

  /** @param valuesOf all that the account has of a column */
  static async of(
    client: pg.ClientBase,
    table: FamilyTable,
    valuesOf: (column: string) => Iterable<string | null | undefined>,
  ): Promise<PresentTypes> {
    const types = new PresentTypes();
    for (const column of PRINTED_ANEW[table.name] ?? []) {
      const { rows } = await client.query<{ type: string }>(
        /* sql */ `
        SELECT format_type(atttypid, atttypmod) AS type
        FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2`,
        [`public.${table.name}`, column],
      );
      const texts = [...new Set(valuesOf(column))].filter((text) => typeof text === 'string');
      const cast = await client.query<{ before: string; now: string }>(
        /* sql */ `SELECT v AS before, v::numeric::${rows[0]?.type}::text AS now FROM unnest($1::text[]) AS v`,
        [texts],
      );
      types.#texts.set(column, new Map(cast.rows.map(({ before, now }) => [before, now])));
    }
    return types;
  }

  text(column: string, value: string | null | undefined): string | null | undefined {
    return typeof value === 'string' ? (this.#texts.get(column)?.get(value) ?? value) : value;
  }
}
