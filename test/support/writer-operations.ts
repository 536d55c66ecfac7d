import { type AccountRow, sameRow, type WriterAccount } from './writer-account.ts';

/** One statement of a writer. */
export interface WriterStatement {
  /** For the report. */
  readonly what: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** Rows that it must affect or give. */
  readonly count: number;
  /** A prepared statement of this name: its plan outlives the swap. */
  readonly prepared?: string;
}

/**
 * The server's answer was not what the account says: a row is missing, twice, or not as it was written, or something
 * was accepted that must be refused. No row values in it.
 */
export class WrongAnswerError extends Error {}

/** What a writer lends to its operations. */
export interface WriterHands {
  readonly account: WriterAccount;
  readonly keyColumns: readonly string[];
  /** In `email` of every row that the writer wrote. */
  readonly tag: string;
  /** False where the key has no default. */
  readonly keyHasDefault: boolean;
  /** 0 to below `limit`. */
  integer(limit: number): number;
  newKey(): readonly string[];
  newCode(): string;
  newSlot(): string;
  customer(): number;
  /** Up to `count` different rows of the account. */
  pick(count: number): AccountRow[];
  /** Resolves to the rows. Throws unless the count is right; then nothing is to be entered in the account. */
  send(statement: WriterStatement): Promise<Record<string, unknown>[]>;
  /** The statement must be refused with this SQLSTATE. */
  sendRefused(sqlstate: string, statement: WriterStatement): Promise<void>;
}

export type Operation = (hands: WriterHands) => Promise<void>;

const VALUE_COLUMNS = 'code, customer_id, status, slot, email, total, note';

function newRow(hands: WriterHands, key: readonly string[]): AccountRow {
  return {
    key,
    code: hands.newCode(),
    status: ['new', 'open', 'paid', 'sent'][hands.integer(4)] ?? 'new',
    slot: hands.integer(3) > 0 ? hands.newSlot() : null,
    total: newTotal(hands),
    note: hands.integer(4) > 0 ? 'n'.repeat(hands.integer(300)) : null,
    lines: 0,
  };
}

function newTotal(hands: WriterHands): string {
  return (hands.integer(1_000_000) / 100).toFixed(2);
}

function insertValues(hands: WriterHands, row: AccountRow): unknown[] {
  return [...row.key, row.code, hands.customer(), row.status, row.slot, hands.tag, row.total, row.note];
}

/** `($1, $2, …)`, `rows` times. */
function placeholders(columns: number, rows = 1, from = 1): string {
  return Array.from(
    { length: rows },
    (_, row) => `(${Array.from({ length: columns }, (_, column) => `$${from + row * columns + column}`).join(', ')})`,
  ).join(', ');
}

function keyList(hands: WriterHands): string {
  return hands.keyColumns.join(', ');
}

async function insertRows(hands: WriterHands, rows: readonly AccountRow[]): Promise<void> {
  const columns = hands.keyColumns.length + 7;
  await hands.send({
    what: rows.length > 1 ? 'insert of several rows' : 'insert',
    text: /* sql */ `
      INSERT INTO public.orders (${keyList(hands)}, ${VALUE_COLUMNS}) VALUES ${placeholders(columns, rows.length)}`,
    values: rows.flatMap((row) => insertValues(hands, row)),
    count: rows.length,
    ...(rows.length === 1 ? { prepared: 'insert' } : {}),
  });
  for (const row of rows) hands.account.put(row);
}

async function updateRow(hands: WriterHands, row: AccountRow, changes: Partial<AccountRow>): Promise<AccountRow> {
  const now = { ...row, ...changes };
  await hands.send({
    what: 'update',
    text: /* sql */ `
      UPDATE public.orders
      SET (code, status, slot, email, total, note) = ROW ($1::text, $2::text, $3::integer, $4::text, $5::numeric, $6::text)
      WHERE (${keyList(hands)}) = ${placeholders(row.key.length, 1, 7)}`,
    values: [now.code, now.status, now.slot, hands.tag, now.total, now.note, ...row.key],
    count: 1,
    prepared: 'update',
  });
  hands.account.put(now);
  return now;
}

