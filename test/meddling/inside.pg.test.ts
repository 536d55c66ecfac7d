import type pg from 'pg';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { momentMs } from '../../lambdas/engine/locks/blockers.ts';
import { errorOf, type ItemRun, once } from '../engine/item-run.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { ROLES } from '../support/database.ts';
import { pollUntil } from '../support/poll.ts';
import { ACCOUNT, applicationWrites, ITEM } from './application.ts';
import { INSIDE, type InsideMeddling } from './inside-cases.ts';
import { expectAsAccounted, FULL, giveUp, goOn, withoutOurs } from './matrix.ts';
import { oursAt } from './meddling.ts';
import { PLACES, type Place } from './places.ts';
import { catalogBefore, cloneAt, endCase, makeTemplates, withoutRun } from './templates.ts';

const DEFAULT_LOCK_TIMEOUT_MS = 100;

/** What the application's table looks like once a person has changed it and no run was there. */
const meant = new Map<InsideMeddling, string>();

beforeAll(async () => {
  await makeTemplates();
  for (const one of INSIDE.filter(({ ofTheSource }) => ofTheSource)) {
    const control = await withoutRun();
    await control.owner.query(one.sql(oursAt('SETUP')));
    meant.set(one, withoutOurs(await dumpCatalog(await control.database.client())));
    await control.database.end();
  }
});
afterEach(endCase);

/** In both tables, in one transaction that is open from `from` on and is committed by `goOnWriting`. */
async function beginWriting(app: pg.Client, from: number): Promise<void> {
  await app.query('BEGIN');
  for (const { table } of [ITEM, ACCOUNT]) {
    await app.query(`INSERT INTO ${table} (id, code) VALUES (${from}, 'open${from}'), (${from + 1}, NULL)`);
    await app.query(`UPDATE ${table} SET note = 'open' WHERE id IN (70, 71, ${from})`);
  }
}

async function goOnWriting(app: pg.Client, from: number): Promise<void> {
  for (const { table } of [ITEM, ACCOUNT]) {
    await app.query(`UPDATE ${table} SET id = ${from + 2}, note = 'later' WHERE id = 71`);
    await app.query(`DELETE FROM ${table} WHERE id IN (72, ${from + 1})`);
    await app.query(`INSERT INTO ${table} (id) VALUES (${from + 3})`);
  }
  await app.query('COMMIT');
}

/** Whom a session waits for; empty when it waits for nobody. */
async function blockersOf(run: ItemRun, pid: number): Promise<number[]> {
  const [row] = await run.database.query<{ pids: number[] }>('SELECT pg_blocking_pids($1) AS pids', [pid]);
  return row?.pids ?? [];
}

interface Person {
  readonly pid: number;
  /** Begins it; the result says how it went. */
  begin(sql: string): void;
  readonly isDone: () => boolean;
  readonly done: () => Promise<void>;
}

/** As the owner; never the one whom the server ends when two wait for each other, so that each case goes one way only. */
async function person(run: ItemRun): Promise<Person> {
  const client = await run.database.client();
  await client.query(`SET deadlock_timeout = '1h'; SET ROLE ${ROLES.owner}`);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  let over = false;
  let doing: Promise<void> = Promise.resolve();
  return {
    pid: rows[0]?.pid ?? 0,
    begin(sql) {
      doing = client.query(sql).then(() => {
        over = true;
      });
      // Awaited by `done`; meanwhile it is not an unhandled one.
      doing.catch(() => {
        over = true;
      });
    },
    isDone: () => over,
    done: () => doing,
  };
}

async function untilWaitingForAMoment(run: ItemRun, who: Person): Promise<void> {
  const moment = momentMs(DEFAULT_LOCK_TIMEOUT_MS);
  await pollUntil('the person to have waited for a moment', async () => {
    const waiting = await run.database.query(
      `SELECT FROM pg_locks WHERE pid = $1 AND clock_timestamp() - waitstart > $2 * interval '1 ms'`,
      [who.pid, moment],
    );
    return waiting.length > 0;
  });
}

/** What happens while the unit stands still. */
async function meddle(run: ItemRun, app: pg.Client, one: InsideMeddling, place: Place, who: Person): Promise<void> {
  await beginWriting(app, 1_100);
  who.begin(one.sql(oursAt(place.moment)));
  await pollUntil('the person to be done or to wait', async () => {
    return who.isDone() || (await blockersOf(run, who.pid)).length > 0;
  });
  // Whatever the person waits for or has done, the open transaction goes on and is committed.
  await goOnWriting(app, 1_100);
  await pollUntil('the person to be done or to wait for the unit', async () => {
    return who.isDone() || (await blockersOf(run, who.pid)).length > 0;
  });
  // Who has waited for a moment only is overtaken by the exchange, and meets the new table: then it depends on the moment.
  if (!who.isDone()) await untilWaitingForAMoment(run, who);
  // Without TRUNCATE: that one waits for the unit, which stands still here.
  if (who.isDone()) await applicationWrites(app, ITEM, 1_010, { without: ['truncate'], truncates: false });
}

