import { expect, test } from 'vitest';
import { ItemRun } from '../engine/item-run.ts';

/**
 * PostgreSQL has foreign keys act in the order in which they were made. In each of these the names are in the other order, and
 * what the application does ends otherwise, or in an error, when the second key acts first.
 */
const TABLES: readonly (readonly [what: string, table: string, act: string, left: string])[] = [
  [
    'two keys onto the table itself',
    `CREATE TABLE public.item (id int PRIMARY KEY, root int, reply_to int);
     ALTER TABLE public.item ADD CONSTRAINT z_root FOREIGN KEY (root) REFERENCES public.item ON DELETE CASCADE;
     ALTER TABLE public.item ADD CONSTRAINT a_reply FOREIGN KEY (reply_to) REFERENCES public.item;
     INSERT INTO public.item SELECT i, nullif((i - 1) / 10 * 10 + 1, i), nullif((i - 1) / 10 * 10 + 1, i) FROM generate_series(1, 40) AS i;`,
    'DELETE FROM public.item WHERE id = 11',
    'SELECT count(*)::int AS left FROM public.item',
  ],
  [
    'keys of another table onto it',
    `CREATE TABLE public.item (id int PRIMARY KEY);
     INSERT INTO public.item SELECT generate_series(1, 20);
     CREATE TABLE public.member (id int PRIMARY KEY, item_id int, invited_by int);
     ALTER TABLE public.member ADD CONSTRAINT z_item FOREIGN KEY (item_id) REFERENCES public.item ON DELETE CASCADE;
     ALTER TABLE public.member ADD CONSTRAINT a_invited FOREIGN KEY (invited_by) REFERENCES public.item;
     INSERT INTO public.member SELECT i, i, i FROM generate_series(1, 20) AS i;`,
    'DELETE FROM public.item WHERE id = 11',
    'SELECT count(*)::int AS left FROM public.member',
  ],
  [
    'its keys onto another table',
    `CREATE TABLE public.person (id int PRIMARY KEY);
     INSERT INTO public.person SELECT generate_series(1, 20);
     CREATE TABLE public.item (id int PRIMARY KEY, person_id int, invited_by int);
     ALTER TABLE public.item ADD CONSTRAINT z_person FOREIGN KEY (person_id) REFERENCES public.person ON DELETE CASCADE;
     ALTER TABLE public.item ADD CONSTRAINT a_invited FOREIGN KEY (invited_by) REFERENCES public.person;
     INSERT INTO public.item SELECT i, i, i FROM generate_series(1, 20) AS i;`,
    'DELETE FROM public.person WHERE id = 11',
    'SELECT count(*)::int AS left FROM public.item',
  ],
];

test.each(TABLES)('%s act as before: as it was, after a run, after a revert', async (_what, table, act, left) => {
  const ended: unknown[] = [];
  for (const actions of [[], ['repack'], ['repack', 'revert']]) {
    const run = await ItemRun.create({ table, request: { keepOldTable: actions.includes('revert') } });
    for (const action of actions) await run.drive({ action });
    await run.owner.query(act);
    ended.push((await run.owner.query(left)).rows);
  }
  expect(ended).toEqual([ended[0], ended[0], ended[0]]);
});