async function deleteRow(hands: WriterHands, row: AccountRow): Promise<void> {
  await hands.send({
    what: 'delete',
    text: /* sql */ `DELETE FROM public.orders WHERE (${keyList(hands)}) = ${placeholders(row.key.length)}`,
    values: row.key,
    count: 1,
  });
  hands.account.remove(row.key);
}

const insert: Operation = (hands) => insertRows(hands, [newRow(hands, hands.newKey())]);

const insertSeveral: Operation = (hands) =>
  insertRows(
    hands,
    [1, 2, 3].map(() => newRow(hands, hands.newKey())),
  );

/** By the sequence or the default: both must go on after the swap. */
const insertWithDefaultKey: Operation = async (hands) => {
  if (!hands.keyHasDefault) return insert(hands);
  const row = newRow(hands, []);
  const [answer] = await hands.send({
    what: 'insert with the default key',
    text: /* sql */ `
      INSERT INTO public.orders (${VALUE_COLUMNS}) VALUES ${placeholders(7)}
      RETURNING ${hands.keyColumns.map((column) => `${column}::text`).join(', ')}`,
    values: insertValues(hands, row),
    count: 1,
  });
  hands.account.put({ ...row, key: hands.keyColumns.map((column) => String(answer?.[column])) });
};

const update: Operation = async (hands) => {
  for (const row of hands.pick(1)) await updateRow(hands, row, { total: newTotal(hands), note: null });
};

const updateSeveral: Operation = async (hands) => {
  const rows = hands.pick(4);
  const total = newTotal(hands);
  await hands.send({
    what: 'update of several rows',
    text: /* sql */ `
      UPDATE public.orders SET total = $1, email = $2
      WHERE (${keyList(hands)}) IN (${placeholders(hands.keyColumns.length, rows.length, 3)})`,
    values: [total, hands.tag, ...rows.flatMap((row) => row.key)],
    count: rows.length,
  });
  for (const row of rows) hands.account.put({ ...row, total });
};

const deleteOne: Operation = async (hands) => {
  for (const row of hands.pick(1)) await deleteRow(hands, row);
};

const deleteSeveral: Operation = async (hands) => {
  const rows = hands.pick(2);
  await hands.send({
    what: 'delete of several rows',
    text: /* sql */ `
      DELETE FROM public.orders
      WHERE (${keyList(hands)}) IN (${placeholders(hands.keyColumns.length, rows.length)})`,
    values: rows.flatMap((row) => row.key),
    count: rows.length,
  });
  for (const row of rows) hands.account.remove(row.key);
};

/** Only of a row without lines: the child's foreign key has no ON UPDATE. */
const changeKey: Operation = async (hands) => {
  const row = hands.pick(10).find((candidate) => candidate.lines === 0);
  if (row === undefined) return;
  const key = hands.newKey();
  const columns = row.key.length;
  await hands.send({
    what: 'key change',
    text: /* sql */ `
      UPDATE public.orders SET (${keyList(hands)}) = ROW ${placeholders(columns, 1, 1)}, email = $${2 * columns + 1}
      WHERE (${keyList(hands)}) = ${placeholders(columns, 1, columns + 1)}`,
    values: [...key, ...row.key, hands.tag],
    count: 1,
  });
  hands.account.remove(row.key);
  hands.account.put({ ...row, key });
};

/** Three statements: within one transaction, or each its own when there is none. */
const exchangeCodes: Operation = async (hands) => {
  const [one, other] = hands.pick(2);
  if (one === undefined || other === undefined) return;
  const parked = await updateRow(hands, one, { code: hands.newCode() });
  await updateRow(hands, other, { code: one.code });
  await updateRow(hands, parked, { code: other.code });
};

/** Of the partial unique index. */
const exchangeSlots: Operation = async (hands) => {
  const [one, other] = hands.pick(2);
  if (one === undefined || other === undefined) return;
  const parked = await updateRow(hands, one, { slot: null });
  await updateRow(hands, other, { slot: one.slot, status: 'open' });
  await updateRow(hands, parked, { slot: other.slot, status: 'open' });
};

/** A unique value moves on: the next one takes it, and the one who had it is deleted or gets another. */
const passCodeOn: Operation = async (hands) => {
  const [giver, taker] = hands.pick(2);
  if (giver === undefined || taker === undefined) return;
  if (hands.integer(2) === 0) await deleteRow(hands, giver);
  else await updateRow(hands, giver, { code: hands.newCode() });
  await updateRow(hands, taker, { code: giver.code });
};

