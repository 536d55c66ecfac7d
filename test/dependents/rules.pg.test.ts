import { expect, test } from 'vitest';
import { ROLES } from '../support/database.ts';
import { DependentsRun } from './dependents-run.ts';

const RULES = /* sql */ `
  CREATE TABLE public.log (what text, id bigint);
  CREATE TABLE public.inbox (id bigint, code text);
  CREATE VIEW public.codes AS SELECT id, code FROM public.item;
  CREATE VIEW public.elsewhere AS SELECT 1 AS id;
  CREATE RULE "On delete" AS ON DELETE TO public.item DO ALSO INSERT INTO public.log VALUES ('deleted', OLD.id);
  CREATE RULE keep AS ON UPDATE TO public.item WHERE NEW.amount < 0 DO INSTEAD NOTHING;
  CREATE RULE sleeping AS ON INSERT TO public.item DO ALSO INSERT INTO public.log VALUES ('inserted', NEW.id);
  CREATE RULE always AS ON INSERT TO public.item DO ALSO NOTIFY item;
  ALTER TABLE public.item DISABLE RULE sleeping, ENABLE ALWAYS RULE always;
  COMMENT ON RULE keep ON public.item IS 'none below zero';
  CREATE RULE onwards AS ON INSERT TO public.inbox DO INSTEAD
    INSERT INTO public.item (id, code) VALUES (NEW.id, NEW.code) RETURNING id, code;
  COMMENT ON RULE onwards ON public.inbox IS 'to the item';
  CREATE RULE quiet AS ON DELETE TO public.inbox DO ALSO DELETE FROM public.item WHERE id = OLD.id;
  ALTER TABLE public.inbox DISABLE RULE quiet;
  CREATE RULE through AS ON UPDATE TO public.codes DO INSTEAD UPDATE public.item SET code = NEW.code WHERE id = OLD.id;
  CREATE RULE away AS ON INSERT TO public.elsewhere DO INSTEAD DELETE FROM public.item WHERE id = NEW.id;
  COMMENT ON RULE through ON public.codes IS 'through a view';
  GRANT ALL ON public.log, public.inbox, public.codes, public.elsewhere TO ${ROLES.app};`;

test('rules of the table, of other tables and of views act on the table in place, and back again', async () => {
  const run = await DependentsRun.create(RULES);
  const act = async (at: number) => {
    const app = await run.item.database.appClient();
    await app.query(`INSERT INTO public.inbox VALUES (${at}, 'by rule ${at}')`);
    await app.query(`UPDATE public.codes SET code = 'through ${at}' WHERE id = ${at}`);
    await app.query(`UPDATE public.item SET amount = -5 WHERE id = ${at}`);
    await app.query(`DELETE FROM public.item WHERE id = ${at - 100}`);
    await app.query(`INSERT INTO public.elsewhere VALUES (${at - 99})`);
    await app.end();
  };
  await act(101);
  await run.swap();
  await act(103);
  expect((await run.item.rows()).slice(-2)).toEqual(['(101,"through 101",app,1)', '(103,"through 103",app,1)']);
  expect(
    await run.item.database.query(`SELECT FROM pg_rewrite WHERE ev_class = 'shadowstep_1_old.item'::regclass`),
  ).toEqual([]);
  await run.revert();
  await act(105);
  expect(await run.item.rows()).toHaveLength(20 + 3 - 6);
  expect(await run.item.database.query(`SELECT what, id::int FROM public.log ORDER BY id`)).toEqual(
    [1, 2, 3, 4, 5, 6].map((id) => ({ what: 'deleted', id })),
  );
});
