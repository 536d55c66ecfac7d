import { describe, expect, it } from 'vitest';
import { errorOf, ItemRun } from '../engine/item-run.ts';

const TABLE = /* sql */ `
  CREATE TABLE public.item (id integer PRIMARY KEY, size real UNIQUE, note text);
  INSERT INTO public.item SELECT i, i, 'n' || i FROM generate_series(1, 50) AS i;`;

async function swapped(alter: string) {
  const run = await ItemRun.create({ table: TABLE, request: { alter: [alter] } });
  await run.drive({ stopAfter: 'SWAP' });
  return run;
}

async function told(run: ItemRun, error: Error): Promise<string> {
  const lines = await run.database.query(
    `SELECT r::text AS line FROM shadowstep.run AS r UNION ALL SELECT e::text FROM shadowstep.event AS e`,
  );
  return `${error.message}${JSON.stringify(lines)}`;
}

describe('revert, when the old table cannot hold what was written since', () => {
  it('says so, names the keys in a finding, and leaves the application and clean-up alone', async () => {
    const run = await swapped('ALTER COLUMN id TYPE bigint');
    const app = await run.database.appClient();
    await app.query(`
      INSERT INTO public.item (id, size, note) VALUES (3000000000, 100, 'beyond'), (60, 101, 'fits'), (4000000000, 102, 'beyond')`);
    const oid = await run.oid();

    const error = await errorOf(run.drive({ action: 'revert' }));

    expect(error.name).toBe('RevertImpossibleError');
    const [finding] = await run.database.query(
      'SELECT finding_id::int AS id, kind, row_count::int AS rows, row_keys AS keys FROM shadowstep.finding',
    );
    expect(finding).toMatchObject({
      kind: 'does not fit the old table',
      rows: 2,
      keys: [['3000000000'], ['4000000000']],
    });
    expect(error.message).toContain(`finding_id ${finding?.id}`);
    expect(await told(run, error), 'keys are in shadowstep.finding only (I-13)').not.toMatch(/[34]000000000/);
    expect(await run.oid()).toBe(oid);
    await app.query(`UPDATE public.item SET note = 'still served' WHERE id = 3000000000`);
    await app.query(`INSERT INTO public.item VALUES (5000000000, 103, 'and more')`);
    const rows = await run.rows();
    expect((await run.drive({ action: 'clean-up' })).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toEqual(rows);
    expect(await run.leftovers()).toEqual([]);
  });

  it('succeeds once those rows are gone, and the same run goes through again', async () => {
    const run = await swapped('ALTER COLUMN id TYPE bigint');
    await run.database.query(`INSERT INTO public.item VALUES (3000000000, 100, 'beyond'), (60, 101, 'fits')`);
    expect((await errorOf(run.drive({ action: 'revert' }))).name).toBe('RevertImpossibleError');
    await run.database.query(`DELETE FROM public.item WHERE id = 3000000000`);
    expect((await run.drive({ action: 'revert' })).at(-1)).toMatchObject({ stage: 'REVERTED' });
    const type = `SELECT pg_typeof(id)::text AS type FROM public.item WHERE id = 60`;
    expect(await run.database.query(type)).toEqual([{ type: 'integer' }]);
    expect(await run.leftovers()).toEqual([]);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.database.query(type)).toEqual([{ type: 'bigint' }]);
    expect(await run.rows()).toHaveLength(51);
  });

  it('says so where two values that the new type tells apart are one in the old type, and goes on to clean-up', async () => {
    const run = await swapped('ALTER COLUMN size TYPE double precision');
    await run.database.query(`INSERT INTO public.item VALUES (60, 16777216, 'one'), (61, 16777217, 'other')`);
    const error = await errorOf(run.drive({ action: 'revert' }));
    expect(error.name).toBe('RevertImpossibleError');
    const [finding] = await run.database.query(
      'SELECT finding_id::int AS id, kind, row_count::int AS rows FROM shadowstep.finding',
    );
    expect(finding).toMatchObject({ kind: 'does not fit the old table', rows: 1 });
    expect(error.message).toContain(`finding_id ${finding?.id}`);
    expect((await run.drive({ action: 'clean-up' })).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toHaveLength(52);
  });
});
