import assert from 'node:assert/strict';
import type pg from 'pg';

/** What a writer knows of one of its rows; everything as text, as the server prints it. */
export interface AccountRow {
  /** Values of the key columns. */
  readonly key: readonly string[];
  readonly code: string;
  readonly status: string;
  readonly slot: string | null;
  readonly total: string;
  readonly note: string | null;
  /** How many rows of `order_lines` hang on it. */
  readonly lines: number;
}

/** Separates the columns of a key in an account's map. */
const SEPARATOR = '\u001f';

export function keyText(key: readonly string[]): string {
  return key.join(SEPARATOR);
}

/**
 * A writer's own books: which of its rows the table must hold. What a transaction does is entered in a layer of its
 * own, which joins the one below at COMMIT (or RELEASE) and is dropped at ROLLBACK.
 */
export class WriterAccount {
  readonly #layers: Map<string, AccountRow | null>[] = [new Map()];

  get(text: string): AccountRow | null | undefined {
    for (let layer = this.#layers.length - 1; layer >= 0; layer -= 1) {
      const row = this.#layers[layer]?.get(text);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  put(row: AccountRow): void {
    this.#top().set(keyText(row.key), row);
  }

  /** The key must not be in the table: remembered as well, since a row that comes back is a fault. */
  remove(key: readonly string[]): void {
    this.#top().set(keyText(key), null);
  }

  begin(): void {
    this.#layers.push(new Map());
  }

  commit(): void {
    const layer = this.#layers.pop();
    for (const [text, row] of layer ?? []) this.#top().set(text, row);
  }

  rollback(): void {
    this.#layers.pop();
  }

  /** The whole transaction, savepoints included. */
  rollbackAll(): void {
    this.#layers.splice(1);
  }

  rows(): AccountRow[] {
    const merged = new Map(this.#layers.flatMap((layer) => [...layer]));
    return [...merged.values()].filter((row) => row !== null);
  }

  /** Every key that this writer ever had, in the table or not. */
  keys(): string[] {
    return this.#layers.flatMap((layer) => [...layer.keys()]);
  }

  #top(): Map<string, AccountRow | null> {
    const top = this.#layers.at(-1);
    assert.ok(top, 'The account has no layer');
    return top;
  }
}

/** The key as one text, as `keyText` makes it. */
export function keyExpression(keyColumns: readonly string[]): string {
  return keyColumns.map((column) => `o.${column}::text`).join(` || '${SEPARATOR}' || `);
}

/** Rows of `orders`, restricted or ordered by `clauses` (alias `o`), with the number of their lines. */
export async function readRows(
  client: pg.ClientBase,
  keyColumns: readonly string[],
  clauses: string,
  values: readonly unknown[],
): Promise<AccountRow[]> {
  const matches = keyColumns.map((column) => `l.${column} = o.${column}`).join(' AND ');
  const { rows } = await client.query<AccountRow>(
    /* sql */ `
    SELECT ARRAY[${keyColumns.map((column) => `o.${column}::text`).join(', ')}] AS key,
           o.code, o.status, o.slot::text AS slot, o.total::text AS total, o.note,
           (SELECT count(*)::integer FROM public.order_lines AS l WHERE ${matches}) AS lines
    FROM public.orders AS o
    ${clauses}`,
    [...values],
  );
  return rows;
}

/**
 * Compares the table with what the writers committed, independent of the product's own verification. Throws with the
 * first differences.
 */
export async function expectAccountedRows(
  client: pg.ClientBase,
  accounts: readonly WriterAccount[],
  keyColumns: readonly string[],
  tag: string,
): Promise<void> {
  const expected = new Map(accounts.flatMap((account) => account.rows()).map((row) => [keyText(row.key), row]));
  const everHad = accounts.flatMap((account) => account.keys());
  const found = await readRows(
    client,
    keyColumns,
    /* sql */ `WHERE o.email LIKE $1 || '%' OR ${keyExpression(keyColumns)} = ANY ($2::text[])`,
    [tag, everHad],
  );
  const differences: string[] = [];
  const seen = new Set<string>();
  for (const row of found) {
    const text = keyText(row.key);
    const should = expected.get(text);
    if (seen.has(text)) differences.push(`twice: ${JSON.stringify(row)}`);
    else if (should === undefined) differences.push(`must not be there: ${JSON.stringify(row)}`);
    else if (!sameRow(row, should)) differences.push(`is ${JSON.stringify(row)}, must be ${JSON.stringify(should)}`);
    seen.add(text);
  }
  for (const [text, row] of expected) if (!seen.has(text)) differences.push(`missing: ${JSON.stringify(row)}`);
  if (differences.length === 0) return;
  throw new assert.AssertionError({
    message: `${differences.length} of the writers' ${expected.size} rows differ:\n${differences.slice(0, 10).join('\n')}`,
  });
}

export function sameRow(one: AccountRow, other: AccountRow): boolean {
  return (
    keyText(one.key) === keyText(other.key) &&
    one.code === other.code &&
    one.status === other.status &&
    one.slot === other.slot &&
    one.total === other.total &&
    one.note === other.note &&
    one.lines === other.lines
  );
}
