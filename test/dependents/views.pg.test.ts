import { describe, expect, inject, test } from 'vitest';
import { ROLES } from '../support/database.ts';
import { DependentsRun } from './dependents-run.ts';

const { majorVersion } = inject('postgres');

const INVOKER = majorVersion >= 15 ? 'security_invoker, security_barrier = off' : 'security_barrier = off';

const VIEWS = /* sql */ `
  CREATE SCHEMA "Re ports";
  CREATE TABLE public.label (item_id bigint PRIMARY KEY, "Text" text);
  INSERT INTO public.label SELECT id, 'label ' || id FROM public.item;
  CREATE VIEW "Re ports"."All" WITH (security_barrier) AS SELECT id, code AS "Code", amount FROM public.item;
  ALTER VIEW "Re ports"."All" RENAME COLUMN amount TO "Sum";
  COMMENT ON VIEW "Re ports"."All" IS 'all of them';
  COMMENT ON COLUMN "Re ports"."All"."Sum" IS 'the sum';
  ALTER VIEW "Re ports"."All" ALTER COLUMN "Code" SET DEFAULT 'none';
  GRANT SELECT ON "Re ports"."All" TO ${ROLES.app} WITH GRANT OPTION;
  GRANT SELECT (id), UPDATE ("Code") ON "Re ports"."All" TO ${ROLES.reader};
  GRANT USAGE ON SCHEMA "Re ports" TO ${ROLES.app};
  CREATE VIEW public.over AS SELECT "Sum" FROM "Re ports"."All" WHERE id > 2;
  CREATE VIEW public.over_over AS SELECT sum("Sum") AS total FROM public.over;
  CREATE VIEW public.checked WITH (check_option = cascaded) AS SELECT * FROM public.item WHERE amount > 0;
  CREATE VIEW public.whole AS SELECT i.id, row_to_json(i.*) AS document, (i.*)::text AS line FROM public.item AS i;
  CREATE VIEW public.grouped AS SELECT i.id, i.code, i.amount, count(l.*) FROM public.item AS i
    LEFT JOIN public.label AS l ON l.item_id = i.id GROUP BY i.id;
  CREATE VIEW public.joined AS SELECT * FROM public.item JOIN (SELECT item_id AS id, "Text" FROM public.label) AS l USING (id);
  CREATE RECURSIVE VIEW public.counted (id, depth) AS
    SELECT id, 1 FROM public.item UNION ALL SELECT id, depth + 1 FROM counted WHERE depth < 3;
  CREATE VIEW public.lateral_one AS
    SELECT i.id, l.t FROM public.item AS i, LATERAL (SELECT "Text" AS t FROM public.label WHERE item_id = i.id LIMIT 1) AS l;
  CREATE VIEW public.constant AS SELECT 'public.item'::regclass AS which, tableoid, ctid FROM ONLY public.item;
  CREATE VIEW public.invoked WITH (${INVOKER}) AS SELECT id FROM public.item;
  CREATE VIEW public.empty AS SELECT FROM public.item;
  CREATE FUNCTION public.write_joined() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN UPDATE public.item SET code = NEW.code WHERE id = NEW.id; RETURN NEW; END $$;
  CREATE TRIGGER writes INSTEAD OF UPDATE ON public.joined FOR EACH ROW EXECUTE FUNCTION public.write_joined();
  COMMENT ON TRIGGER writes ON public.joined IS 'instead';
  CREATE RULE adds AS ON INSERT TO public.grouped DO INSTEAD INSERT INTO public.item AS i (id, code) VALUES (NEW.id, NEW.code)
    ON CONFLICT ON CONSTRAINT item_pkey DO UPDATE SET code = i.code || EXCLUDED.code WHERE i.amount > 0;
  GRANT SELECT, UPDATE, INSERT ON public.grouped, public.joined, public.checked, public.over_over TO ${ROLES.app};
  ALTER TABLE public.label RENAME "Text" TO words;
  ALTER TABLE public.item RENAME COLUMN owner_name TO "Who";
  ALTER TABLE public.label ADD COLUMN code text;`;

describe('views follow the table', () => {
  test('through the swap, the clean-up and a run on end: definitions, options, owner, grants, comments, triggers', async () => {
    const run = await DependentsRun.create(VIEWS);
    const prepared = { name: 'total', text: 'SELECT total::int FROM public.over_over' };
    const app = await run.item.database.appClient();
    expect((await app.query(prepared)).rows).toEqual([{ total: 210 - 3 }]);
    await run.swap();
    await app.query(`UPDATE public.item SET amount = 1000 WHERE id = 5`);
    const { rows } = await app.query(`SELECT "Sum" FROM "Re ports"."All" WHERE id = 5`);
    expect(rows).toEqual([{ Sum: 1000 }]);
    expect((await app.query(prepared)).rows).toEqual([{ total: 210 - 3 - 5 + 1000 }]);
    await app.query(`UPDATE public.joined SET code = 'by trigger' WHERE id = 6`);
    expect((await app.query(`SELECT code FROM public.item WHERE id = 6`)).rows).toEqual([{ code: 'by trigger' }]);
    await app.query(`INSERT INTO public.grouped (id, code) VALUES (7, ' and more')`);
    expect((await app.query(`SELECT code FROM public.item WHERE id = 7`)).rows).toEqual([{ code: 'c7 and more' }]);
    await expect(app.query(`INSERT INTO public.checked VALUES (77, 'x', 'app', -1)`)).rejects.toThrow('check option');
    const [constant] = await run.item.database.query(
      `SELECT DISTINCT which::oid = tableoid AS same FROM public.constant`,
    );
    expect(constant).toEqual({ same: true });
    await run.cleanUp();
    expect((await app.query(`SELECT count(*)::int FROM public.checked`)).rows).toEqual([{ count: 20 }]);
  });

  test('back again in a revert, with what was written through them', async () => {
    const run = await DependentsRun.create(VIEWS);
    await run.swap();
    const app = await run.item.database.appClient();
    await app.query(`INSERT INTO public.checked VALUES (77, 'seventy', 'app', 7)`);
    await app.end();
    await run.revert();
    expect(await run.item.database.query(`SELECT "Code" FROM "Re ports"."All" WHERE id = 77`)).toEqual([
      { Code: 'seventy' },
    ]);
  });

  test('a reset leaves them as they were', async () => {
    const run = await DependentsRun.create(VIEWS);
    await run.reset();
  });
});
