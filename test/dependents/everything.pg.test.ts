import { beforeAll, describe, expect, test } from 'vitest';
import { ROLES } from '../support/database.ts';
import { DependentsRun } from './dependents-run.ts';

/** One of each, on a table whose other column changes its type meanwhile. */
const EVERYTHING = /* sql */ `
  ALTER TABLE public.item ADD COLUMN small integer DEFAULT 7;
  ALTER TABLE public.item ENABLE ROW LEVEL SECURITY;
  CREATE TABLE public.inbox (id bigint);
  CREATE VIEW public.seen WITH (security_barrier) AS SELECT id, code FROM public.item WHERE amount > 3;
  CREATE VIEW public.documents AS SELECT row_to_json(i.*) AS document FROM public.item AS i;
  CREATE POLICY few ON public.item TO ${ROLES.app} USING (amount > 1);
  CREATE POLICY as_item ON public.inbox USING (EXISTS (SELECT FROM public.item AS i WHERE i.id = inbox.id));
  CREATE RULE kept AS ON DELETE TO public.item WHERE OLD.amount = 2 DO INSTEAD NOTHING;
  CREATE RULE onwards AS ON INSERT TO public.inbox DO ALSO UPDATE public.item SET amount = amount + 1 WHERE id = NEW.id;
  CREATE FUNCTION public.total() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT sum(amount) FROM public.item; END;
  CREATE FUNCTION public.title(public.item) RETURNS text LANGUAGE sql AS $$ SELECT $1.code || ' ' || $1.small $$;
  CREATE STATISTICS public.both ON code, amount FROM public.item;
  CREATE STATISTICS public.widened ON small, amount FROM public.item;
  CREATE PUBLICATION shop FOR TABLE public.item;`;

const ALTERED = { alter: ['ALTER small TYPE bigint'] };

let template: DependentsRun;

beforeAll(async () => {
  template = await DependentsRun.create(EVERYTHING);
});

/** Dies right after the exchange, before the new table's definition is recorded, and sends nothing more. */
function killedAfterExchange() {
  const observer = {
    crashed: false,
    before() {
      if (observer.crashed) throw new Error('dead');
    },
    after(text: string) {
      observer.crashed ||= /^SET LOCAL statement_timeout[\s\S]*COMMIT$/.test(text);
      observer.before();
    },
  };
  return observer;
}

describe('everything that follows at once', () => {
  test('a run to its end leaves the catalog as it was', async () => {
    const run = await template.clone();
    await run.item.drive();
    await run.expectAsBefore();
    await run.expectNothingLeft();
    expect(await run.item.database.query('SELECT count(*)::int FROM public.seen')).toEqual([{ count: 17 }]);
  });

  test('killed right after the exchange it may be reverted, and run again', async () => {
    const run = await template.clone();
    const observer = killedAfterExchange();
    await expect(run.swap(observer)).rejects.toThrow();
    expect(observer.crashed).toBe(true);
    await run.item.database.query(`UPDATE shadowstep.run SET driver_expires_at = now() - interval '1 second'`);
    await run.item.owner.query(`INSERT INTO public.inbox VALUES (5)`);
    await run.revert();
    expect(await run.item.database.query('SELECT public.total()::int')).toEqual([{ total: 211 }]);
    await run.swap();
    await run.cleanUp();
  });

  test('with another type of a column that nobody of them uses, which the whole row shows', async () => {
    const run = await template.clone();
    await run.item.drive(ALTERED);
    await run.item.owner.query(`UPDATE public.item SET small = 5000000000 WHERE id = 1`);
    const [row] = await run.item.database.query(
      `SELECT public.title(i), (SELECT document ->> 'small' FROM public.documents WHERE document ->> 'id' = '1') AS small
       FROM public.item AS i WHERE id = 1`,
    );
    expect(row).toEqual({ title: 'c1 5000000000', small: '5000000000' });
    await run.expectNothingLeft();
  });
});
