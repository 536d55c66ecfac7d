import { beforeAll, describe, expect, it } from 'vitest';
import { errorOf, once } from '../engine/item-run.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { ROOT, setupWhole, type WholeRun } from './whole-run.ts';

const FIRST = 'public.sales_2024';
const SECOND = 'public.sales_2025';

/** Nothing has begun; and the first leaf is done, the second waits. */
let fresh: WholeRun;
let between: WholeRun;

beforeAll(async () => {
  fresh = await setupWhole();
  between = await fresh.clone();
  await between.go({ stopAfter: 'CLEAN_UP', requestId: 'event-1' });
});

/** Of the wholes, oldest first: how each ended, if it has. */
async function ends(run: WholeRun): Promise<unknown[]> {
  const wholes = await run.database.query<{ ended: string }>(`
    SELECT CASE WHEN finished_at IS NULL THEN 'live' ELSE COALESCE(stopped_because, 'done') END AS ended
    FROM shadowstep.whole ORDER BY whole_id`);
  return wholes.map(({ ended }) => ended);
}

describe('leaves that come and go while a whole is under way', () => {
  it('are passed over and appended, renamed ones found again, and told of by events', async () => {
    const run = await between.clone();
    await run.owner.query(`
      ALTER TABLE public.sales DETACH PARTITION ${SECOND};
      CREATE TABLE public.sales_1999 PARTITION OF public.sales FOR VALUES FROM ('1999-01-01') TO ('2000-01-01');
      CREATE TABLE public.sales_2000 PARTITION OF public.sales FOR VALUES FROM ('2000-01-01') TO ('2001-01-01');`);
    await run.go({ stopAfter: 'PRE_VALIDATION' });
    expect(await run.leaves()).toEqual([
      `${FIRST} done`,
      `${SECOND} gone`,
      'public.sales_1999 running',
      'public.sales_2000 waiting',
    ]);
    // Back in its place before the whole has ended, it has its turn after all, and under its new name.
    await run.owner.query(`
      ALTER TABLE public.sales ATTACH PARTITION ${SECOND} FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);
      ALTER TABLE ${SECOND} RENAME TO renamed;
      DROP TABLE public.sales_2000;`);
    await run.go({ stopAfter: 'CLEAN_UP' });
    expect(await run.leaves()).toEqual([
      `${FIRST} done`,
      'public.renamed waiting',
      'public.sales_1999 done',
      'public.sales_2000 gone',
    ]);
    const events = await run.database.query<{ event: string }>(`
      SELECT kind || ' ' || (detail->>'partition') AS event FROM shadowstep.event
      WHERE kind LIKE 'partition%' ORDER BY event_id`);
    expect(events.map(({ event }) => event)).toEqual([
      `partition gone ${SECOND}`,
      'partition attached public.sales_1999',
      'partition attached public.sales_2000',
      'partition attached public.renamed',
      'partition gone public.sales_2000',
    ]);
    expect(await ends(run)).toEqual(['live']);
  });

  it('end it well when the partitioned table is dropped between two of them', async () => {
    const run = await between.clone();
    await run.owner.query(`DROP TABLE ${ROOT}`);
    const results = await run.go();
    expect(results.at(-1)).toMatchObject({ status: 'stop', message: expect.stringMatching(/1 is done/) });
    expect(await ends(run)).toEqual(['done']);
  });

  it('stop it where the next one is refused, with that one named and nothing changed', async () => {
    const run = await between.clone();
    await run.owner.query(`ALTER TABLE ${ROOT} ADD CONSTRAINT positive CHECK (id > 0) NOT VALID`);
    const error = await errorOf(run.go());
    expect(error.name).toBe('RefusedError');
    expect(error.message).toMatch(
      /^public\.sales was refused for one reason\.\n {2}- InheritedNotValid: public\.sales_2025: Constraint positive/,
    );
    expect(await run.leaves()).toEqual([`${FIRST} done`, `${SECOND} waiting`]);
    await run.owner.query(`ALTER TABLE ${ROOT} VALIDATE CONSTRAINT positive`);
    await run.go({ stopAfter: 'PRE_VALIDATION' });
    expect(await run.leaves()).toEqual([`${FIRST} done`, `${SECOND} running`]);
  });
});

