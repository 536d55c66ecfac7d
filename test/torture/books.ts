import assert from 'node:assert/strict';
import type { TableRole } from './family.ts';

/** All columns of a row as text, as the server prints them. */
export type RowValues = Readonly<Record<string, string | null>>;

export interface BookRow {
  readonly table: TableRole;
  readonly key: readonly string[];
  readonly values: RowValues;
}

/** Separates the columns of a key. */
const SEPARATOR = '\u001f';

export function keyText(key: readonly string[]): string {
  return key.join(SEPARATOR);
}

/**
 * What one writer knows of its own rows. What a transaction does is entered in a layer of its own, which joins the one
 * below at COMMIT (or RELEASE) and is dropped at ROLLBACK.
 */
export class Books {
  #layers: Map<string, BookRow | null>[] = [new Map()];

  get(table: TableRole, key: readonly string[]): BookRow | undefined {
    const place = placeOf(table, key);
    for (let at = this.#layers.length - 1; at >= 0; at -= 1) {
      const row = this.#layers[at]?.get(place);
      if (row !== undefined) return row ?? undefined;
    }
    return undefined;
  }

  put(row: BookRow): void {
    this.#top().set(placeOf(row.table, row.key), row);
  }

  /** The key must not be there: remembered as well, since a row that comes back is a fault. */
  remove(row: Pick<BookRow, 'table' | 'key'>): void {
    this.#top().set(placeOf(row.table, row.key), null);
  }

  rows(table: TableRole): BookRow[] {
    return [...this.#merged().values()].filter((row) => row?.table === table) as BookRow[];
  }

  /** Keys of rows that this writer took away. */
  removedKeys(table: TableRole): Set<string> {
    const prefix = placeOf(table, []);
    const gone = [...this.#merged()].filter(([place, row]) => row === null && place.startsWith(prefix));
    return new Set(gone.map(([place]) => place.slice(prefix.length)));
  }

  /** Somebody has emptied the tables, for good: what was entered so far is gone, and must not come back. */
  empty(tables: readonly TableRole[]): void {
    const prefixes = tables.map((table) => placeOf(table, []));
    const [first] = this.#layers;
    for (const layer of this.#layers) {
      for (const place of [...layer.keys()].filter((one) => prefixes.some((prefix) => one.startsWith(prefix)))) {
        layer.delete(place);
        first?.set(place, null);
      }
    }
  }

  begin(): void {
    this.#layers.push(new Map());
  }

  commit(): void {
    const layer = this.#layers.pop();
    for (const [place, row] of layer ?? []) this.#top().set(place, row);
  }

  rollback(): void {
    this.#layers.pop();
  }

  /** The whole transaction, savepoints included. */
  rollbackAll(): void {
    this.#layers.splice(1);
  }

  /** Begins anew with what the table holds. */
  adopt(rows: readonly BookRow[]): void {
    this.#layers = [new Map(rows.map((row) => [placeOf(row.table, row.key), row]))];
  }

  #merged(): Map<string, BookRow | null> {
    const [first] = this.#layers;
    return this.#layers.length === 1 && first !== undefined
      ? first
      : new Map(this.#layers.flatMap((layer) => [...layer]));
  }

  #top(): Map<string, BookRow | null> {
    const top = this.#layers.at(-1);
    assert.ok(top, 'The books have no layer');
    return top;
  }
}

function placeOf(table: TableRole, key: readonly string[]): string {
  return `${table}\u001e${keyText(key)}`;
}
