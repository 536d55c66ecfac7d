import { ItemRun } from '../engine/item-run.ts';
import { ROLES, type TestRole } from '../support/database.ts';
import { createLockRun, DRIVER, unitAs } from './lock-run.ts';
import { over, type Step } from './stages.ts';
import type { ProbeStatement } from './stall-meter.ts';

/** Somebody who holds what the stage locks. */
export interface Holding {
  readonly what: string;
  readonly role: TestRole;
  readonly hold: string;
  /** As a blocker is named: `RowExclusiveLock on public.item_id_seq`. */
  readonly lock: string;
  /** False where nobody gets past it anyway. */
  readonly leavesProbes: boolean;
}

/** A moment of a run at which it takes a lock, of a kind of table that has such a moment. */
export interface FurtherStage extends Step {
  readonly what: string;
  readonly heldBy: readonly Holding[];
  /** The statement that asks for the strong lock; null where the queue stalls nobody. */
  readonly locking: RegExp | null;
  readonly probes: readonly ProbeStatement[];
}

const reader = (table: string): Holding => ({
  what: `a reader of ${table} that idles in its transaction`,
  role: 'app',
  hold: `SELECT FROM ${table} LIMIT 1`,
  lock: `AccessShareLock on ${table}`,
  leavesProbes: true,
});

const NEXTVAL: Holding = {
  what: 'a transaction that has called nextval',
  role: 'app',
  hold: `SELECT nextval('public.item_id_seq')`,
  lock: 'RowExclusiveLock on public.item_id_seq',
  leavesProbes: true,
};

const REFRESH: Holding = {
  what: 'a REFRESH in an open transaction',
  role: 'owner',
  hold: 'REFRESH MATERIALIZED VIEW public.totals',
  lock: 'AccessExclusiveLock on public.totals',
  leavesProbes: false,
};

const CREATE_INDEX: Holding = {
  what: 'a CREATE INDEX in an open transaction',
  role: 'owner',
  hold: 'CREATE INDEX held ON public.item_rest (kind_id)',
  lock: 'ShareLock on public.item_rest',
  leavesProbes: true,
};

const read = (table: string, id = 2): ProbeStatement => ({
  of: table,
  sql: `SELECT note FROM public.${table} WHERE id = ${id}`,
});
const write = (table: string, id: number): ProbeStatement => ({
  of: table,
  sql: `UPDATE public.${table} SET kind_id = 1 WHERE id = ${id}`,
});
const CALLS_NEXTVAL: ProbeStatement = { of: 'nextval', sql: `SELECT nextval('public.item_id_seq')` };

const SEQUENCE = /ALTER SEQUENCE[\s\S]*COMMIT$/;
const ALTER = /IN ACCESS EXCLUSIVE MODE[\s\S]*shadowstep_bound_1[\s\S]*COMMIT$/;

export const FURTHER_STAGES = [
  {
    what: 'a serial sequence, released before the swap',
    task: 'SWAP',
    request: {},
    heldBy: [NEXTVAL],
    locking: SEQUENCE,
    probes: [CALLS_NEXTVAL, read('item'), write('item', 3)],
    isOver: (message) => message === 'a sequence changed its owner',
  },
  {
    what: 'a serial sequence, adopted after the swap',
    task: 'SWAP',
    request: {},
    heldBy: [NEXTVAL],
    locking: SEQUENCE,
    probes: [CALLS_NEXTVAL, read('item'), write('item', 3)],
    isOver: (message) => message === 'a sequence changed its owner',
  },
  {
    what: 'a materialized view, exchanged after the swap',
    task: 'SWAP',
    request: {},
    heldBy: [reader('public.totals'), REFRESH],
    locking: /^SET LOCAL statement_timeout[\s\S]*view_exchange[\s\S]*COMMIT$/,
    probes: [read('totals', 1), read('over_totals', 1)],
    isOver: (message) => message.includes('reads the table in place'),
  },
  {
    what: 'the CHECK of a default partition, before the swap',
    task: 'SWAP',
    request: {},
    heldBy: [reader('public.item_rest')],
    locking: ALTER,
    probes: [read('item_rest', 1002), write('item_rest', 1003), read('whole', 1002)],
    isOver: (message) => message.includes('is to be checked'),
  },
  {
    what: 'VALIDATE of that CHECK',
    task: 'SWAP',
    request: {},
    heldBy: [CREATE_INDEX],
    locking: null,
    probes: [read('item_rest', 1002)],
    isOver: (message) => message.startsWith('changed places'),
  },
  {
    what: 'a RESET that takes it off',
    task: 'RESET',
    request: { action: 'reset' },
    heldBy: [reader('public.item_rest')],
    locking: ALTER,
    probes: [read('item_rest', 1002), write('item_rest', 1003), read('whole', 1002)],
    isOver: (message) => message.includes('the check on public.item_rest is gone'),
  },
  {
    what: 'the end of a REVERT',
    task: 'REVERT',
    request: { action: 'revert' },
    heldBy: [reader('public.item')],
    locking: /LOCK TABLE (ONLY )?\S+ IN ACCESS EXCLUSIVE MODE[\s\S]*COMMIT$/,
    probes: [read('item'), write('item', 3)],
    isOver: (message) => message.includes('the old table is back in place'),
  },
] as const satisfies readonly FurtherStage[];

