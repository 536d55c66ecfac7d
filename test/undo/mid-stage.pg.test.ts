import { describe, expect, it } from 'vitest';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { drive } from '../lifecycle/drive.ts';
import { ordersUnderWriters } from '../lifecycle/orders-under-writers.ts';
import { ROLES, type TestDatabase } from '../support/database.ts';

const table = 'public.orders';

/** What a process says that ends in the middle of a stage. */
class Ended extends Error {}

/** Ends the process after the `times`-th statement that matches. */
function endsAfter(matches: RegExp, times = 1): StatementObserver & { readonly crashed: boolean } {
  let met = 0;
  const look = () => {
    if (met >= times) throw new Ended('the process has ended');
  };
  return {
    get crashed() {
      return met >= times;
    },
    before: look,
    after(text) {
      if (matches.test(text)) met += 1;
      look();
    },
  };
}

async function shop(seed: number) {
  const orders = await ordersUnderWriters({ rows: 600, keyShape: 'int', seed, perSecond: 100 });
  return {
    ...orders,
    /** Advances until the observer ends the process; nobody drives the run then. */
    async until(observer: ReturnType<typeof endsAfter>, request: Readonly<Record<string, unknown>> = {}) {
      await expect(drive({ url: orders.url, request: { table, ...request }, observer })).rejects.toBeDefined();
      expect(observer.crashed, 'the statement was met').toBe(true);
      await leaveAlone(orders.database);
    },
  };
}

async function leaveAlone(database: TestDatabase): Promise<void> {
  await database.query(`UPDATE shadowstep.run SET driver = NULL, driver_expires_at = NULL WHERE finished_at IS NULL`);
}

/** Somebody who has read the table and left the transaction open for longer than a moment. */
async function reader(database: TestDatabase) {
  const client = await database.appClient();
  await client.query(`BEGIN; SELECT count(*) FROM public.orders`);
  return { leave: () => client.query('COMMIT') };
}

describe('reset in the middle of a stage, under writers', () => {
  it.each([
    ['the backfill', /INSERT INTO "shadowstep_1"\."orders"/, 1],
    ['the index builds', /^DO .*CREATE (UNIQUE )?INDEX/s, 1],
    ['the drain', /shadowstep_change_log_drain"\(\$1/, 1],
    ['the verification', /FULL JOIN/, 1],
  ])('in %s leaves everything as it was, and the same run goes through afterwards', async (_where, matches, times) => {
    const { url, until, writers, expectAsBefore } = await shop(31);
    await until(endsAfter(matches, times));
    await writers.progressed(20);
    await drive({ url, request: { table, action: 'reset' } });
    expect((await drive({ url, request: { table } })).at(-1)).toMatchObject({ stage: 'DONE' });
    await expectAsBefore(['RESET', 'DONE']);
  });

  it('while the swap waits for a lock: waits for it too, names the holder, and goes when he does', async () => {
    const { database, url, expectAsBefore } = await shop(32);
    await drive({ url, request: { table, stopAfter: 'POST_SYNC_UPDATE' } });
    const holder = await reader(database);
    const waited: string[] = [];
    const swapping = drive({
      url,
      request: { table },
      onUnit(task, result) {
        if (task === 'SWAP' && result.status === 'wait') throw new Ended(result.because);
      },
    });
    await expect(swapping).rejects.toBeInstanceOf(Ended);
    await leaveAlone(database);
    await drive({
      url,
      request: { table, action: 'reset' },
      async onUnit(_task, result) {
        if (result.status === 'wait') {
          waited.push(result.because);
          if (waited.length === 1) await holder.leave();
        }
      },
    });
    expect(waited[0]).toContain(ROLES.app);
    await expectAsBefore(['RESET']);
  });
});

describe('revert in the middle, under writers', () => {
  it('with one foreign key validated and the other not ends with both valid', async () => {
    const { url, until, expectAsBefore } = await shop(33);
    await until(endsAfter(/VALIDATE CONSTRAINT/, 1));
    await drive({ url, request: { table, action: 'revert' } });
    await expectAsBefore(['REVERTED']);
  });

  it('from the gate before clean-up, with a reader in the way; then the same run goes through', async () => {
    const { database, url, writers, expectAsBefore } = await shop(34);
    const stopped = await drive({ url, request: { table, keepOldTable: true } });
    expect(stopped.at(-1)).toMatchObject({ status: 'stop', stage: 'CLEAN_UP' });
    await writers.progressed(50);
    const holder = await reader(database);
    let waits = 0;
    await drive({
      url,
      request: { table, action: 'revert' },
      async onUnit(_task, result) {
        if (result.status === 'wait') {
          waits += 1;
          if (waits === 1) await holder.leave();
        }
      },
    });
    expect(waits).toBeGreaterThan(0);
    expect((await drive({ url, request: { table } })).at(-1)).toMatchObject({ stage: 'DONE' });
    await expectAsBefore(['REVERTED', 'DONE']);
  });

  it('half done is finished by another revert, and by nothing else', async () => {
    const { database, url, until, expectAsBefore } = await shop(35);
    await drive({ url, request: { table, stopAfter: 'SWAP' } });
    await until(endsAfter(/shadowstep_reverse_change_log_drain"\(\$1/), { action: 'revert' });
    expect(await database.query('SELECT stage FROM shadowstep.run')).toEqual([{ stage: 'REVERT' }]);
    for (const action of ['clean-up', 'reset']) {
      await expect(drive({ url, request: { table, action } })).rejects.toMatchObject({ name: 'WrongStageError' });
    }
    await drive({ url, request: { table, action: 'revert' } });
    await expectAsBefore(['REVERTED']);
  });
});
