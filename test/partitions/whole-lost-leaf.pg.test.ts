import { beforeAll, describe, expect, it } from 'vitest';
import { errorOf, once } from '../engine/item-run.ts';
import { type PartitionedShape, SMALL_WHOLE } from './shapes.ts';
import { ROOT, setupWhole, type WholeRun } from './whole-run.ts';

const LEAF = 'public.sales_2024';
const OTHERS = ['public.sales_2025', 'public.sales_rest'] as const;

/** With a default partition, which bears our CHECK for a part of each swap. */
const SHAPE: PartitionedShape = {
  ...SMALL_WHOLE,
  ddl: /* sql */ `
    ${SMALL_WHOLE.ddl}
    ALTER TABLE ${ROOT} DETACH PARTITION public.sales_2025;
    ALTER TABLE ${ROOT} ATTACH PARTITION public.sales_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    CREATE TABLE public.sales_rest PARTITION OF ${ROOT} DEFAULT;`,
};

/** What somebody does to the first leaf during its own run, and what the whole calls it afterwards. */
const LOSSES = {
  dropped: { sql: `DROP TABLE ${LEAF}`, leaf: [] },
  detached: { sql: `ALTER TABLE ${ROOT} DETACH PARTITION ${LEAF}`, leaf: [] },
  renamed: { sql: `ALTER TABLE ${LEAF} RENAME TO renamed`, leaf: ['public.renamed'] },
} as const;
type Loss = keyof typeof LOSSES;

/** Nobody drives the run then: the stage named last is done. */
const BEFORE_SWAP = ['PRE_VALIDATION', 'SETUP', 'SYNC_SCHEMAS', 'POST_SYNC_UPDATE'] as const;

let fresh: WholeRun;
const at = new Map<string, WholeRun>();

beforeAll(async () => {
  fresh = await setupWhole(SHAPE);
  let last = fresh;
  for (const stage of [...BEFORE_SWAP, 'SWAP']) {
    last = await last.clone();
    await last.go({ stopAfter: stage });
    at.set(stage, last);
  }
});

async function stoppedAfter(stage: string): Promise<WholeRun> {
  return (at.get(stage) ?? fresh).clone();
}

/** How each whole ended, if it has, oldest first. */
async function ends(run: WholeRun): Promise<string[]> {
  const wholes = await run.database.query<{ ended: string }>(`
    SELECT CASE WHEN finished_at IS NULL THEN 'live' ELSE COALESCE(stopped_because, 'done') END AS ended
    FROM shadowstep.whole ORDER BY whole_id`);
  return wholes.map(({ ended }) => ended);
}

/** The leaf's run is given up alone: nothing of ours is left, and the whole is live. */
async function resetAlone(run: WholeRun): Promise<void> {
  const said = (await run.go({ action: 'reset' })).at(-1);
  expect(said).toMatchObject({ status: 'done', stage: 'RESET', message: expect.stringMatching(/given up alone: run/) });
  expect(await run.leftovers()).toEqual([]);
  expect(await ends(run)).toEqual(['live']);
}