export type FurtherStageName = (typeof FURTHER_STAGES)[number]['what'];

const CONTROL = /* sql */ `
  CREATE TABLE public.control (id int PRIMARY KEY, kind_id int, note text);
  INSERT INTO public.control SELECT i, 1, 'n' FROM generate_series(1, 100) AS i;`;

const WITH_SEQUENCE_AND_VIEW = /* sql */ `
  ${CONTROL}
  CREATE TABLE public.item (id serial PRIMARY KEY, kind_id int, note text);
  INSERT INTO public.item (kind_id, note) SELECT 1, 'n' FROM generate_series(1, 100) AS i;
  CREATE MATERIALIZED VIEW public.totals AS SELECT 1 AS id, max(note) AS note FROM public.item;
  CREATE VIEW public.over_totals AS SELECT id, note FROM public.totals;
  GRANT USAGE ON SEQUENCE public.item_id_seq TO ${ROLES.app};
  GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO ${ROLES.app};`;

const WITH_DEFAULT_PARTITION = /* sql */ `
  ${CONTROL}
  CREATE TABLE public.whole (id int PRIMARY KEY, kind_id int, note text) PARTITION BY RANGE (id);
  CREATE TABLE public.item PARTITION OF public.whole FOR VALUES FROM (1) TO (1000);
  CREATE TABLE public.item_rest PARTITION OF public.whole DEFAULT;
  INSERT INTO public.whole SELECT i, 1, 'n' FROM generate_series(1, 1100) AS i;
  GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO ${ROLES.app};`;

/** A run that stands right before each of the stages, in databases of their own, by `what`. */
export async function runsBeforeFurtherStages(): Promise<ReadonlyMap<FurtherStageName, ItemRun>> {
  const runs = new Map<FurtherStageName, ItemRun>();
  let run = await ItemRun.create({ table: WITH_SEQUENCE_AND_VIEW, request: { recreateMaterializedViews: true } });
  const keep = async (what: FurtherStageName) => {
    runs.set(what, run);
    run = await run.clone();
  };
  await run.through('POST_SYNC_UPDATE');
  await keep('a serial sequence, released before the swap');
  await advance(run, { task: 'SWAP', request: {}, isOver: (message) => message.startsWith('changed places') });
  await keep('a serial sequence, adopted after the swap');
  await advance(run, { task: 'SWAP', request: {}, isOver: (message) => message.includes('is to be made anew') });
  runs.set('a materialized view, exchanged after the swap', run);

  run = await ItemRun.create({ table: WITH_DEFAULT_PARTITION });
  await run.through('POST_SYNC_UPDATE');
  await keep('the CHECK of a default partition, before the swap');
  await advance(run, { task: 'SWAP', request: {}, isOver: (message) => message.includes('is to be checked') });
  await keep('VALIDATE of that CHECK');
  runs.set('a RESET that takes it off', run);

  run = await createLockRun();
  await run.drive({ stopAfter: 'SWAP' }, { driver: DRIVER });
  await advance(run, {
    task: 'REVERT',
    request: { action: 'revert' },
    isOver: (message) => message.startsWith('changed places'),
  });
  runs.set('the end of a REVERT', run);
  return runs;
}

async function advance(run: ItemRun, step: Step): Promise<void> {
  const request = { ...run.request, ...step.request };
  for (let units = 0; units < 100; units += 1) {
    if (over(step, await unitAs(run.database.urlOf('owner'), step.task, { request }))) return;
  }
  throw new Error(`${step.task} does not come to its step`);
}
