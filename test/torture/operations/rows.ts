import type { BookRow } from '../books.ts';
import { defaultOf, type FamilyForeignKey, type FamilyTable, tableOf } from '../family.ts';
import type { Hands } from '../hands.ts';

/** Each writer has ten million numbers of its own: keys, slots, ranks, spans. */
const FIRST_NUMBER = 1_000_000_000;
const NUMBERS_PER_WRITER = 10_000_000;

export function ownNumber(hands: Hands): number {
  return FIRST_NUMBER + hands.number * NUMBERS_PER_WRITER + hands.next();
}

const BEYOND_INTEGER = 5_000_000_000;

/** Once only a bigint holds what others have put there, every other one is such. */
function numberFor(hands: Hands, columns: readonly string[]): number {
  const beyond = columns.some((column) => hands.family.beyondInteger.has(column)) && hands.random.onceIn(2);
  return ownNumber(hands) + (beyond ? BEYOND_INTEGER : 0);
}

export function newKey(hands: Hands): readonly string[] {
  const { main, definition } = hands.family;
  return definition.keyOf(numberFor(hands, main.keyColumns));
}

export function newSlot(hands: Hands): string {
  return String(numberFor(hands, ['slot']));
}

/** Marks a version of a row: no two statements write the same. */
export function newRev(hands: Hands): string {
  return `${hands.number}.${hands.next()}`;
}

export function newCode(hands: Hands): string {
  return `c${hands.number}-${hands.next()}`;
}

/** Two spellings that the expression index takes for one. */
export function newLabel(hands: Hands): string {
  return `${hands.random.onceIn(2) ? 'L' : 'l'}${hands.number}-${hands.next()}`;
}

/** As the server prints it; of the writer's own stretch of numbers. */
export function newSpan(hands: Hands): string {
  const from = FIRST_NUMBER + hands.number * NUMBERS_PER_WRITER + hands.next() * 10;
  return `[${from},${from + 1 + hands.random.integer(9)})`;
}

export function newAmount(hands: Hands): string {
  return (hands.random.integer(1_000_000) / 100).toFixed(2);
}

export function newNote(hands: Hands): string | null {
  const { random } = hands;
  if (random.onceIn(5)) return random.onceIn(2) ? null : '';
  if (random.onceIn(25)) {
    // Does not compress, so that it is toasted, and an update of other columns leaves it alone.
    return Array.from({ length: 900 }, () => random.integer(0xffff_ffff).toString(36)).join(' ');
  }
  return `it's\t"${'n'.repeat(random.integer(900))}"\\`;
}

export function newMainRow(hands: Hands, key = newKey(hands)): BookRow {
  const { family, random } = hands;
  const maybe = <T>(value: () => T): T | null => (random.onceIn(4) ? null : value());
  const up = () => hands.pick('up', 1)[0]?.key[0] ?? null;
  return {
    table: 'main',
    key,
    values: {
      ...Object.fromEntries(family.main.keyColumns.map((column, at) => [column, key[at] ?? null])),
      owner: String(hands.number),
      code: maybe(() => newCode(hands)),
      label: maybe(() => newLabel(hands)),
      slot: maybe(() => newSlot(hands)),
      live: random.onceIn(3) ? 'false' : 'true',
      span: maybe(() => newSpan(hands)),
      rank: maybe(() => String(ownNumber(hands))),
      amount: newAmount(hands),
      note: newNote(hands),
      up_a: maybe(up),
      up_b: maybe(up),
      rev: newRev(hands),
    },
  };
}

export function newMainRows(hands: Hands, count: number): BookRow[] {
  return Array.from({ length: count }, () => newMainRow(hands));
}

/** `$1::bigint, $2::text …` */
export function parameters(table: FamilyTable, columns: readonly string[], from: number): string[] {
  return columns.map((column, at) => `$${from + at}::${table.types[column]}`);
}

export function valuesOf(row: BookRow, columns: readonly string[]): (string | null)[] {
  return columns.map((column) => row.values[column] ?? null);
}

/** `(k1, k2) IN (($1::text, $2::integer), …)` */
export function keyIn(table: FamilyTable, rows: readonly BookRow[], from: number): string {
  const columns = table.keyColumns;
  const tuples = rows.map((_, at) => `(${parameters(table, columns, from + at * columns.length).join(', ')})`);
  return `(${columns.join(', ')}) IN (${tuples.join(', ')})`;
}

export function keysOf(rows: readonly BookRow[]): string[] {
  return rows.flatMap((row) => row.key);
}

export async function insertRows(hands: Hands, rows: readonly BookRow[], kind?: string): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const table = tableOf(hands.family, first.table);
  const columns = Object.keys(first.values);
  const tuples = rows.map((_, at) => `(${parameters(table, columns, 1 + at * columns.length).join(', ')})`);
  await hands.send({
    kind: kind ?? (rows.length > 1 ? 'insert of several rows' : 'insert'),
    text: /* sql */ `INSERT INTO public.${table.name} (${columns.join(', ')}) VALUES ${tuples.join(', ')}`,
    values: rows.flatMap((row) => valuesOf(row, columns)),
    count: rows.length,
    keys: keysOf(rows),
    ...(rows.length === 1 ? { prepared: `insert ${table.name} ${columns.length}` } : {}),
  });
  for (const row of rows) hands.books.put(row);
}