describe('meddling in the middle of a unit, beside an open transaction of the application', () => {
  const cells = PLACES.flatMap((place, row) =>
    INSIDE.filter((_, column) => FULL || (row + column) % 5 === 0).map((one) => ({ one, place })),
  );
  it.each(
    cells.map((cell) => [`${cell.one.what}, ${cell.place.what}: ${cell.one.outcomes[cell.place.what]}`, cell] as const),
  )('%s (I-1)', async (_name, { one, place }) => {
    const run = await cloneAt(place.moment);
    await run.database.query(`ALTER DATABASE "${run.database.name}" SET deadlock_timeout = '200ms'`);
    const app = await run.database.appClient();
    // An application that waits this long for us is a stuck one.
    await app.query(`SET statement_timeout = '5s'`);
    await applicationWrites(app, ITEM, 1_000, { without: [], truncates: false });
    const who = await person(run);
    let meddling: Promise<void> | null = null;
    const at: Place = place;
    const observer = once(at.before === undefined ? 'after' : 'before', at.before ?? at.after ?? /^$/, () => {
      meddling = meddle(run, app, one, at, who);
      return meddling;
    });
    const going = goOn(run, place.moment, observer).then(
      (results) => results.at(-1)?.stage,
      (error: Error) => error.name,
    );
    // Another session of the unit may fail at once while the one that has come to its place stands still.
    await Promise.race([going, pollUntil('the unit to come to its place', () => meddling !== null)]);
    expect(meddling, 'the unit comes to its place').not.toBeNull();
    await meddling;
    await who.done();
    await applicationWrites(app, ITEM, 1_020, { without: ['truncate'], truncates: false });
    const outcome = one.outcomes[place.what];
    const end = place.moment === 'REVERT' ? 'REVERTED' : 'DONE';
    expect(await going).toBe(outcome === 'carried' ? end : outcome);
    await applicationWrites(app, ITEM, 1_030, { without: [], truncates: false });
    if (one.ofTheRegistry) {
      const refused = await errorOf(run.drive());
      expect(refused.name).toBe('RefusedError');
      // What the refusal says; the attempt had released the sequence.
      await run.database.query('DROP SCHEMA shadowstep_1 CASCADE; DROP SCHEMA IF EXISTS shadowstep_1_old CASCADE');
      const [back] = /ALTER SEQUENCE public.item_no_seq OWNED BY public.item.no;/.exec(refused.message) ?? [];
      if (back !== undefined) await run.owner.query(back);
      expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    } else if (outcome !== 'carried') {
      await giveUp(run, place.moment);
    }
    await applicationWrites(app, ITEM, 1_040, { without: [], truncates: false });
    await expectAsAccounted(run, ITEM);
    await run.database.query(`ALTER DATABASE "${run.database.name}" RESET deadlock_timeout`);
    const catalog = withoutOurs(await dumpCatalog(await run.database.client()));
    expectSameCatalog(meant.get(one) ?? withoutOurs(catalogBefore), catalog);
    expect(await run.leftovers()).toEqual([]);
  });
});

describe('meddling with the copy in the middle of an attempt at the swap that has nothing left to drain', () => {
  it.each([
    ['a column dropped', 'ALTER TABLE shadowstep_1.item DROP COLUMN note'],
    ['an index dropped', 'DROP INDEX shadowstep_1.item_by_note'],
    ['a default dropped', 'ALTER TABLE shadowstep_1.item ALTER note DROP DEFAULT'],
    [
      'its guard dropped and a row deleted',
      'DROP TRIGGER shadowstep_guard ON shadowstep_1.item; DELETE FROM shadowstep_1.item WHERE id = 50',
    ],
  ])('%s: is not swapped in (I-10)', async (_what, sql) => {
    const run = await cloneAt('POST_SYNC_UPDATE');
    const rows = await run.rows();
    const who = await person(run);
    const observer = once('before', /ACCESS EXCLUSIVE MODE/, async () => {
      who.begin(sql);
      await pollUntil('the person to be done or to wait', async () => {
        return who.isDone() || (await blockersOf(run, who.pid)).length > 0;
      });
      if (!who.isDone()) await untilWaitingForAMoment(run, who);
    });
    expect((await errorOf(run.drive({}, { observer }))).name).toBe('CopyChangedError');
    await who.done();
    expect(await run.rows()).toEqual(rows);
    await run.drive({ action: 'reset' });
    expect(await run.rows()).toEqual(rows);
    expectSameCatalog(withoutOurs(catalogBefore), withoutOurs(await dumpCatalog(await run.database.client())));
  });
});

describe('a TRUNCATE right before an attempt at the swap takes its locks', () => {
  it('is followed before it, and waits for no lock of the attempt itself', async () => {
    const run = await cloneAt('POST_SYNC_UPDATE');
    const app = await run.database.appClient();
    await app.query('SELECT FROM public.item LIMIT 1');
    const observer = once('before', /SHARE UPDATE EXCLUSIVE/, () =>
      app.query(`TRUNCATE public.item; INSERT INTO public.item (id, note) VALUES (7, 'since then')`),
    );
    expect((await run.drive({}, { observer })).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(observer.met).toBe(true);
    expect(await run.rows()).toEqual(['(7,,"since then",101)']);
    expect(await run.database.query(`SELECT detail FROM shadowstep.event WHERE kind = 'wait'`)).toEqual([]);
  });
});
