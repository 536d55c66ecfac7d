import { ItemRun } from '../engine/item-run.ts';
import { dumpCatalog } from '../support/catalog-dump.ts';
import { ROLES } from '../support/database.ts';
import type { Moment } from './meddling.ts';

const TABLE = /* sql */ `
  CREATE TABLE public.item (
    id bigint CONSTRAINT item_pkey PRIMARY KEY,
    code text CONSTRAINT item_code_key UNIQUE,
    note text DEFAULT 'none',
    no bigserial
  );
  CREATE INDEX item_by_note ON public.item (note);
  INSERT INTO public.item SELECT i, 'c' || i, 'n' || i FROM generate_series(1, 100) AS i;
  CREATE TABLE public.account (id bigint PRIMARY KEY, code text UNIQUE, note text DEFAULT 'none', no bigserial);
  INSERT INTO public.account SELECT id, code, note FROM public.item ORDER BY id;
  GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON public.account TO ${ROLES.app};
  GRANT USAGE ON SEQUENCE public.item_no_seq, public.account_no_seq TO ${ROLES.app};`;

const templates = new Map<Moment, ItemRun>();
/** The catalog before the run. */
export let catalogBefore = '';

let current: ItemRun | null = null;

let untouched: ItemRun | null = null;

/** The tables, in a database where no run was. */
export async function withoutRun(): Promise<ItemRun> {
  if (untouched === null) throw new Error('makeTemplates comes first');
  return untouched.clone();
}

/** For beforeAll: one template a moment, each made from the one before, so that a case only clones. */
export async function makeTemplates(): Promise<void> {
  untouched = await ItemRun.create({ table: TABLE });
  catalogBefore = await dumpCatalog(await untouched.database.client());
  let run = await untouched.clone();
  for (const stage of ['SETUP', 'BACKFILL', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE', 'SWAP'] as const) {
    await run.through(stage);
    for (const moment of stage === 'SWAP' ? (['CLEAN_UP', 'REVERT'] as const) : [stage]) templates.set(moment, run);
    run = stage === 'SWAP' ? run : await run.clone();
  }
}

export async function endCase(): Promise<void> {
  await current?.endSessions();
  await current?.database.end();
  current = null;
}

export async function cloneAt(moment: Moment): Promise<ItemRun> {
  const run = templates.get(moment);
  if (run === undefined) throw new Error(`no template of ${moment}`);
  current = await run.clone();
  return current;
}