/** Leaves the key alone. */
export async function updateRow(
  hands: Hands,
  row: BookRow,
  changes: Readonly<Record<string, string | null>>,
  kind = 'update',
): Promise<BookRow> {
  const table = tableOf(hands.family, row.table);
  const all = { ...changes, rev: newRev(hands) };
  const columns = Object.keys(all);
  const sets = parameters(table, columns, 1).map((value, at) => `${columns[at]} = ${value}`);
  await hands.send({
    kind,
    text: /* sql */ `UPDATE public.${table.name} SET ${sets.join(', ')} WHERE ${keyIn(table, [row], columns.length + 1)}`,
    values: [...Object.values(all), ...row.key],
    count: 1,
    keys: row.key,
    ...(hands.random.onceIn(2) ? { prepared: `update ${table.name} ${columns.join(' ')}` } : {}),
  });
  const now: BookRow = { ...row, values: { ...row.values, ...all } };
  hands.books.put(now);
  return now;
}

/** Own rows that refer to this one. */
export function referring(hands: Hands, row: BookRow): { key: FamilyForeignKey; child: BookRow }[] {
  return hands.family.foreignKeys
    .filter((key) => key.parent === row.table)
    .flatMap((key) =>
      hands.books
        .rows(key.child)
        .filter((child) => key.columns.every((column, at) => child.values[column] === row.key[at]))
        .map((child) => ({ key, child })),
    );
}

/** False when a foreign key would refuse it, or when nothing cascades and it would leave orphans. */
export function mayDelete(hands: Hands, row: BookRow): boolean {
  const children = referring(hands, row);
  if (hands.replica) return children.length === 0;
  return children.every(({ key, child }) => {
    if (key.action === 'CASCADE') return mayDelete(hands, child);
    return key.action === 'SET NULL' || key.action === 'SET DEFAULT';
  });
}

export async function deleteRows(hands: Hands, rows: readonly BookRow[], kind?: string): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const table = tableOf(hands.family, first.table);
  await hands.send({
    kind: kind ?? (rows.length > 1 ? 'delete of several rows' : 'delete'),
    text: /* sql */ `DELETE FROM public.${table.name} WHERE ${keyIn(table, rows, 1)}`,
    values: keysOf(rows),
    count: rows.length,
    keys: keysOf(rows),
  });
  for (const row of rows) enterDelete(hands, row);
}

/** What the foreign keys make of it, too. */
export function enterDelete(hands: Hands, row: BookRow): void {
  const children = referring(hands, row);
  hands.books.remove(row);
  for (const { key, child } of children) {
    const now = hands.books.get(child.table, child.key);
    if (now === undefined) continue;
    if (key.action === 'CASCADE') enterDelete(hands, now);
    else enterReference(hands, key, now, key.action === 'SET DEFAULT' ? defaultOf(hands.family, key) : null);
  }
}

/** Only of a row that `mayChangeKey`. */
export async function changeKey(hands: Hands, row: BookRow, key: readonly string[]): Promise<BookRow> {
  const table = tableOf(hands.family, row.table);
  const columns = [...table.keyColumns, 'rev'];
  const rev = newRev(hands);
  const sets = parameters(table, columns, 1).map((value, at) => `${columns[at]} = ${value}`);
  await hands.send({
    kind: 'key change',
    text: /* sql */ `UPDATE public.${table.name} SET ${sets.join(', ')} WHERE ${keyIn(table, [row], columns.length + 1)}`,
    values: [...key, rev, ...row.key],
    count: 1,
    keys: [...row.key, ...key],
  });
  const children = referring(hands, row);
  const keyValues = Object.fromEntries(table.keyColumns.map((column, at) => [column, key[at] ?? null]));
  const now: BookRow = { table: row.table, key, values: { ...row.values, ...keyValues, rev } };
  hands.books.remove(row);
  hands.books.put(now);
  for (const { key: reference, child } of children) {
    const to =
      reference.action === 'CASCADE'
        ? key
        : reference.action === 'SET DEFAULT'
          ? defaultOf(hands.family, reference)
          : null;
    enterReference(hands, reference, hands.books.get(child.table, child.key) ?? child, to);
  }
  return now;
}

export function mayChangeKey(hands: Hands, row: BookRow): boolean {
  return referring(hands, row).every(
    ({ key }) => !hands.replica && key.action !== 'NO ACTION' && key.action !== 'RESTRICT',
  );
}

function enterReference(hands: Hands, key: FamilyForeignKey, child: BookRow, to: readonly string[] | null): void {
  const columns = Object.fromEntries(key.columns.map((column, at) => [column, to?.[at] ?? null]));
  hands.books.put({ ...child, values: { ...child.values, ...columns } });
}
