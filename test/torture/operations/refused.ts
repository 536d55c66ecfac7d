import { familyColumns } from '../family.ts';
import type { Hands, Operation } from '../hands.ts';
import { keyIn, newMainRow, newRev, ownNumber, parameters, referring, valuesOf } from './rows.ts';

/** A new row with one value of another: the constraint must hold at every moment. */
function duplicate(column: 'code' | 'label' | 'slot' | 'span', sqlstate: string): Operation {
  return async (hands) => {
    const owner = hands
      .pick('main', 6)
      .find((row) => row.values[column] !== null && (column !== 'slot' || row.values.live === 'true'));
    if (owner === undefined) return;
    const row = newMainRow(hands);
    const value = owner.values[column] ?? null;
    // Other spelling, same value of the index's expression.
    const respelled = column === 'label' && value !== null ? value.toUpperCase() : value;
    await refuseInsert(hands, { ...row.values, [column]: respelled, live: 'true' }, sqlstate, `duplicate ${column}`);
  };
}

const duplicateKey: Operation = async (hands) => {
  const [owner] = hands.pick('main', 1);
  if (owner === undefined) return;
  await refuseInsert(hands, newMainRow(hands, owner.key).values, '23505', 'duplicate key');
};

const noRev: Operation = (hands) =>
  refuseInsert(hands, { ...newMainRow(hands).values, rev: null }, '23502', 'null in a NOT NULL column');

async function refuseInsert(
  hands: Hands,
  values: Readonly<Record<string, string | null>>,
  sqlstate: string,
  kind: string,
): Promise<void> {
  const columns = familyColumns(hands.family.main);
  await hands.sendRefused([sqlstate], {
    kind: `refused: ${kind}`,
    text: /* sql */ `
      INSERT INTO public.main (${columns.join(', ')}) VALUES (${parameters(hands.family.main, columns, 1).join(', ')})`,
    values: valuesOf({ table: 'main', key: [], values }, columns),
  });
}

/** Up to 17, RESTRICT and NO ACTION share 23503. */
const REFERENCED = ['23503', '23001'];

const deleteReferenced: Operation = async (hands) => {
  if (hands.replica) return;
  const row = hands
    .pick('main', 10)
    .find((candidate) => referring(hands, candidate).some(({ key }) => refusesAtOnce(key.action, key.deferred)));
  if (row === undefined) return;
  await hands.sendRefused(REFERENCED, {
    kind: 'refused: delete of a referenced row',
    text: /* sql */ `DELETE FROM public.main WHERE ${keyIn(hands.family.main, [row], 1)}`,
    values: row.key,
  });
};

const orphan: Operation = async (hands) => {
  if (hands.replica || hands.family.definition.inbound[0]?.deferred) return;
  const { main } = hands.family;
  const columns = main.keyColumns.map((column) => `main_${column}`);
  await hands.sendRefused(['23503'], {
    kind: 'refused: child without a parent',
    text: /* sql */ `
      INSERT INTO public.down_1 (owner, rev, ${columns.join(', ')})
      VALUES ($1::integer, $2, ${parameters(main, main.keyColumns, 3).join(', ')})`,
    values: [String(hands.number), newRev(hands), ...hands.family.definition.keyOf(ownNumber(hands))],
  });
};

function refusesAtOnce(action: string, deferred: boolean | undefined): boolean {
  return action === 'RESTRICT' || (action === 'NO ACTION' && !deferred);
}

export const REFUSED_OPERATIONS: readonly Operation[] = [
  duplicate('code', '23505'),
  duplicate('label', '23505'),
  duplicate('slot', '23505'),
  duplicate('span', '23P01'),
  duplicateKey,
  noRev,
  deleteReferenced,
  orphan,
];
