import type { BookRow, Books } from './books.ts';
import type { Family, TableRole } from './family.ts';
import type { Random } from './random.ts';

export interface TortureStatement {
  /** For the numbers and the log of operations: what kind of statement it is. */
  readonly kind: string;
  readonly text: string;
  readonly values?: readonly (string | null)[];
  /** Rows that it must affect or give; undefined where others may have had a hand in it. */
  readonly count?: number;
  /** A prepared statement of this name: its plan outlives the swap. */
  readonly prepared?: string;
  /** SQLSTATEs that other writers may bring about. */
  readonly expects?: readonly string[];
  /** Keys that it is about, for the log of operations. */
  readonly keys?: readonly string[];
}

/** The server's answer is not what the writer's books say. No row values in it. */
export class WrongAnswerError extends Error {}

/** What a writer lends to its operations. */
export interface Hands {
  readonly family: Family;
  readonly books: Books;
  readonly random: Random;
  readonly number: number;
  /** The transaction runs with session_replication_role = replica: no foreign key is looked at, nothing cascades. */
  readonly replica: boolean;
  readonly inTransaction: boolean;
  readonly serverVersionNum: number;
  /** A number below a million that this writer has not used yet. */
  next(): number;
  /** Up to `count` different own rows. */
  pick(table: TableRole, count: number): BookRow[];
  /** Throws WrongAnswerError unless the count is right; then nothing is to be entered in the books. */
  send(statement: TortureStatement): Promise<{ rows: Record<string, unknown>[]; count: number }>;
  /** Rows, columns as text in the order given, over the COPY protocol. */
  copy(table: TableRole, columns: readonly string[], rows: readonly (readonly (string | null)[])[]): Promise<void>;
  /** The statement must be refused with one of these. Only outside a transaction, or within a savepoint. */
  sendRefused(sqlstates: readonly string[], statement: TortureStatement): Promise<void>;
}

export type Operation = (hands: Hands) => Promise<void>;