/** The rows of the other leaves, and those of the first wherever they are now. */
async function expectRows(run: WholeRun, loss: Loss): Promise<void> {
  const isOfLeaf = (row: string) => row.startsWith('sales_2024');
  const name = (row: string) => (loss === 'renamed' ? row.replace('sales_2024', 'renamed') : row);
  const expected = run.rowsBefore.filter((row) => loss === 'renamed' || !isOfLeaf(row)).map(name);
  expect(await run.rows()).toEqual(expected.sort());
  if (loss === 'detached') {
    const [kept] = await run.database.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${LEAF}`);
    expect(kept?.rows).toBe(run.rowsBefore.filter(isOfLeaf).length);
  }
}

describe('a leaf lost during its own run stops the whole, and a reset gives up that leaf alone', () => {
  const cases = BEFORE_SWAP.flatMap((stage) =>
    (Object.keys(LOSSES) as Loss[])
      // Detached before SETUP has seen it, it is rebuilt as the table that it has become.
      .filter((loss) => !(stage === 'PRE_VALIDATION' && loss === 'detached'))
      .map((loss) => ({ stage, loss })),
  );
  it.each(cases)('after $stage: $loss', async ({ stage, loss }) => {
    const run = await stoppedAfter(stage);
    await run.owner.query(LOSSES[loss].sql);
    const error = await errorOf(run.go());
    expect(error.name).toBe(loss === 'detached' ? 'SourceChangedError' : 'SourceMissingError');
    expect(error.message).toMatch(/reset the run/);
    expect(await run.leaves()).toEqual([`${LEAF} running`, ...OTHERS.map((leaf) => `${leaf} waiting`)]);
    await resetAlone(run);
    await run.go({ stopAfter: 'PRE_VALIDATION' });
    expect(await run.leaves()).toEqual(
      loss === 'renamed'
        ? ['public.renamed running', ...OTHERS.map((leaf) => `${leaf} waiting`)]
        : [`${LEAF} gone`, 'public.sales_2025 running', 'public.sales_rest waiting'],
    );
    expect(await ends(run)).toEqual(['live']);
  });

  it.each(Object.keys(LOSSES) as Loss[])(
    '%s while our CHECK is on the default partition, and all others done',
    async (loss) => {
      const run = await stoppedAfter('POST_SYNC_UPDATE');
      let bound: string[] = [];
      const lose = async () => {
        bound = await run.leftovers();
        await run.owner.query(LOSSES[loss].sql);
      };
      await errorOf(run.go({}, { observer: once('after', /ADD CONSTRAINT "?shadowstep_bound_/, lose) }));
      expect(bound).toContain('shadowstep_bound_1');
      await resetAlone(run);
      await run.go();
      expect(await run.leaves()).toEqual([
        loss === 'renamed' ? 'public.renamed done' : `${LEAF} gone`,
        ...OTHERS.map((leaf) => `${leaf} done`),
      ]);
      expect(await ends(run)).toEqual(['done']);
      expect(await run.leftovers()).toEqual([]);
      await expectRows(run, loss);
    },
  );

  it('renamed, and given its name back: the run goes on where it was', async () => {
    const run = await stoppedAfter('SYNC_SCHEMAS');
    await run.owner.query(LOSSES.renamed.sql);
    await errorOf(run.go());
    await run.owner.query(`ALTER TABLE public.renamed RENAME TO sales_2024`);
    await run.go({ stopAfter: 'CLEAN_UP' });
    expect(await run.leaves()).toEqual([`${LEAF} done`, ...OTHERS.map((leaf) => `${leaf} waiting`)]);
    expect(await run.rows()).toEqual(run.rowsBefore);
    expect(await run.leftovers()).toEqual([]);
  });
});

describe('a leaf lost after its swap', () => {
  it.each(Object.keys(LOSSES) as Loss[])('%s: the clean-up needs no reset, and the whole goes on', async (loss) => {
    const run = await stoppedAfter('SWAP');
    await run.owner.query(LOSSES[loss].sql);
    expect(await errorOf(run.go({ action: 'reset' }))).toMatchObject({ name: 'WrongStageError' });
    await run.go({ stopAfter: 'CLEAN_UP' });
    expect(await run.leaves()).toEqual([`${LEAF} done`, ...OTHERS.map((leaf) => `${leaf} waiting`)]);
    expect(await run.leftovers()).toEqual([]);
    await expectRows(run, loss);
  });

  it('dropped when the tables have just changed places', async () => {
    const run = await stoppedAfter('POST_SYNC_UPDATE');
    let dropped = false;
    await run.go(
      {},
      {
        async onUnit(task, { message }) {
          if (task === 'SWAP' && !dropped && /changed places/.test(message)) {
            dropped = true;
            await run.owner.query(LOSSES.dropped.sql);
          }
        },
      },
    );
    expect(dropped).toBe(true);
    expect(await ends(run)).toEqual(['done']);
    expect(await run.leftovers()).toEqual([]);
    await expectRows(run, 'dropped');
  });
});

describe('the reset of a lost leaf', () => {
  it('is told again when its answer was lost, and gives the others up only when asked for anew', async () => {
    const run = await stoppedAfter('SETUP');
    await run.owner.query(LOSSES.dropped.sql);
    await run.go({ action: 'reset' }, { driver: 'aws:one' });
    const [, again] = await run.go({ action: 'reset' }, { driver: 'aws:one' });
    expect(again).toMatchObject({ status: 'stop', message: expect.stringMatching(/run 1 has ended: RESET/) });
    expect(await ends(run)).toEqual(['live']);
    await run.go({ action: 'reset' }, { driver: 'aws:two' });
    expect(await ends(run)).toEqual(['reset']);
  });

  it('ends the whole where the partitioned table itself is gone', async () => {
    const run = await stoppedAfter('SETUP');
    await run.owner.query(`DROP TABLE ${ROOT}`);
    await run.go({ action: 'reset' });
    expect(await ends(run)).toEqual(['reset']);
    expect(await run.leftovers()).toEqual([]);
  });

  it('leaves the event that began the whole free to go on with it, under one id', async () => {
    const run = await fresh.clone();
    await run.go({ stopAfter: 'SETUP', requestId: 'event-1' });
    await run.owner.query(LOSSES.renamed.sql);
    await run.go({ action: 'reset' });
    await run.go({ requestId: 'event-1', stopAfter: 'CLEAN_UP' });
    await run.go({ requestId: 'event-1', stopAfter: 'PRE_VALIDATION' });
    expect(await run.leaves()).toEqual(['public.renamed done', `${OTHERS[0]} running`, `${OTHERS[1]} waiting`]);
  });
});
