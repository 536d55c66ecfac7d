import { beforeAll, describe, expect, it } from 'vitest';
import { errorOf } from '../engine/item-run.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { type PartitionedShape, SMALL_WHOLE } from './shapes.ts';
import { SMALL_LEAVES, setupWhole, type WholeRun } from './whole-run.ts';

const OF_ROOT = /* sql */ `
  CREATE MATERIALIZED VIEW public.of_root AS SELECT region, count(*) AS n FROM public.sales GROUP BY region;
  CREATE UNIQUE INDEX of_root_key ON public.of_root (region);`;

/** One reads a leaf, one both leaves, one the root and a leaf; a view is over the first. */
const OF_LEAVES = /* sql */ `
  CREATE MATERIALIZED VIEW public.of_leaf AS SELECT count(*) AS n FROM public.sales_2024;
  CREATE VIEW public.over_leaf AS SELECT n FROM public.of_leaf;
  CREATE MATERIALIZED VIEW public.of_both AS
    SELECT count(*) AS n FROM (SELECT FROM public.sales_2024 UNION ALL SELECT FROM public.sales_2025) AS b;
  CREATE MATERIALIZED VIEW public.of_all AS
    SELECT (SELECT count(*) FROM public.sales) AS n, (SELECT count(*) FROM public.sales_2025) AS n_2025;
  COMMENT ON MATERIALIZED VIEW public.of_both IS 'both';`;

const AGREED = { recreateMaterializedViews: true };

const withViews = (views: string): PartitionedShape => ({ ...SMALL_WHOLE, ddl: `${SMALL_WHOLE.ddl}${views}` });

let template: WholeRun;

beforeAll(async () => {
  template = await setupWhole(withViews(OF_ROOT + OF_LEAVES));
});

/** Every materialized view has the rows that its query has now. */
async function refreshed(run: WholeRun): Promise<void> {
  await run.owner.query(`
    REFRESH MATERIALIZED VIEW public.of_root; REFRESH MATERIALIZED VIEW public.of_leaf;
    REFRESH MATERIALIZED VIEW public.of_both; REFRESH MATERIALIZED VIEW public.of_all`);
}

interface Counts {
  readonly of_root: number;
  readonly of_leaf: number;
  readonly of_both: number;
  readonly of_all: number;
}

async function counts(run: WholeRun): Promise<Counts> {
  const [row] = await run.database.query<Counts>(`
    SELECT (SELECT sum(n)::int FROM public.of_root) AS of_root, (SELECT n::int FROM public.over_leaf) AS of_leaf,
           (SELECT n::int FROM public.of_both) AS of_both, (SELECT n::int FROM public.of_all) AS of_all`);
  if (row === undefined) throw new Error('a SELECT without FROM gave no row');
  return row;
}

async function anew(run: WholeRun): Promise<string[]> {
  const made = await run.database.query<{ text: string }>(`
    SELECT e.run_id || ' ' || (e.detail->>'view') AS text FROM shadowstep.event AS e
    WHERE e.kind = 'materialized view made anew' ORDER BY e.event_id`);
  return made.map(({ text }) => text);
}

describe('materialized views of a table that is rebuilt as a whole', () => {
  it('follow leaf by leaf where they read one, and are left alone where they read the root', async () => {
    const run = await template.clone();
    await refreshed(run);
    const before = await dumpCatalog(run.admin);
    const expected = await counts(run);
    const ofRoot = () => run.database.query(`SELECT 'public.of_root'::regclass::oid AS oid`);
    const root = await ofRoot();
    await run.go(AGREED);
    expect(await run.leaves()).toEqual(SMALL_LEAVES.map((leaf) => `${leaf} done`));
    expect((await anew(run)).sort()).toEqual([
      '1 public.of_both',
      '1 public.of_leaf',
      '2 public.of_all',
      '2 public.of_both',
    ]);
    expect(await counts(run)).toEqual(expected);
    expect(await ofRoot()).toEqual(root);
    await run.owner.query(`INSERT INTO public.sales (id, at) VALUES (500000, '2024-06-01'), (500001, '2025-06-01')`);
    await refreshed(run);
    expect(await counts(run)).toEqual({
      of_root: expected.of_root + 2,
      of_leaf: expected.of_leaf + 1,
      of_both: expected.of_both + 2,
      of_all: expected.of_all + 2,
    });
    expectSameCatalog(before, await dumpCatalog(run.admin));
    expect(await run.leftovers()).toEqual([]);
  });

  it('come back with the leaf under way when it is reverted', async () => {
    const run = await template.clone();
    await refreshed(run);
    const before = await dumpCatalog(run.admin);
    const expected = await counts(run);
    await run.go({ ...AGREED, stopAfter: 'SWAP' });
    await run.go({ ...AGREED, action: 'revert' });
    expect(await counts(run)).toEqual(expected);
    await refreshed(run);
    expect(await counts(run)).toEqual(expected);
    expectSameCatalog(before, await dumpCatalog(run.admin));
    expect(await run.leftovers()).toEqual([]);
  });

  it('are refused before anything is done, unless the request agrees; the root’s is no hindrance', async () => {
    const run = await template.clone();
    const error = await errorOf(run.go());
    expect(error.name).toBe('RefusedError');
    for (const [leaf, view] of [
      ['public.sales_2024', 'public.of_leaf'],
      ['public.sales_2024', 'public.of_both'],
      ['public.sales_2025', 'public.of_all'],
    ]) {
      expect(error.message).toContain(`MaterializedView: ${leaf}: Materialized view ${view} reads ${leaf}`);
      expect(error.message).toContain(`"recreateMaterializedViews": true; or DROP MATERIALIZED VIEW ${view};`);
    }
    expect(error.message).not.toContain('public.of_root');
    const [registry] = await run.database.query(`SELECT to_regclass('shadowstep.whole') AS whole`);
    expect(registry).toEqual({ whole: null });
    const free = await setupWhole(withViews(OF_ROOT));
    await free.go({ stopAfter: 'CLEAN_UP' });
    expect(await free.leaves()).toEqual([`${SMALL_LEAVES[0]} done`, `${SMALL_LEAVES[1]} waiting`]);
  });

  it('that cannot follow are refused of any leaf, before anything is done', async () => {
    const run = await template.clone();
    await run.owner.query(`CREATE MATERIALIZED VIEW public.nested AS SELECT n_2025 FROM public.of_all`);
    const error = await errorOf(run.go(AGREED));
    expect(error.name).toBe('RefusedError');
    expect(error.message).toMatch(
      /sales_2025: Materialized view public\.of_all .* materialized view public\.nested reads/,
    );
    const [registry] = await run.database.query(`SELECT to_regclass('shadowstep.whole') AS whole`);
    expect(registry).toEqual({ whole: null });
  });
});
