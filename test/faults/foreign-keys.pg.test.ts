import { describe, expect, it } from 'vitest';
import { ItemRun } from '../engine/item-run.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { ROLES } from '../support/database.ts';

const FAMILY = /* sql */ `
  CREATE TABLE public.parent (id bigint PRIMARY KEY);
  CREATE TABLE public.item (
    id bigint CONSTRAINT item_pkey PRIMARY KEY,
    parent_id bigint CONSTRAINT item_parent REFERENCES public.parent ON DELETE CASCADE,
    note text
  );
  CREATE TABLE public.child (
    id bigint PRIMARY KEY,
    no_action bigint CONSTRAINT child_no_action REFERENCES public.item,
    cascaded bigint CONSTRAINT child_cascaded REFERENCES public.item ON DELETE CASCADE,
    nulled bigint CONSTRAINT child_nulled REFERENCES public.item ON DELETE SET NULL
  );
  INSERT INTO public.parent SELECT i FROM generate_series(1, 40) AS i;
  INSERT INTO public.item SELECT i, i, 'n' FROM generate_series(1, 40) AS i;
  INSERT INTO public.child SELECT i, i, i, i FROM generate_series(1, 10) AS i;
  GRANT ALL ON public.parent, public.child TO ${ROLES.app};`;

const STAGES = ['SETUP', 'BACKFILL', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE', 'SWAP'] as const;

/** Worked out from the statements above and below, not from any table. */
function whatTheApplicationLeft(): { items: string[]; children: string[] } {
  const rounds = STAGES.map((_, round) => 20 + round);
  const kept = Array.from({ length: 40 }, (_, index) => index + 1).filter((id) => !rounds.includes(id));
  const noted = (id: number) => (id <= 10 ? `"round ${STAGES.length - 1}"` : 'n');
  const family = [...kept.filter((id) => id <= 10), ...rounds.map((row) => 100 + row)];
  return {
    items: [
      ...kept.map((id) => `(${id},${id},${noted(id)})`),
      ...rounds.map((row) => `(${100 + row},${100 + row},new)`),
    ].sort(),
    children: family.map((id) => `(${id},${id},${id},${id})`).sort(),
  };
}

describe('a table with parents and children (faults d1 to d7, I-6)', () => {
  it('lets the application write to all three at every stage, and no child is lost or nulled', async () => {
    const run = await ItemRun.create({ table: FAMILY, request: { keepOldTable: true } });
    const admin = await run.database.client();
    const before = await dumpCatalog(admin);
    const app = await run.database.appClient();
    for (const [round, stage] of STAGES.entries()) {
      await run.through(stage);
      const row = 20 + round;
      // d1: a parent whose rows the copy still has, or has no longer.
      await app.query(`DELETE FROM public.parent WHERE id = ${row}`);
      // d2, d3: a parent and a child that come together while the copy lags.
      await app.query(`BEGIN; INSERT INTO public.parent VALUES (${100 + row});
        INSERT INTO public.item VALUES (${100 + row}, ${100 + row}, 'new'); COMMIT`);
      // d4: a child of a row that is only in the log.
      await app.query(`INSERT INTO public.child VALUES (${100 + row}, ${100 + row}, ${100 + row}, ${100 + row})`);
      // d5, d6, d7: an ordinary UPDATE of rows that have children.
      await app.query(`UPDATE public.item SET note = 'round ${round}' WHERE id <= 10`);
    }
    const { items, children } = whatTheApplicationLeft();
    expect((await run.rows()).sort()).toEqual(items);
    expect((await run.rows('public.child')).sort()).toEqual(children);
    await run.drive({ action: 'clean-up' });
    expect((await run.rows()).sort()).toEqual(items);
    expect((await run.rows('public.child')).sort()).toEqual(children);
    expectSameCatalog(before, await dumpCatalog(admin));
  });
});
