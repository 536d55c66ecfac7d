import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { errorOf, type ItemRun } from '../engine/item-run.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import type { TestDatabase } from '../support/database.ts';
import { ACCOUNT, applicationWrites, ITEM, type Table } from './application.ts';
import { type Meddling, MOMENTS, type Moment, oursAt } from './meddling.ts';
import { catalogBefore, cloneAt, endCase, makeTemplates } from './templates.ts';

/** `all` runs each case at every moment, which takes minutes; else each runs at one of them. */
export const FULL = process.env.TEST_MEDDLING === 'all';

/** Declares the tests of a table of cases; call it once in a file. */
export function testMeddling(title: string, cases: readonly Meddling[]): void {
  beforeAll(makeTemplates);
  // Each case has a database of its own: left open, their sessions would use the server up.
  afterEach(endCase);

  describe(`meddling with ${title}`, () => {
    const cells = cases.flatMap((one, index) => momentsOf(one, index).map((moment) => ({ one, index, moment })));
    it.each(cells.map((cell) => [nameOf(cell.one, cell.moment), cell] as const))(
      '%s (I-1)',
      async (_name, { one, index, moment }) => {
        const run = await cloneAt(moment);
        await meets(run, one, moment, (index + MOMENTS.indexOf(moment)) % 3 === 0);
      },
    );

    const refusals = MOMENTS.filter((_, place) => FULL || place % 2 === cases.length % 2).map((moment) => ({
      moment,
      refused: cases.filter((one) => isRefused(one, moment)),
    }));
    it.each(refusals.filter(({ refused }) => refused.length > 0).map((one) => [one.moment, one] as const))(
      'is refused by the server before %s goes on, and the run ends well (I-1)',
      async (_moment, { moment, refused }) => {
        const run = await cloneAt(moment);
        for (const one of refused) {
          const by = one.by === 'superuser' ? run.database.client() : run.owner;
          const error = await errorOf((await by).query(one.sql(oursAt(moment))));
          expect(`refused ${(error as Error & { code?: string }).code}`, one.what).toBe(one.outcomes[moment]);
        }
        const app = await run.database.appClient();
        await applicationWrites(app, ITEM, 1_000, { without: [], truncates: false });
        await endsWell(run, ITEM, moment, catalogBefore);
      },
    );
  });
}

function isRefused(one: Meddling, moment: Moment): boolean {
  return one.outcomes[moment]?.startsWith('refused') === true;
}

/** By default one, in turn, so that each moment is met by many cases. */
function momentsOf(one: Meddling, index: number): Moment[] {
  const moments = MOMENTS.filter((moment) => one.outcomes[moment] !== null && !isRefused(one, moment));
  const inTurn = one.first ?? moments[index % moments.length];
  return FULL || inTurn === undefined ? moments : [inTurn];
}

function nameOf(one: Meddling, moment: Moment): string {
  const when = moment === 'CLEAN_UP' || moment === 'REVERT' ? `before ${moment}` : `after ${moment}`;
  return `${one.what} ${when}: ${one.outcomes[moment]}`;
}