describe('undoing', () => {
  it('reset gives up the leaf under way and the whole; what is done stays so, and it begins anew', async () => {
    const run = await between.clone();
    const oids = await run.oids();
    await run.go({ stopAfter: 'BACKFILL' });
    await run.go({ action: 'reset' }, { driver: 'aws:one' });
    expect(await run.oids()).toEqual(oids);
    expect(await run.leaves()).toEqual([`${FIRST} done`, `${SECOND} waiting`]);
    expect(await ends(run)).toEqual(['reset']);
    expect(await run.rows()).toEqual(run.rowsBefore);
    expectSameCatalog(run.before, await dumpCatalog(run.admin));
    expect(await run.leftovers()).toEqual([]);
    // Whose answer was lost is told again; to anybody else there is nothing to reset.
    expect(await run.go({ action: 'reset' }, { driver: 'aws:one' })).toMatchObject([{}, { status: 'stop' }]);
    expect(await errorOf(run.go({ action: 'reset' }))).toMatchObject({ name: 'NoSuchRunError' });
    expect(await errorOf(run.go({ action: 'revert' }))).toMatchObject({ name: 'NoSuchRunError' });
    await run.go({ stopAfter: 'PRE_VALIDATION' });
    expect(await ends(run)).toEqual(['reset', 'live']);
    expect(await run.leaves()).toEqual([`${FIRST} running`, `${SECOND} waiting`]);
  });

  it('revert is for the leaf under way between its swap and its clean-up, and ends the whole', async () => {
    const swapped = await fresh.clone();
    await swapped.go({ stopAfter: 'POST_SYNC_UPDATE' });
    expect(await errorOf(swapped.go({ action: 'revert' }))).toMatchObject({ name: 'WrongStageError' });
    const old = await swapped.oids();
    await swapped.go({ stopAfter: 'SWAP' });
    expect(await swapped.oids()).not.toEqual(old);
    expect(await errorOf(swapped.go({ action: 'reset' }))).toMatchObject({ name: 'WrongStageError' });
    const run = await swapped.clone();
    await run.go({ action: 'revert' });
    expect(await run.oids()).toEqual(old);
    expect(await ends(run)).toEqual(['reverted']);
    expect(await run.rows()).toEqual(run.rowsBefore);
    expectSameCatalog(run.before, await dumpCatalog(run.admin));
    expect(await run.leftovers()).toEqual([]);

    // Or clean-up ends that leaf, and run goes on with the next.
    await swapped.go({ action: 'clean-up' });
    expect(await swapped.leaves()).toEqual([`${FIRST} done`, `${SECOND} waiting`]);
    expect(await errorOf(swapped.go({ action: 'revert' }))).toMatchObject({ name: 'NoSuchRunError' });
    await swapped.go({ stopAfter: 'PRE_VALIDATION' });
    expect(await swapped.leaves()).toEqual([`${FIRST} done`, `${SECOND} running`]);
  });
});

describe('who drives a whole', () => {
  it('is one driver, for the root; a leaf is not to be asked for by its own name meanwhile', async () => {
    const run = await fresh.clone();
    await run.go(
      { stopAfter: 'SETUP' },
      {
        driver: 'aws:one',
        async onUnit(task) {
          if (task === 'PRE_VALIDATION') {
            expect(await errorOf(run.go({}, { driver: 'aws:two' }))).toMatchObject({ name: 'RunAlreadyDrivenError' });
          }
        },
      },
    );
    for (const table of [FIRST, SECOND]) {
      const error = await errorOf(run.go({ table }));
      expect(error.message).toMatch(/PartOfAWhole: public\.sales_202\d is being rebuilt as a part of public\.sales/);
    }
    expect(await errorOf(run.go({ table: FIRST, action: 'reset' }))).toMatchObject({ name: 'RefusedError' });
    expect(await errorOf(run.go({ workers: 3 }))).toMatchObject({ name: 'RequestDiffersError' });
    await run.go({ action: 'reset' });
    await run.go({ table: FIRST, stopAfter: 'PRE_VALIDATION' });
  });

  it('is one of two that begin it, or its next leaf, at once', async () => {
    const moments = [
      [fresh, /INSERT INTO shadowstep\.whole /, [`${FIRST} running`, `${SECOND} waiting`]],
      [between, /finished_at IS NULL AS live/, [`${FIRST} done`, `${SECOND} running`]],
    ] as const;
    for (const [origin, statement, leaves] of moments) {
      const run = await origin.clone();
      const other = () => run.go({ stopAfter: 'PRE_VALIDATION' }, { driver: 'aws:faster' });
      const results = await run.go({ stopAfter: 'PRE_VALIDATION' }, { observer: once('before', statement, other) });
      expect(results.map(({ status }) => status)).toEqual(['done', 'more', 'stop']);
      expect(await run.leaves()).toEqual(leaves);
      expect(await ends(run)).toEqual(['live']);
    }
  });

  it('is told of a leaf under a run of its own, at the start and when its turn has come', async () => {
    const run = await between.clone();
    const said = (stage: string, runId: number) =>
      new RegExp(`PartitionUnderItsOwnRun: ${SECOND}, a partition of ${ROOT}, has .* run ${runId}, at ${stage}`);
    // As if its own run had been registered in the moment in which the whole was.
    const whole = (set: string) => run.database.query(`UPDATE shadowstep.whole SET ${set} WHERE whole_id = 1`);
    await whole('finished_at = now()');
    await run.go({ table: SECOND, stopAfter: 'SETUP' });
    await whole('finished_at = NULL');
    expect((await errorOf(run.go())).message).toMatch(said('BACKFILL', 2));
    expect(await run.leaves()).toEqual([`${FIRST} done`, `${SECOND} waiting`]);
    // Swapped, the partition is another table.
    await run.go({ table: SECOND, stopAfter: 'SWAP' });
    expect((await errorOf(run.go())).message).toMatch(said('CLEAN_UP', 2));
    expect(await run.leaves()).toEqual([`${FIRST} done`, `${SECOND} gone`, `${SECOND} waiting`]);
    await run.go({ action: 'reset' });
    expect((await errorOf(run.go())).message).toMatch(said('CLEAN_UP', 2));
    expect(await ends(run)).toEqual(['reset']);
    await run.go({ table: SECOND, action: 'clean-up' });
    await run.go({ stopAfter: 'PRE_VALIDATION' });
    expect(await ends(run)).toEqual(['reset', 'live']);
  });

  it('goes on under the id of the event that began it, which begins nothing a second time', async () => {
    const run = await between.clone();
    await run.go({ stopAfter: 'PRE_VALIDATION', requestId: 'event-1' });
    expect(await run.leaves()).toEqual([`${FIRST} done`, `${SECOND} running`]);
    await run.go({ action: 'reset' });
    expect(await run.go({ requestId: 'event-1' })).toMatchObject([{ status: 'stop' }]);
    expect(await ends(run)).toEqual(['reset']);
  });
});
