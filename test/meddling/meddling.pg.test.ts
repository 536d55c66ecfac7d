import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { errorOf, ItemRun } from '../engine/item-run.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { type Meddling, ON_THE_REGISTRY, ON_THE_SOURCE, ON_WHAT_IS_OURS } from './cases.ts';

const TABLE = /* sql */ `
  CREATE TABLE public.item (
    id bigint CONSTRAINT item_pkey PRIMARY KEY,
    code text CONSTRAINT item_code_key UNIQUE,
    note text DEFAULT 'none'
  );
  CREATE INDEX item_by_note ON public.item (note);
  INSERT INTO public.item SELECT i, 'c' || i, 'n' || i FROM generate_series(1, 100) AS i;`;

let current: ItemRun | null = null;

// Each case has a database of its own: left open, their sessions would use the server up.
afterEach(async () => {
  await current?.endSessions();
  await current?.database.end();
});

const templates = new Map<Meddling['after'], ItemRun>();
let before = '';

beforeAll(async () => {
  let run = await ItemRun.create({ table: TABLE });
  before = await dumpCatalog(await run.database.client());
  for (const stage of ['SETUP', 'BACKFILL', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE'] as const) {
    await run.through(stage);
    templates.set(stage, run);
    run = await run.clone();
  }
});

const MERGE_SINCE = 15;

/** Every kind of statement, as the application, by columns that each case has kept. `from` keeps two rounds apart. */
async function applicationWrites(app: pg.Client, from: number): Promise<void> {
  await app.query(`INSERT INTO public.item (id, code) VALUES (${from}, 'w${from}'), (${from + 1}, 'w${from + 1}')`);
  await app.query(`UPDATE public.item SET code = 'u${from}-' || id WHERE id IN (${from}, ${from - 990})`);
  await app.query(`UPDATE public.item SET id = ${from + 2} WHERE id = ${from + 1}`);
  await app.query(`INSERT INTO public.item (id) VALUES (${from}) ON CONFLICT (id) DO UPDATE SET code = 'again${from}'`);
  await app.query(
    `BEGIN; DELETE FROM public.item WHERE id = ${from - 980}; SAVEPOINT s; DELETE FROM public.item; ROLLBACK TO s; COMMIT`,
  );
  if (inject('postgres').majorVersion >= MERGE_SINCE) {
    await app.query(`
      MERGE INTO public.item USING (VALUES (${from - 970}), (${from + 3})) AS v (id) ON item.id = v.id
      WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (v.id)`);
  }
}

async function meddle(run: ItemRun, { sql, refused }: Meddling): Promise<void> {
  // Only a superuser may publish all tables.
  const doing = sql.includes('ALL TABLES') ? run.database.query(sql) : run.owner.query(sql);
  if (refused === undefined) {
    await doing;
  } else {
    expect(await errorOf(doing)).toMatchObject({ code: refused });
  }
}

function title({ what, after, outcome }: Meddling): string {
  return `${what} after ${after}: ${outcome}`;
}

async function template(stage: Meddling['after']): Promise<ItemRun> {
  const run = templates.get(stage);
  if (run === undefined) throw new Error(`no template of ${stage}`);
  current = await run.clone();
  return current;
}

describe.each([
  ['the source', ON_THE_SOURCE],
  ['what is ours', ON_WHAT_IS_OURS],
  ['the registry', ON_THE_REGISTRY],
] as const)('meddling with %s', (_where, cases) => {
  it.each(cases.map((one) => [title(one), one] as const))('%s (I-1)', async (_title, one) => {
    const run = await template(one.after);
    await meddle(run, one);
    const app = await run.database.appClient();
    if (one.applicationFails === undefined) {
      await applicationWrites(app, 1_000);
    }

    if (one.outcome === 'carried') {
      const rows = await run.rows();
      expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
      expect(await run.rows()).toEqual(rows);
      expectSameCatalog(before, await dumpCatalog(await run.database.client()));
      expect(await run.leftovers()).toEqual([]);
      return;
    }

    const oid = await run.oid();
    expect((await errorOf(run.drive())).name).toBe(one.outcome);
    expect(await run.oid()).toBe(oid);
    if (one.applicationFails === undefined) {
      await applicationWrites(app, 1_010);
    }
    await dropHangers(run);
    await run.drive({ action: 'reset' });
    await applicationWrites(app, 1_020);
    expect(await run.leftovers()).toEqual([]);
    // A whole run more for a few of them; what a new run refuses is refused by name elsewhere.
    if (one.after === 'POST_SYNC_UPDATE' && !one.what.includes('publication')) {
      const [rows, catalog] = [await run.rows(), await dumpCatalog(await run.database.client())];
      expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
      expect(await run.rows()).toEqual(rows);
      expectSameCatalog(catalog, await dumpCatalog(await run.database.client()));
    }
  });
});

/** What the case hung on the copy: nothing is dropped by CASCADE, so a reset would name it. */
async function dropHangers(run: ItemRun): Promise<void> {
  await run.database
    .query('DROP VIEW IF EXISTS public.hanger')
    .catch(() => run.database.query('DROP TABLE public.hanger'));
  await run.database.query(`
    DO $$ BEGIN
      IF to_regnamespace('other') IS NOT NULL THEN ALTER SCHEMA other RENAME TO shadowstep_1; END IF;
      IF to_regclass('public.shadowstep_change_log') IS NOT NULL THEN
        ALTER TABLE public.shadowstep_change_log SET SCHEMA shadowstep_1;
      END IF;
      IF to_regclass('shadowstep_1.thing') IS NOT NULL THEN ALTER TABLE shadowstep_1.thing RENAME TO shadowstep_change_log; END IF;
    END $$`);
}
