import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { keyText } from './books.ts';
import type { Family, FamilyTable } from './family.ts';
import { PresentTypes } from './present-types.ts';
import { type DecodedRow, parseChange, UNCHANGED } from './test-decoding.ts';

/** Lines fetched at a time; the server goes on to the end of a transaction. */
const LINES_AT_A_TIME = 20_000;

/** Rows of a table by key; each row's columns in the table's order, as text. */
type ReplayedTable = Map<string, readonly (string | null)[]>;

/**
 * The independent account: every change that was committed to the tables **under their names**, decoded from the
 * write-ahead log in the order of the commits and replayed into memory. It shares nothing with the tool: no trigger, no
 * log table, no snapshot. What went to a table of another name (the copy, the old table) is not in it.
 *
 * Needs `wal_level = logical` and the output plugin `test_decoding`, which comes with PostgreSQL. The slot is temporary:
 * it goes with the session.
 */
export class WalOracle {
  readonly #client: pg.ClientBase;
  readonly #family: Family;
  readonly #slot: string;
  readonly #tables = new Map<string, ReplayedTable>();
  /** What cannot be: a row inserted that was there, changed or deleted that was not. */
  readonly impossible: string[] = [];
  changes = 0;

  private constructor(client: pg.ClientBase, family: Family, slot: string) {
    this.#client = client;
    this.#family = family;
    this.#slot = slot;
    for (const table of family.tables) this.#tables.set(`public.${table.name}`, new Map());
  }

  /** `client` is a superuser's, for this alone; the family's tables are there and empty. */
  static async start(client: pg.ClientBase, family: Family): Promise<WalOracle> {
    const slot = `torture_${randomBytes(6).toString('hex')}`;
    await client.query(/* sql */ `SELECT pg_create_logical_replication_slot($1, 'test_decoding', true)`, [slot]);
    return new WalOracle(client, family, slot);
  }

  /** Replays what has been committed so far. */
  async catchUp(): Promise<void> {
    const { rows: at } = await this.#client.query<{ lsn: string }>(
      /* sql */ `SELECT pg_current_wal_flush_lsn()::text AS lsn`,
    );
    for (;;) {
      const { rows } = await this.#client.query<{ data: string }>(
        /* sql */ `
        SELECT data
        FROM pg_logical_slot_get_changes($1, $2::pg_lsn, $3, 'include-xids', '0')`,
        [this.#slot, at[0]?.lsn, LINES_AT_A_TIME],
      );
      for (const { data } of rows) {
        if (data.startsWith('table public.')) this.#replay(data);
      }
      if (rows.length < LINES_AT_A_TIME) return;
    }
  }

  /**
   * Compares a table with the account, column by column as the server prints them, which tells 1.0 from 1.00 and NULL from
   * the empty string. Resolves to the differences, keys and columns only, and to how many rows were compared.
   */
  async compare(client: pg.ClientBase, table: FamilyTable): Promise<{ rows: number; differences: string[] }> {
    const columns = Object.keys(table.types);
    const { rows } = await client.query<{ row: (string | null)[] }>(
      /* sql */ `SELECT ARRAY[${columns.map((column) => `${column}::text`).join(', ')}] AS row FROM ONLY public.${table.name}`,
    );
    const replayed: ReplayedTable = this.#tables.get(`public.${table.name}`) ?? new Map();
    const at = (column: string) => columns.indexOf(column);
    const present = await PresentTypes.of(client, table, (column) =>
      [...replayed.values()].map((values) => values[at(column)]),
    );
    const differences: string[] = [];
    const seen = new Set<string>();
    for (const { row } of rows) {
      const key = keyOf(table, columns, row);
      const should = replayed.get(key);
      const wrong = columns.filter(
        (column, place) => should !== undefined && present.text(column, should[place]) !== row[place],
      );
      if (seen.has(key)) differences.push(`${table.name} ${key}: twice`);
      else if (should === undefined) differences.push(`${table.name} ${key}: must not be there`);
      else if (wrong.length > 0) differences.push(`${table.name} ${key}: wrong in ${wrong.join(', ')}`);
      seen.add(key);
    }
    for (const key of replayed.keys()) if (!seen.has(key)) differences.push(`${table.name} ${key}: missing`);
    return { rows: rows.length, differences };
  }

  #replay(line: string): void {
    const change = parseChange(line);
    this.changes += 1;
    if (change.kind === 'truncate') {
      for (const name of change.tables) this.#tables.get(name)?.clear();
      return;
    }
    const table = this.#family.tables.find((one) => `public.${one.name}` === change.table);
    const rows = this.#tables.get(change.table);
    if (table === undefined || rows === undefined) return;
    const decoded = change.kind === 'delete' ? change.oldKey : change.row;
    const key = decodedKey(table, decoded);
    const oldKey = change.kind === 'update' && change.oldKey !== null ? decodedKey(table, change.oldKey) : key;
    const before = rows.get(oldKey);
    if ((change.kind === 'insert') !== (before === undefined)) {
      this.impossible.push(`${table.name} ${oldKey}: ${change.kind}, though the row was ${before ? '' : 'not '}there`);
    }
    rows.delete(oldKey);
    if (change.kind === 'delete') return;
    if (oldKey !== key && rows.has(key)) this.impossible.push(`${table.name} ${key}: key change onto another row`);
    rows.set(
      key,
      Object.keys(table.types).map((column, at) => {
        const value = change.row.get(column);
        return value === UNCHANGED || value === undefined ? (before?.[at] ?? null) : value;
      }),
    );
  }
}

function decodedKey(table: FamilyTable, row: DecodedRow): string {
  return keyText(table.keyColumns.map((column) => String(row.get(column))));
}

function keyOf(table: FamilyTable, columns: readonly string[], row: readonly (string | null)[]): string {
  return keyText(table.keyColumns.map((column) => String(row[columns.indexOf(column)])));
}
