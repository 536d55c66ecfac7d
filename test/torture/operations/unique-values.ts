import type { BookRow } from '../books.ts';
import type { Hands, Operation } from '../hands.ts';
import { deleteRows, keysOf, mayDelete, newCode, newLabel, newRev, newSlot, newSpan, updateRow } from './rows.ts';

/**
 * What must be different in every row: a unique constraint, a unique index over an expression, a partial unique index, an
 * exclusion constraint. Rows hand such values on to each other; what the copy has of one of them is stale then, and in the
 * way of the other.
 */
const UNIQUE_COLUMNS = ['code', 'label', 'slot', 'span'] as const;

type UniqueColumn = (typeof UNIQUE_COLUMNS)[number];

function newValue(hands: Hands, column: UniqueColumn): string {
  switch (column) {
    case 'code':
      return newCode(hands);
    case 'label':
      return newLabel(hands);
    case 'slot':
      return newSlot(hands);
    case 'span':
      return newSpan(hands);
  }
}

/** The same for the constraint, though not the same text. */
function respelled(hands: Hands, column: UniqueColumn, value: string | null): string | null {
  if (column !== 'label' || value === null || hands.random.onceIn(2)) return value;
  return value.startsWith('l') ? `L${value.slice(1)}` : `l${value.slice(1)}`;
}

/** What the row takes from others: a slot that its partial index does not look at is free. */
function heldValue(row: BookRow, column: UniqueColumn): string | null {
  return column === 'slot' && row.values.live !== 'true' ? null : (row.values[column] ?? null);
}

/** Puts a value in; where the index is partial, in such a way that it counts. */
function taking(hands: Hands, column: UniqueColumn, value: string | null): Record<string, string | null> {
  return column === 'slot' ? { slot: value, live: 'true' } : { [column]: respelled(hands, column, value) };
}

/** Three statements: within one transaction, or each its own when there is none. */
const exchange: Operation = async (hands) => {
  const column = hands.random.pick(UNIQUE_COLUMNS);
  const [one, other] = hands.pick('main', 2);
  if (one === undefined || other === undefined) return;
  const away = hands.random.onceIn(2) ? null : newValue(hands, column);
  const [ones, others] = [heldValue(one, column), heldValue(other, column)];
  const parked = await updateRow(hands, one, { [column]: away }, `exchange of a ${column}`);
  await updateRow(hands, other, taking(hands, column, ones), `exchange of a ${column}`);
  await updateRow(hands, parked, taking(hands, column, others), `exchange of a ${column}`);
};

/** 1 → 2 → 3 → … → 1, one statement each. */
const chain: Operation = async (hands) => {
  const column = hands.random.pick(UNIQUE_COLUMNS);
  const rows = hands.pick('main', 3 + hands.random.integer(5));
  const [first, ...rest] = rows;
  if (first === undefined || rest.length === 0) return;
  const kind = `chain of a ${column}`;
  let free = heldValue(first, column);
  const parked = await updateRow(hands, first, { [column]: null }, kind);
  for (const row of rest) {
    const next = heldValue(row, column);
    await updateRow(hands, row, taking(hands, column, free), kind);
    free = next;
  }
  await updateRow(hands, parked, taking(hands, column, free), kind);
};

/** The giver is deleted or gets another; the taker may be a new row. */
const passOn: Operation = async (hands) => {
  const column = hands.random.pick(UNIQUE_COLUMNS);
  const [giver, taker] = hands.pick('main', 2);
  if (giver === undefined || taker === undefined) return;
  const value = heldValue(giver, column);
  if (hands.random.onceIn(2) && mayDelete(hands, giver)) {
    await deleteRows(hands, [giver], 'delete of who has a unique value');
  } else {
    await updateRow(hands, giver, { [column]: newValue(hands, column) }, `giving up a ${column}`);
  }
  const still = hands.books.get(taker.table, taker.key);
  if (still !== undefined) await updateRow(hands, still, taking(hands, column, value), `taking a ${column}`);
};

/** The partial index lets go of a value by its predicate, without the value changing. */
const leavePartialIndex: Operation = async (hands) => {
  const [giver, taker] = hands.pick('main', 2);
  if (giver === undefined || taker === undefined || heldValue(giver, 'slot') === null) return;
  await updateRow(hands, giver, { live: 'false' }, 'leaving the partial index');
  await updateRow(hands, taker, { slot: giver.values.slot ?? null, live: 'true' }, 'taking a slot');
};

/**
 * All in one statement, which only a deferrable constraint allows: rows take values before the others have given them up,
 * so the change log does not name the giver first, as it does otherwise. Many rows, so that a batch of the drain ends
 * among them.
 */
const rotateRanks: Operation = async (hands) => {
  if (hands.family.definition.rankConstraint === null) return exchange(hands);
  const rows = hands.pick('main', 2 + hands.random.integer(80)).filter((row) => row.values.rank !== null);
  if (rows.length < 2) return;
  const { main } = hands.family;
  const rev = newRev(hands);
  const width = main.keyColumns.length;
  const turned = rows.map((row, at): BookRow => {
    const rank = rows[(at + 1) % rows.length]?.values.rank ?? null;
    return { ...row, values: { ...row.values, rank, rev } };
  });
  const tuples = turned.map((_, at) => {
    const keys = main.keyColumns.map((column, place) => `$${2 + at * (width + 1) + place}::${main.types[column]}`);
    return `(${[...keys, `$${2 + at * (width + 1) + width}::${main.types.rank}`].join(', ')})`;
  });
  await hands.send({
    kind: 'rotation of ranks in one statement',
    text: /* sql */ `
      UPDATE public.main AS m SET rank = s.rank, rev = $1
      FROM (VALUES ${tuples.join(', ')}) AS s (${main.keyColumns.join(', ')}, rank)
      WHERE ${main.keyColumns.map((column) => `m.${column} = s.${column}`).join(' AND ')}`,
    values: [rev, ...turned.flatMap((row) => [...row.key, row.values.rank ?? null])],
    count: rows.length,
    keys: keysOf(rows),
  });
  for (const row of turned) hands.books.put(row);
};

export const UNIQUE_OPERATIONS: readonly Operation[] = [
  exchange,
  exchange,
  chain,
  passOn,
  leavePartialIndex,
  rotateRanks,
];
