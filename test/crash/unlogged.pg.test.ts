import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StageName } from '../../lambdas/engine/stages.ts';
import { ItemRun } from '../engine/item-run.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';

let own: OwnServer;

beforeAll(async () => {
  own = await startOwnServer({ autovacuum: 'off' });
});

afterAll(() => own.stop());

const TABLE = /* sql */ `
  CREATE UNLOGGED TABLE public.item (
    id bigint CONSTRAINT item_pkey PRIMARY KEY,
    code text CONSTRAINT item_code_key UNIQUE,
    note text
  );
  INSERT INTO public.item SELECT i, 'c' || i, repeat('n', 100) FROM generate_series(1, 2000) AS i;`;

/**
 * The server has crashed while the run was past `stage`: an unlogged table is empty then, and so is its copy, while the
 * change log, which is logged, still names rows that are no more. The application has begun anew, with old keys too.
 */
async function crashedAfter(stage: StageName): Promise<{ run: ItemRun; rows: string[] }> {
  const before = await ItemRun.create({
    database: await own.createDatabase(),
    table: TABLE,
    request: { keepOldTable: true },
  });
  await before.through('SETUP');
  // So that some of the batches are copied before the crash and some would be after it.
  await before.database.query('UPDATE shadowstep.run SET batch_blocks = 2');
  if (stage !== 'SETUP') await before.through(stage);
  await before.owner.query(`UPDATE public.item SET note = 'lost' WHERE id < 50; DELETE FROM public.item WHERE id = 60`);
  await before.database.end();
  await own.server.stopImmediately();
  await own.server.restart();
  const run = await ItemRun.on(before.database, before.request);
  expect(await run.rows()).toEqual([]);
  await run.owner.query(/* sql */ `
    INSERT INTO public.item SELECT i, 'new ' || i, 'after the crash' FROM generate_series(41, 80) AS i;
    UPDATE public.item SET code = 'c1' WHERE id = 70;
    DELETE FROM public.item WHERE id = 71;`);
  return { run, rows: await run.rows() };
}

describe('an unlogged table that a crash of the server has emptied', () => {
  it.each<StageName>(['SETUP', 'BACKFILL', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE'])(
    'after %s goes on with what the application has written since',
    async (stage) => {
      const { run, rows } = await crashedAfter(stage);
      await run.drive({ keepOldTable: true });
      await run.drive({ action: 'clean-up' });
      expect(await run.rows()).toEqual(rows);
      expect(await run.leftovers()).toEqual([]);
      expect(
        await run.database.query(`SELECT relpersistence FROM pg_class WHERE oid = 'public.item'::regclass`),
      ).toEqual([{ relpersistence: 'u' }]);
    },
  );

  it('after the swap goes back to the old table with what was written since', async () => {
    const { run, rows } = await crashedAfter('SWAP');
    await run.drive({ action: 'revert' });
    expect(await run.rows()).toEqual(rows);
    expect(await run.leftovers()).toEqual([]);
  });
});
