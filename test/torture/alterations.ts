import type { Family } from './family.ts';
import type { Random } from './random.ts';

/** Another type for a column of `main`, wider than the one it has. */
export interface Alteration {
  readonly column: string;
  readonly type: 'bigint' | 'numeric(12,2)' | 'numeric(16,2)';
}

/** Of every shape; `rank` is printed in another way in its new type, 5 becomes 5.00. */
const ALTERATIONS: readonly Alteration[] = [
  { column: 'slot', type: 'bigint' },
  { column: 'rank', type: 'numeric(12,2)' },
  { column: 'amount', type: 'numeric(16,2)' },
];

/** One that the family has not been through yet; null when none is left. A key that is still an integer comes first. */
export function pickAlteration(random: Random, family: Family): Alteration | null {
  const key = family.definition.key.find((column) => column.definition.startsWith('integer'));
  const open = [...(key === undefined ? [] : [{ column: key.name, type: 'bigint' } as const]), ...ALTERATIONS].filter(
    ({ column }) => !family.altered.has(column),
  );
  const [first] = open;
  if (first === undefined) return null;
  return random.onceIn(2) ? first : random.pick(open);
}

export function alterationSql({ column, type }: Alteration): string {
  return /* sql */ `ALTER COLUMN ${column} TYPE ${type}`;
}

/** What the family is once the tables have changed places for good. */
export function enterAlteration(family: Family, { column, type }: Alteration): void {
  family.altered.add(column);
  if (type === 'bigint') family.beyondInteger.add(column);
}

/** A row that nobody touches, with a value which no integer column takes. Its key is below it unless it is the value. */
export function beyondStatement(family: Family, { column }: Alteration): string {
  const isKey = family.main.keyColumns.includes(column);
  const columns = [...family.main.keyColumns, 'owner', 'rev', ...(isKey ? [] : [column])];
  return /* sql */ `
    INSERT INTO public.main (${columns.join(', ')})
    SELECT ${family.definition.coldKeys}, -1, 'beyond'${isKey ? '' : ', 3000000000'}
    FROM (VALUES (${isKey ? '1000000000::bigint' : '100000'})) AS v(i)`;
}
