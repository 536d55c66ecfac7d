import { coldRowsStatement, sentinelStatements } from '../family.ts';
import type { Hands } from '../hands.ts';

/** How long it queues, ms: well below deadlock_timeout, so that it gives up before anybody is chosen as a victim. */
const LOCK_TIMEOUT_MS = 60;

/**
 * Empties the table and what refers to it, the parent too, or one child table alone; puts the rows back that everybody
 * counts on, and some ballast, in the same transaction. The caller has begun a transaction and ends it.
 */
export async function truncate(hands: Hands): Promise<void> {
  const { family, random } = hands;
  await hands.send({ kind: 'set lock_timeout', text: `SET LOCAL lock_timeout = '${LOCK_TIMEOUT_MS}ms'` });
  const target = random.weighted([
    [6, 'public.main'],
    [2, 'public.up'],
    [1, 'public.down_1'],
  ] as const);
  // A child refers to nobody who would have to go along.
  const cascade = target === 'public.down_1' ? '' : 'CASCADE';
  await hands.send({ kind: 'truncate', text: `TRUNCATE ${target} ${cascade}`, expects: ['55P03'] });
  for (const text of sentinelStatements(family)) await hands.send({ kind: 'insert after truncate', text });
  if (target !== 'public.down_1' && random.integer(3) > 0) {
    await hands.send({ kind: 'insert after truncate', text: coldRowsStatement(family, 200 + random.integer(1_200)) });
  }
}
