import { coldRowsStatement, sentinelStatements, type TableRole } from '../family.ts';
import type { Hands } from '../hands.ts';

/** How long it queues, ms: well below deadlock_timeout, so that it gives up before anybody is chosen as a victim. */
const LOCK_TIMEOUT_MS = 60;

export type TruncateTarget = 'main' | 'up' | 'down_1';

export function pickTarget(hands: Hands): TruncateTarget {
  return hands.random.weighted([
    [6, 'main'],
    [2, 'up'],
    [1, 'down_1'],
  ] as const);
}

/**
 * Empties the table and what refers to it, or one child table alone; puts the rows back that everybody counts on, and some
 * ballast, in the same transaction. The caller has begun a transaction and ends it. Resolves to the tables that are empty,
 * on which the transaction holds ACCESS EXCLUSIVE.
 */
export async function truncate(hands: Hands, target: TruncateTarget): Promise<TableRole[]> {
  const { family, random } = hands;
  await hands.send({ kind: 'set lock_timeout', text: `SET LOCAL lock_timeout = '${LOCK_TIMEOUT_MS}ms'` });
  // A child refers to nobody who would have to go along.
  const cascade = target === 'down_1' ? '' : 'CASCADE';
  await hands.send({ kind: 'truncate', text: `TRUNCATE public.${target} ${cascade}`, expects: ['55P03'] });
  await hands.send({ kind: 'set lock_timeout', text: 'SET LOCAL lock_timeout = 0' });
  for (const text of sentinelStatements(family)) await hands.send({ kind: 'insert after truncate', text });
  if (target !== 'down_1' && random.integer(3) > 0) {
    await hands.send({ kind: 'insert after truncate', text: coldRowsStatement(family, 200 + random.integer(1_200)) });
  }
  const emptied = family.tables.map((table) => table.name);
  return target === 'up' ? emptied : emptied.filter((name) => (target === 'main' ? name !== 'up' : name === target));
}
