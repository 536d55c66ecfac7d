import { describe, expect, it } from 'vitest';
import { STAGES } from '../../lambdas/engine/stages.ts';
import { dieEverywhere } from './die-everywhere.ts';
import { drive } from './drive.ts';
import { ordersUnderWriters } from './orders-under-writers.ts';

function fixture(seed: number) {
  return ordersUnderWriters({ rows: 800, keyShape: 'bigserial', seed, perSecond: 60 });
}

const table = 'public.orders';

describe('killed between any two statements', () => {
  it('a run recovers at every point, and loses nothing', async () => {
    const { database, expectAsBefore } = await fixture(21);
    const survived = await dieEverywhere(database, { table, workers: 2 }, ['REQUEST', ...STAGES]);
    await expectAsBefore();
    expect(await database.query('SELECT stage FROM shadowstep.run')).toEqual([{ stage: 'DONE' }]);
    for (const stage of STAGES) {
      expect(survived.byTask[stage], stage).toBeGreaterThan(5);
    }
    console.log(`kill points survived ${survived.tried} / tried ${survived.tried}: ${JSON.stringify(survived.byTask)}`);
  }, 600_000);

  it('a reset recovers at every point', async () => {
    const { database, expectAsBefore } = await fixture(22);
    await drive({ url: database.urlOf('owner'), request: { table, stopAfter: 'SYNC_SCHEMAS' } });
    const survived = await dieEverywhere(database, { table, action: 'reset' }, ['REQUEST', 'RESET']);
    await expectAsBefore();
    expect(survived.tried).toBeGreaterThan(10);
    console.log(`kill points survived ${survived.tried} / tried ${survived.tried}: ${JSON.stringify(survived.byTask)}`);
  }, 300_000);

  it('a revert recovers at every point', async () => {
    const { database, expectAsBefore } = await fixture(23);
    await drive({ url: database.urlOf('owner'), request: { table, stopAfter: 'SWAP' } });
    const survived = await dieEverywhere(database, { table, action: 'revert' }, ['REQUEST', 'REVERT']);
    await expectAsBefore();
    expect(survived.tried).toBeGreaterThan(20);
    console.log(`kill points survived ${survived.tried} / tried ${survived.tried}: ${JSON.stringify(survived.byTask)}`);
  }, 300_000);
});
