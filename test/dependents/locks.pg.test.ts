import type pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { errorOf, ItemRun, once } from '../engine/item-run.ts';
import { pidOf, untilOlderThanAMoment } from '../locks/holders.ts';
import { ITEM_TABLE } from './dependents-run.ts';

let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create({
    table: /* sql */ `${ITEM_TABLE}
      CREATE TABLE public.label (item_id bigint, words text);
      CREATE TABLE public.guarded (item_id bigint);
      CREATE TABLE public.inbox (item_id bigint);
      CREATE VIEW public.labelled AS SELECT i.id, l.words FROM public.item AS i LEFT JOIN public.label AS l ON l.item_id = i.id;
      CREATE VIEW public.bare AS SELECT 1 AS id;
      CREATE RULE away AS ON INSERT TO public.bare DO INSTEAD DELETE FROM public.item WHERE id = NEW.id;
      CREATE POLICY as_item ON public.guarded USING (EXISTS (SELECT FROM public.item AS i WHERE i.id = item_id));
      CREATE RULE onwards AS ON DELETE TO public.inbox DO ALSO DELETE FROM public.item WHERE id = OLD.item_id;
      CREATE FUNCTION public.total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(amount) FROM public.item; END;
      CREATE FUNCTION public.title(public.item) RETURNS text LANGUAGE sql AS 'SELECT 1';
      CREATE STATISTICS public.both ON code, amount FROM public.item;`,
  });
  await template.through('POST_SYNC_UPDATE');
});

/** The exchange: the block, and COMMIT in the same round trip. */
const EXCHANGE = /^SET LOCAL statement_timeout[\s\S]*COMMIT$/;

/** Opens a transaction as the owner and waits until it counts as one that stays, not as traffic. */
async function hold(run: ItemRun, sql: string): Promise<pg.Client> {
  const holder = await run.database.appClient('owner');
  await holder.query('BEGIN');
  await holder.query(sql);
  await untilOlderThanAMoment(run.database, await pidOf(holder));
  return holder;
}

describe('what follows is locked before the table', () => {
  test.each([
    ['public.labelled', `COMMENT ON VIEW public.labelled IS 'x'`],
    ['public.bare', `COMMENT ON VIEW public.bare IS 'x'`],
    ['public.guarded', 'INSERT INTO public.guarded VALUES (1)'],
    ['public.inbox', 'INSERT INTO public.inbox VALUES (1)'],
  ])('who holds %s is named and not queued behind', async (relation, sql) => {
    const run = await template.clone();
    const holder = await hold(run, sql);
    const waits: string[] = [];
    const results = await run.drive(
      {},
      {
        async onUnit(task, result) {
          if (task !== 'SWAP' || result.status !== 'wait') return;
          waits.push(result.because);
          const locked = await run.database.query(
            `SELECT FROM pg_locks WHERE relation = 'public.item'::regclass AND NOT granted`,
          );
          expect(locked).toEqual([]);
          await holder.query('ROLLBACK');
        },
      },
    );
    expect(waits).toEqual([expect.stringContaining(relation)]);
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
  });

  test('who holds another table that a view reads is in nobody’s way', async () => {
    const run = await template.clone();
    const holder = await hold(run, `INSERT INTO public.label VALUES (1, 'held')`);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    await holder.query('COMMIT');
    expect(await run.database.query(`SELECT words FROM public.labelled WHERE id = 1`)).toEqual([{ words: 'held' }]);
  });
});

describe('what follows and is changed between the comparison and the lock (I-10)', () => {
  test.each([
    ['CREATE OR REPLACE VIEW public.labelled AS SELECT i.id, i.code AS words FROM public.item AS i'],
    ['ALTER VIEW public.labelled SET (security_barrier)'],
    [
      'CREATE OR REPLACE FUNCTION public.total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT max(id) FROM public.item; END',
    ],
    ['REVOKE EXECUTE ON FUNCTION public.title FROM PUBLIC'],
    ['ALTER STATISTICS public.both SET STATISTICS 5'],
    ['CREATE VIEW public.fresh AS SELECT id FROM public.item'],
  ])('%s is not lost: the tables stay where they are', async (change) => {
    const run = await template.clone();
    const oid = await run.oid();
    const observer = once('before', EXCHANGE, () => run.owner.query(change));
    expect((await errorOf(run.drive({}, { observer }))).name).toBe('SourceChangedError');
    expect(await run.oid()).toBe(oid);
  });
});
