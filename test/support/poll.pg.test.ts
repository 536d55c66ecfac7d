import { describe, expect, test } from 'vitest';
import { createDatabase } from './database.ts';
import { pollUntil, untilGone, untilWaitingForLock } from './poll.ts';

describe('polling', () => {
  test('gives what was seen, a zero and an empty text included', async () => {
    const looks = [undefined, null, false, 0];
    expect(await pollUntil('a zero', () => looks.shift())).toBe(0);
    expect(await pollUntil('a text', async () => '')).toBe('');
  });

  test('ends in an error that names what was waited for', async () => {
    await expect(pollUntil('the end of time', () => false, 20)).rejects.toThrow(
      'Waited 20 ms in vain for the end of time',
    );
  });

  test('sees a session that waits for a lock, and sees it gone', async () => {
    const database = await createDatabase();
    await database.query('CREATE TABLE public.t (a int)');
    const [holder, waiter, witness] = await Promise.all([1, 2, 3].map(() => database.client()));
    if (!holder || !waiter || !witness) throw new Error('Three clients were asked for');
    await waiter.query(`SET application_name = 'shadowstep/waiter'`);
    const { rows } = await waiter.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await holder.query('BEGIN; LOCK TABLE public.t');
    const waiting = waiter.query('SELECT FROM public.t');
    expect(await untilWaitingForLock(witness, 'shadowstep/')).toBe(rows[0]?.pid);
    await holder.query('ROLLBACK');
    await waiting;
    await waiter.end();
    await untilGone(witness, 'shadowstep/');
  });
});