const deleteAndReinsert: Operation = async (hands) => {
  for (const row of hands.pick(1)) {
    await deleteRow(hands, row);
    await insertRows(hands, [{ ...newRow(hands, row.key), code: row.code }]);
  }
};

const upsertByKey: Operation = async (hands) => {
  const existing = hands.integer(2) === 0 ? undefined : hands.pick(1)[0];
  const row = existing ? { ...existing, total: newTotal(hands) } : newRow(hands, hands.newKey());
  await hands.send({
    what: 'upsert by key',
    text: /* sql */ `
      INSERT INTO public.orders (${keyList(hands)}, ${VALUE_COLUMNS}) VALUES ${placeholders(row.key.length + 7)}
      ON CONFLICT (${keyList(hands)}) DO UPDATE SET total = excluded.total, email = excluded.email`,
    values: insertValues(hands, row),
    count: 1,
  });
  hands.account.put(row);
};

/** Meets its own code under another key: the row that has the code is updated. */
const upsertByCode: Operation = async (hands) => {
  for (const row of hands.pick(1)) {
    const total = newTotal(hands);
    await hands.send({
      what: 'upsert by code',
      text: /* sql */ `
        INSERT INTO public.orders (${keyList(hands)}, ${VALUE_COLUMNS}) VALUES ${placeholders(row.key.length + 7)}
        ON CONFLICT (code) DO UPDATE SET total = excluded.total, email = excluded.email`,
      values: insertValues(hands, { ...row, key: hands.newKey(), slot: null, total }),
      count: 1,
    });
    hands.account.put({ ...row, total });
  }
};

const addLines: Operation = async (hands) => {
  for (const row of hands.pick(1)) {
    const columns = row.key.length;
    await hands.send({
      what: 'insert of child rows',
      text: /* sql */ `
        INSERT INTO public.order_lines (${keyList(hands)}, product)
        VALUES ${placeholders(columns + 1, 2)}`,
      values: [...row.key, 'Tea', ...row.key, 'Milk'],
      count: 2,
    });
    hands.account.put({ ...row, lines: row.lines + 2 });
  }
};

/** Nobody else writes this row, so it must be what this writer made of it, at any moment. */
const readBack: Operation = async (hands) => {
  for (const row of hands.pick(1)) {
    const [found] = await hands.send({
      what: 'read',
      text: /* sql */ `
        SELECT code, status, slot::text AS slot, total::text AS total, note
        FROM public.orders WHERE (${keyList(hands)}) = ${placeholders(row.key.length)}`,
      values: row.key,
      count: 1,
    });
    if (!sameRow({ ...row, ...(found as Partial<AccountRow>) }, row)) {
      throw new WrongAnswerError('read: a row is not as it was written');
    }
  }
};

/** A unique violation, and a child without a parent: both must be refused, during and after a rebuild. */
export const REFUSED_OPERATIONS: readonly Operation[] = [
  async (hands) => {
    for (const row of hands.pick(1)) {
      await hands.sendRefused('23505', {
        what: 'insert of a code that is there',
        text: /* sql */ `
          INSERT INTO public.orders (${keyList(hands)}, ${VALUE_COLUMNS}) VALUES ${placeholders(row.key.length + 7)}`,
        values: insertValues(hands, { ...newRow(hands, hands.newKey()), code: row.code }),
        count: 0,
      });
    }
  },
  async (hands) => {
    const key = hands.newKey();
    await hands.sendRefused('23503', {
      what: 'insert of a child without a parent',
      text: /* sql */ `
        INSERT INTO public.order_lines (${keyList(hands)}, product) VALUES ${placeholders(key.length + 1)}`,
      values: [...key, 'Tea'],
      count: 0,
    });
  },
];

export const OPERATIONS: readonly Operation[] = [
  insert,
  insert,
  insertSeveral,
  insertWithDefaultKey,
  update,
  update,
  update,
  updateSeveral,
  deleteOne,
  deleteSeveral,
  changeKey,
  changeKey,
  exchangeCodes,
  exchangeSlots,
  passCodeOn,
  deleteAndReinsert,
  upsertByKey,
  upsertByCode,
  addLines,
  readBack,
  readBack,
];
