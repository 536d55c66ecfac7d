import type { BookRow } from '../books.ts';
import type { FamilyTable } from '../family.ts';
import type { Hands, Operation } from '../hands.ts';
import {
  changeKey,
  deleteRows,
  insertRows,
  mayChangeKey,
  mayDelete,
  newMainRow,
  newRev,
  ownNumber,
  updateRow,
} from './rows.ts';

function newUp(hands: Hands): BookRow {
  const id = String(ownNumber(hands));
  return { table: 'up', key: [id], values: { id, owner: String(hands.number), rev: newRev(hands) } };
}

function newDown(hands: Hands, table: FamilyTable, main: readonly string[] | null): BookRow {
  const line = String(ownNumber(hands));
  const reference = hands.family.main.keyColumns.map((column, at) => [`main_${column}`, main?.[at] ?? null]);
  return {
    table: table.name,
    key: [line],
    values: { line, owner: String(hands.number), rev: newRev(hands), ...Object.fromEntries(reference) },
  };
}

const insertParent: Operation = (hands) => insertRows(hands, [newUp(hands)], 'insert of a parent');

const insertChildren: Operation = async (hands) => {
  const table = hands.random.pick(hands.family.downs);
  const rows = hands.pick('main', 1 + hands.random.integer(3)).map((row) => newDown(hands, table, row.key));
  await insertRows(hands, rows, 'insert of child rows');
};

/** In one transaction where there is one. The other order, too, where the key is checked at the end. */
const insertParentAndChild: Operation = async (hands) => {
  const row = newMainRow(hands);
  const at = hands.random.integer(hands.family.downs.length);
  const table = hands.family.downs[at];
  if (table === undefined) return;
  const child = newDown(hands, table, row.key);
  const deferred = hands.family.definition.inbound[at]?.deferred === true && hands.inTransaction;
  if (deferred) await insertRows(hands, [child], 'insert of a child before its parent');
  await insertRows(hands, [row]);
  if (!deferred) await insertRows(hands, [child], 'insert of child rows');
};

const changeReference: Operation = async (hands) => {
  const table = hands.random.pick(hands.family.downs);
  const [child] = hands.pick(table.name, 1);
  const [parent] = hands.pick('main', 1);
  if (child === undefined || parent === undefined) return;
  const columns = hands.family.main.keyColumns.map((column, at) => [`main_${column}`, parent.key[at] ?? null]);
  await updateRow(hands, child, Object.fromEntries(columns), 'update of a foreign key');
};

const changeOutboundReference: Operation = async (hands) => {
  const [row] = hands.pick('main', 1);
  const [up] = hands.pick('up', 1);
  if (row === undefined || up === undefined) return;
  const column = hands.random.onceIn(2) ? 'up_a' : 'up_b';
  await updateRow(
    hands,
    row,
    { [column]: hands.random.onceIn(4) ? null : (up.values.id ?? null) },
    'update of a foreign key',
  );
};

const deleteChild: Operation = async (hands) => {
  const table = hands.random.pick(hands.family.downs);
  await deleteRows(hands, hands.pick(table.name, 2), 'delete of child rows');
};

/** What hangs on it goes along, is nulled or falls back; what refuses is left alone. */
const deleteParent: Operation = async (hands) => {
  const row = hands.pick('up', 4).find((candidate) => mayDelete(hands, candidate));
  if (row !== undefined) await deleteRows(hands, [row], 'delete of a parent');
};

const changeParentKey: Operation = async (hands) => {
  const row = hands.pick('up', 4).find((candidate) => mayChangeKey(hands, candidate));
  if (row !== undefined) await changeKey(hands, row, [String(ownNumber(hands))]);
};

const updateParent: Operation = async (hands) => {
  for (const row of hands.pick('up', 1)) await updateRow(hands, row, {}, 'update of a parent');
};

export const REFERENCE_OPERATIONS: readonly Operation[] = [
  insertParent,
  insertChildren,
  insertChildren,
  insertParentAndChild,
  changeReference,
  changeOutboundReference,
  deleteChild,
  deleteParent,
  changeParentKey,
  updateParent,
];
