import { describe, expect, it } from 'vitest';
import { ItemRun } from './item-run.ts';

/** Old type, new type, a value of the new one that the old one would change in silence, and one that it keeps. */
const NARROWING: readonly (readonly [before: string, after: string, changed: string, kept: string])[] = [
  ['int', 'numeric', '1.5', '7'],
  ['numeric(10,2)', 'numeric', '1.239', '1.5'],
  ['timestamp(0)', 'timestamp', '2026-01-01 00:00:00.75', '2026-01-01 00:00:01'],
  ['timestamptz(3)', 'timestamptz', '2026-01-01 00:00:00.123456+00', 'infinity'],
  ['varchar(5)', 'text', 'ab       ', 'ab'],
  ['real', 'double precision', '0.1', '0.5'],
  ['int', 'double precision', '2.5', '2'],
  ['cidr', 'inet', '10.0.0.1/24', '10.0.0.0/24'],
  ['bit varying(3)', 'bit varying', '1010', '101'],
];

describe('a revert', () => {
  it.each(NARROWING)('of %s to %s is impossible while a value would come back changed', async (...shape) => {
    const [before, after, changed, kept] = shape;
    const run = await ItemRun.create({
      table: `CREATE TABLE public.item (id int PRIMARY KEY, v ${before}); INSERT INTO public.item VALUES (1), (2)`,
      request: { alter: `ALTER COLUMN v TYPE ${after}` },
    });
    await run.through('SWAP');
    const newTable = await run.oid();
    await run.owner.query('UPDATE public.item SET v = $1 WHERE id = 1', [changed]);
    await run.owner.query('UPDATE public.item SET v = $1 WHERE id = 2', [kept]);
    const written = await run.rows();
    await expect(run.drive({ action: 'revert' })).rejects.toMatchObject({ name: 'RevertImpossibleError' });
    expect(await run.oid()).toBe(newTable);
    expect(await run.rows()).toEqual(written);
    expect(await run.database.query('SELECT kind, row_keys FROM shadowstep.finding')).toEqual([
      { kind: 'does not fit the old table', row_keys: [['1']] },
    ]);

    await run.owner.query('DELETE FROM public.item WHERE id = 1');
    await run.drive({ action: 'revert' });
    const [row] = await run.database.query<{ same: boolean }>(
      `SELECT v::${after} IS NOT DISTINCT FROM $1::${after} AS same FROM public.item WHERE id = 2`,
      [kept],
    );
    expect(row).toEqual({ same: true });
  });

  it.each([
    ['a column', 'ALTER TABLE public.item ADD added int'],
    ['an index', 'CREATE INDEX item_note ON public.item (note)'],
    ['a constraint', `ALTER TABLE public.item ADD CONSTRAINT noted CHECK (note <> '')`],
  ])(
    'does not lose %s that came right after the exchange, before anything else was done (I-10)',
    async (_what, ddl) => {
      const run = await ItemRun.create();
      const driver = 'test:same';
      await run.through('POST_SYNC_UPDATE');
      await run.unit('SWAP', { driver });
      const newTable = await run.oid();
      await run.owner.query(ddl);
      await expect(run.drive({ action: 'revert' }, { driver })).rejects.toMatchObject({ name: 'SourceChangedError' });
      expect(await run.oid()).toBe(newTable);
    },
  );

  it('does not lose it either when the run has gone on meanwhile', async () => {
    const run = await ItemRun.create();
    const driver = 'test:same';
    await run.through('POST_SYNC_UPDATE');
    await run.unit('SWAP', { driver });
    await run.owner.query('ALTER TABLE public.item ADD added int');
    await run.drive({ stopAfter: 'SWAP' }, { driver });
    await expect(run.drive({ action: 'revert' })).rejects.toMatchObject({ name: 'SourceChangedError' });
    expect(await run.database.query('SELECT added FROM public.item LIMIT 1')).toHaveLength(1);
  });
});

describe('the statistics of the new table', () => {
  it('are there for its expression indexes too', async () => {
    const run = await ItemRun.create({
      table: `
        CREATE TABLE public.item (id int PRIMARY KEY, email text);
        INSERT INTO public.item SELECT i, 'U' || i || '@example.org' FROM generate_series(1, 500) AS i;
        CREATE INDEX item_email ON public.item (lower(email))`,
    });
    await run.through('SWAP');
    const statistics = await run.database.query(
      `SELECT tablename, n_distinct FROM pg_stats WHERE schemaname = 'public' AND tablename IN ('item', 'item_email') ORDER BY tablename, attname`,
    );
    expect(statistics).toEqual([
      { tablename: 'item', n_distinct: -1 },
      { tablename: 'item', n_distinct: -1 },
      { tablename: 'item_email', n_distinct: -1 },
    ]);
  });
});
