import { describe, expect, test } from 'vitest';
import { errorOf } from '../engine/item-run.ts';
import { ROLE_PASSWORD, ROLES } from '../support/database.ts';
import { DependentsRun } from './dependents-run.ts';

const POLICIES = /* sql */ `
  CREATE TABLE public.secret (id bigint PRIMARY KEY REFERENCES public.item, words text);
  INSERT INTO public.secret SELECT id, 'secret ' || id FROM public.item;
  UPDATE public.item SET owner_name = '${ROLES.app}' WHERE id <= 10;
  ALTER TABLE public.item ENABLE ROW LEVEL SECURITY;
  ALTER TABLE public.secret ENABLE ROW LEVEL SECURITY;
  CREATE POLICY mine ON public.item TO ${ROLES.app}, ${ROLES.reader}
    USING (owner_name = CURRENT_USER) WITH CHECK (owner_name = CURRENT_USER AND amount >= 0);
  CREATE POLICY "Not the third" ON public.item AS RESTRICTIVE FOR SELECT USING (id <> 3);
  CREATE POLICY others ON public.item FOR DELETE USING (NOT EXISTS (SELECT FROM public.item AS o WHERE o.id = item.id + 1));
  COMMENT ON POLICY mine ON public.item IS 'one''s own';
  CREATE POLICY as_the_item ON public.secret FOR SELECT TO ${ROLES.app}
    USING (EXISTS (SELECT FROM public.item AS i WHERE i.id = secret.id AND i.amount > 1));
  COMMENT ON POLICY as_the_item ON public.secret IS 'elsewhere';
  GRANT SELECT ON public.secret TO ${ROLES.app};
  CREATE VIEW public.trusted WITH (security_barrier) AS SELECT id FROM public.item;
  GRANT SELECT ON public.trusted TO ${ROLES.app};`;

async function seenByApp(run: DependentsRun): Promise<Record<string, number[]>> {
  const app = await run.item.database.appClient();
  const ids = async (sql: string) => (await app.query<{ id: string }>(sql)).rows.map((row) => Number(row.id));
  const seen = {
    item: await ids('SELECT id FROM public.item ORDER BY id'),
    secret: await ids('SELECT id FROM public.secret ORDER BY id'),
    trusted: await ids('SELECT id FROM public.trusted ORDER BY id'),
  };
  await expect(app.query(`UPDATE public.item SET amount = -1 WHERE id = 1`)).rejects.toThrow('row-level security');
  await app.end();
  return seen;
}

describe('policies follow the table', () => {
  test('its own and those of other tables filter for the application before and after swap and revert', async () => {
    const run = await DependentsRun.create(POLICIES);
    const before = await seenByApp(run);
    expect(before.item).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 10]);
    expect(before.secret).toEqual([2, 4, 5, 6, 7, 8, 9, 10]);
    await run.swap();
    expect(await seenByApp(run)).toEqual(before);
    // A row that only the new table has: the policy elsewhere must see it there.
    await run.item.owner.query(`INSERT INTO public.item VALUES (30, 'c30', '${ROLES.app}', 30)`);
    await run.item.owner.query(`INSERT INTO public.secret VALUES (30, 'new')`);
    expect((await seenByApp(run)).secret).toContain(30);
    const old = await run.item.database.query(
      `SELECT FROM pg_policy WHERE polrelid = 'shadowstep_1_old.item'::regclass`,
    );
    expect(old).toEqual([]);
    await run.revert();
    expect((await seenByApp(run)).secret).toEqual([...(before.secret ?? []), 30]);
  });
});

describe('forced row security', () => {
  const role = 'shadowstep_test_bypassing';
  const FORCED = /* sql */ `
    ALTER TABLE public.item ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY few ON public.item USING (id < 4);`;
  const ROLE = /* sql */ `
    CREATE ROLE ${role} LOGIN PASSWORD '${ROLE_PASSWORD}' BYPASSRLS IN ROLE ${ROLES.owner}, pg_read_all_stats;
    DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO ${role}', current_database()); END $$`;

  test('is carried by a role that may bypass it, and refused to another one with the way out', async () => {
    const run = await DependentsRun.create(FORCED, { bySuperuser: ROLE });
    const { database, owner } = run.item;
    try {
      expect(await errorOf(run.item.drive())).toMatchObject({
        name: 'RefusedError',
        refusals: [
          {
            code: 'RowSecurityForced',
            remedy: expect.stringContaining(`ALTER ROLE ${ROLES.owner} BYPASSRLS`),
          },
        ],
      });
      const url = new URL(database.urlOf('owner'));
      url.username = role;
      await run.swapAs(url.href);
      expect((await owner.query(`SELECT count(*)::int FROM public.item`)).rows).toEqual([{ count: 3 }]);
      expect(await database.query(`SELECT count(*)::int FROM public.item`)).toEqual([{ count: 20 }]);
    } finally {
      await database.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
    }
  });
});