/** One case at one moment: what the person does, what the application does at once, and what becomes of the run. */
async function meets(run: ItemRun, one: Meddling, moment: Moment, truncates: boolean): Promise<void> {
  const { database } = run;
  const outcome = one.outcomes[moment];
  const item: Table | null = one.item === null ? null : { ...ITEM, ...one.item };
  const writing = { without: one.without ?? [], truncates: truncates && outcome === 'carried' };
  const app = await database.appClient();
  // A session that has written before has plans that it keeps.
  for (const { table } of [ITEM, ACCOUNT]) await app.query(`DELETE FROM ${table} WHERE id = 1`);
  await (one.by === 'superuser' ? await database.client() : run.owner).query(one.sql(oursAt(moment)));
  const meant = one.undo === undefined ? await dumpCatalog(await database.client()) : catalogBefore;
  const write = async (from: number, options = writing) => {
    if (item !== null) await applicationWrites(app, item, from, options);
  };
  if (one.applicationFails === undefined) await write(1_000);

  if (outcome === 'carried') {
    await endsWell(run, item, moment, one.undo === undefined ? meant : catalogBefore, () => takeBack(run, one, moment));
    return;
  }
  const oid = await oidOf(database, item);
  expect((await errorOf(goOn(run, moment))).name).toBe(outcome);
  // What hangs on objects of ours is in the way of their end only: the tables have changed places by then.
  const hung = outcome === 'DependentObjectsError';
  if (!hung) expect(await oidOf(database, item)).toEqual(oid);
  if (one.applicationFails === undefined) await write(1_010, { ...writing, truncates: false });

  const end = () => (hung ? goOn(run, moment) : giveUp(run, moment));
  if (typeof one.undo?.from === 'string') expect((await errorOf(end())).name).toBe(one.undo.from);
  if (one.undo?.from !== null) await takeBack(run, one, moment);
  await end();
  if (one.undo?.from === null) await takeBack(run, one, moment);
  await write(1_020, { ...writing, truncates: false });
  await endedWith(run, item, meant);
}

/** The run goes on to its end, with every row, and the catalog as the person has made it. */
async function endsWell(
  run: ItemRun,
  item: Table | null,
  moment: Moment,
  meant: string,
  takeBackWhatIsLeft: () => Promise<void> = async () => {},
): Promise<void> {
  const rows = item === null ? [] : await rowsOf(run, item.table);
  expect((await goOn(run, moment)).at(-1)).toMatchObject({ stage: moment === 'REVERT' ? 'REVERTED' : 'DONE' });
  if (item !== null) expect(await rowsOf(run, item.table)).toEqual(rows);
  await takeBackWhatIsLeft();
  await endedWith(run, item, meant);
}

/** The application's table holds what its account says, in every column that it has. */
export async function expectAsAccounted(run: ItemRun, item: Table): Promise<void> {
  const columns = ({ key, code }: Table) => [key, code, ...item.rest].join(', ');
  expect(await rowsOf(run, item.table, columns(item))).toEqual(await rowsOf(run, ACCOUNT.table, columns(ACCOUNT)));
}

async function endedWith(run: ItemRun, item: Table | null, meant: string): Promise<void> {
  if (item !== null) await expectAsAccounted(run, item);
  expectSameCatalog(withoutOurs(meant), withoutOurs(await dumpCatalog(await run.database.client())));
  expect(await run.leftovers()).toEqual([]);
}

export function goOn(run: ItemRun, moment: Moment, observer?: StatementObserver): ReturnType<ItemRun['drive']> {
  const options = observer === undefined ? {} : { observer };
  return run.drive(moment === 'REVERT' ? { action: 'revert' } : {}, options);
}

/** Before the swap the reset; after it the end with the new table. */
export function giveUp(run: ItemRun, moment: Moment): ReturnType<ItemRun['drive']> {
  return run.drive(moment === 'CLEAN_UP' || moment === 'REVERT' ? {} : { action: 'reset' });
}

async function takeBack(run: ItemRun, one: Meddling, moment: Moment): Promise<void> {
  if (one.undo !== undefined) await run.database.query(one.undo.sql(oursAt(moment)));
}

async function oidOf(database: TestDatabase, item: Table | null): Promise<unknown> {
  return item === null ? null : database.query(/* sql */ `SELECT to_regclass($1)::oid AS oid`, [item.table]);
}

/** As text, in one order; by the superuser, whom no policy keeps from seeing. */
async function rowsOf(run: ItemRun, table: string, columns = 't.*'): Promise<string[]> {
  const rows = await run.database.query<{ row: string }>(
    /* sql */ `SELECT ROW(${columns})::text AS row FROM ${table} AS t ORDER BY 1`,
  );
  return rows.map((one) => one.row);
}

/** Our triggers are on the table while the run lives. */
export function withoutOurs(dump: string): string {
  return dump
    .split('\n')
    .filter((line) => !line.includes('shadowstep_'))
    .join('\n');
}
