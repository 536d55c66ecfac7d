import type pg from 'pg';
import { keyText } from './books.ts';
import { type Family, familyColumns, tableOf } from './family.ts';
import { PresentTypes } from './present-types.ts';
import type { WalOracle } from './wal-oracle.ts';
import type { TortureWriter } from './writer.ts';
import type { Writers } from './writers.ts';

export interface Checked {
  /** Rows compared with the write-ahead log's account. */
  readonly rows: number;
  /** Rows compared with the writers' books. */
  readonly bookRows: number;
  /** What differs: tables, keys and columns. */
  readonly differences: readonly string[];
}

/**
 * Holds the writers, locks every table, and compares it with two accounts: what was committed under its name, decoded
 * from the write-ahead log, and what each writer was told that it has committed. The second finds what the first cannot:
 * a statement that was answered well and went to a table of another name. Releases the writers.
 */
export async function checkpoint(
  client: pg.ClientBase,
  family: Family,
  writers: Pick<Writers, 'all' | 'hold' | 'release'>,
  oracle: WalOracle,
): Promise<Checked> {
  await writers.hold();
  try {
    await client.query('BEGIN');
    try {
      const tables = family.tables.map((table) => `public.${table.name}`).join(', ');
      await client.query(/* sql */ `LOCK TABLE ${tables} IN SHARE MODE`);
      await oracle.catchUp();
      const differences = [...oracle.impossible];
      let rows = 0;
      for (const table of family.tables) {
        const compared = await oracle.compare(client, table);
        rows += compared.rows;
        differences.push(...compared.differences);
      }
      differences.push(...(await orphans(client, family)));
      let bookRows = 0;
      for (const writer of writers.all.filter((one) => one.booksAreGood)) {
        const compared = await compareBooks(client, family, writer);
        bookRows += compared.rows;
        differences.push(...compared.differences);
      }
      return { rows, bookRows, differences };
    } finally {
      await client.query('ROLLBACK');
    }
  } finally {
    writers.release();
  }
}

/**
 * Rows whose foreign key leads nowhere. The tool would be right to report them, so that they must not come of the writers,
 * whose replica sessions check no foreign key.
 */
async function orphans(client: pg.ClientBase, family: Family): Promise<string[]> {
  const found: string[] = [];
  for (const key of family.foreignKeys) {
    const parent = tableOf(family, key.parent);
    const pairs = key.columns.map((column, at) => `c.${column} = p.${parent.keyColumns[at]}`);
    const { rows } = await client.query<{ key: string }>(/* sql */ `
      SELECT concat_ws(' ', ${tableOf(family, key.child)
        .keyColumns.map((column) => `c.${column}`)
        .join(', ')}) AS key
      FROM public.${key.child} AS c
      WHERE ${key.columns.map((column) => `c.${column} IS NOT NULL`).join(' AND ')}
        AND NOT EXISTS (SELECT FROM public.${key.parent} AS p WHERE ${pairs.join(' AND ')})`);
    found.push(
      ...rows.map((row) => `${key.child} ${row.key}: its ${key.columns.join(', ')} leads to no row of ${key.parent}`),
    );
  }
  return found;
}

async function compareBooks(
  client: pg.ClientBase,
  family: Family,
  writer: TortureWriter,
): Promise<{ rows: number; differences: string[] }> {
  const differences: string[] = [];
  let rows = 0;
  for (const table of family.tables) {
    const booked = new Map(writer.books.rows(table.name).map((row) => [keyText(row.key), row]));
    const present = await PresentTypes.of(client, table, (column) =>
      [...booked.values()].map((row) => row.values[column]),
    );
    const removed = writer.books.removedKeys(table.name);
    const where = `writer ${writer.number}'s books, ${table.name}`;
    for (const row of await writer.ownRows(client, table)) {
      const key = keyText(row.key);
      const should = booked.get(key);
      booked.delete(key);
      rows += 1;
      const wrong = familyColumns(table).filter(
        (column) => present.text(column, should?.values[column]) !== row.values[column],
      );
      if (should === undefined) differences.push(`${where} ${key}: ${removed.has(key) ? 'was removed' : 'is unknown'}`);
      else if (wrong.length > 0) differences.push(`${where} ${key}: wrong in ${wrong.join(', ')}`);
    }
    for (const key of booked.keys()) differences.push(`${where} ${key}: missing`);
  }
  return { rows, differences };
}
