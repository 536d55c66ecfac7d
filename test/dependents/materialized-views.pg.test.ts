import { beforeAll, describe, expect, test } from 'vitest';
import { errorOf, type ItemRun, once } from '../engine/item-run.ts';
import { dieThroughout, total as totalOf } from '../lifecycle/die-everywhere.ts';
import { ROLES } from '../support/database.ts';
import { expectExchanged } from '../support/exchanged.ts';
import { DependentsRun, ITEM_TABLE } from './dependents-run.ts';

const AGREED = { recreateMaterializedViews: true, keepOldTable: true };

/** With an index and a view over it; `rate` lets a fill of it fail. Several at once are among the kinds of table. */
const VIEW = /* sql */ `
  CREATE TABLE public.rate (divisor integer NOT NULL);
  INSERT INTO public.rate VALUES (1);
  CREATE MATERIALIZED VIEW public.totals AS
    SELECT i.owner_name, sum(i.amount / r.divisor) AS total FROM public.item AS i, public.rate AS r GROUP BY i.owner_name;
  CREATE UNIQUE INDEX totals_key ON public.totals (owner_name);
  CREATE VIEW public.over_totals AS SELECT total FROM public.totals;
  ANALYZE public.totals;
  GRANT SELECT ON public.totals, public.over_totals TO ${ROLES.app};`;

let template: DependentsRun;
/** At SWAP, the tables not exchanged yet. */
let atSwap: DependentsRun;

beforeAll(async () => {
  template = await DependentsRun.create(VIEW, { table: ITEM_TABLE, request: AGREED });
  atSwap = await template.clone();
  await atSwap.item.through('POST_SYNC_UPDATE');
});

async function total(item: ItemRun): Promise<unknown> {
  const [row] = await item.database.query<{ total: string }>(`SELECT total::int FROM public.over_totals`);
  return row?.total;
}

/** Dies when the new view has been filled, before the two change places. */
async function untilFilled(item: ItemRun): Promise<void> {
  let filled = false;
  const observer = {
    before() {
      if (filled) throw new Error('dead');
    },
    after(text: string) {
      filled ||= text.startsWith('DO') && text.includes('REFRESH MATERIALIZED VIEW');
      observer.before();
    },
  };
  await errorOf(item.drive({}, { driver: 'local:1', observer, onUnit: () => expect(filled).toBe(false) }));
  expect(filled).toBe(true);
}

describe('materialized views are made anew when the request agrees', () => {
  test('a run, and a revert of another one, leave the same, filled with what is in the table then', async () => {
    const run = await atSwap.clone();
    await run.item.owner.query('UPDATE public.item SET amount = 101 WHERE id = 1');
    expect(await total(run.item)).toBe(210);
    await run.swap();
    expect(await total(run.item)).toBe(310);
    await run.item.owner.query('UPDATE public.item SET amount = 1 WHERE id = 1');
    await run.revert();
    expect(await total(run.item)).toBe(210);
    await run.item.owner.query('REFRESH MATERIALIZED VIEW CONCURRENTLY public.totals');
    await run.swap();
    await run.cleanUp();
  });

  test('under the policies that hold for a REFRESH of its owner', async () => {
    const run = await DependentsRun.create(VIEW, {
      request: AGREED,
      bySuperuser: /* sql */ `
        ALTER TABLE public.rate OWNER TO CURRENT_USER;
        ALTER TABLE public.rate ENABLE ROW LEVEL SECURITY;
        CREATE POLICY known ON public.rate USING (divisor < 5);
        INSERT INTO public.rate VALUES (5);
        GRANT SELECT ON public.rate TO ${ROLES.owner}`,
    });
    await run.swap();
    expect(await total(run.item)).toBe(210);
  });

  test('a reset leaves the very same view', async () => {
    const oid = (item: ItemRun) => item.database.query(`SELECT 'public.totals'::regclass::oid`);
    const run = await template.clone();
    const before = await oid(run.item);
    await run.reset();
    expect(await oid(run.item)).toEqual(before);
  });

  test('killed between any two statements of swap and revert', async () => {
    const run = await atSwap.clone();
    const { database } = run.item;
    const oidBefore = await run.item.oid();
    let count = 0;
    for (const [task, fields] of [
      ['SWAP', { stopAfter: 'SWAP' }],
      ['REVERT', { action: 'revert' }],
    ] as const) {
      const template = await database.clone();
      const { deaths } = await dieThroughout({
        dying: database,
        unbroken: () => template.clone(),
        rest: () => template.clone(),
        request: { ...run.item.request, ...fields },
        tasks: [task],
      });
      count += totalOf(deaths);
      expect(await total(run.item)).toBe(210);
    }
    await run.expectAsBefore();
    await run.expectNothingLeft();
    await expectExchanged(database, 'public.item', oidBefore, ['REVERTED']);
    console.log(`kill points held ${count}: materialized views, swap and revert`);
  }, 240_000);

  test('a revert in the middle turns round: what was filled is dropped, the old one reads its table as before', async () => {
    const run = await atSwap.clone();
    await untilFilled(run.item);
    await run.item.database.query(`UPDATE shadowstep.run SET driver_expires_at = now() - interval '1 second'`);
    await run.revert();
    expect(await total(run.item)).toBe(210);
    const events = await run.item.database.query(
      `SELECT FROM shadowstep.event WHERE kind = 'materialized view made anew'`,
    );
    expect(events).toEqual([]);
  });
});

describe('what happens to the old one meanwhile is not lost', () => {
  test.each(['', 'CONCURRENTLY'])('REFRESH %s makes the new one begin anew', async (how) => {
    const run = await atSwap.clone();
    await untilFilled(run.item);
    await run.item.owner.query('UPDATE public.rate SET divisor = 2; UPDATE public.item SET amount = 2000 WHERE id = 2');
    await run.item.owner.query(`REFRESH MATERIALIZED VIEW ${how} public.totals`);
    await run.item.drive({}, { driver: 'local:1' });
    const [expected] = await run.item.database.query<{ total: number }>(
      'SELECT sum(amount / 2)::int AS total FROM public.item',
    );
    expect(await total(run.item)).toBe(expected?.total);
    await run.expectAsBefore();
  });

  test('an index, a comment and a view over it, which leave its row of the catalog alone', async () => {
    const run = await atSwap.clone();
    await untilFilled(run.item);
    await run.item.owner.query(/* sql */ `
      CREATE INDEX totals_total ON public.totals (total);
      COMMENT ON MATERIALIZED VIEW public.totals IS 'anew';
      CREATE VIEW public.late AS SELECT total FROM public.totals`);
    await run.item.drive({}, { driver: 'local:1' });
    const [row] = await run.item.database.query(/* sql */ `
      SELECT to_regclass('public.totals_total') IS NOT NULL AS indexed,
             obj_description('public.totals'::regclass) AS comment, (SELECT total::int FROM public.late) AS total`);
    expect(row).toEqual({ indexed: true, comment: 'anew', total: 210 });
  });

  test('a GRANT', async () => {
    const run = await atSwap.clone();
    await untilFilled(run.item);
    await run.item.owner.query(`GRANT SELECT ON public.totals TO ${ROLES.reader}`);
    await run.item.drive({}, { driver: 'local:1' });
    const granted = `SELECT has_table_privilege('${ROLES.reader}', 'public.totals', 'SELECT') AS granted`;
    expect(await run.item.database.query(granted)).toEqual([{ granted: true }]);
  });

  test('an index that comes between the last look and the lock', async () => {
    const run = await atSwap.clone();
    await untilFilled(run.item);
    const late = once('before', /shadowstep\.view_exchange'/, () =>
      run.item.owner.query('CREATE INDEX totals_total ON public.totals (total)'),
    );
    const outcome = await run.item.unit('SWAP', { driver: 'local:1', observer: late });
    expect(outcome.status).toBe('wait');
    await run.item.drive({}, { driver: 'local:1' });
    const [row] = await run.item.database.query(`SELECT to_regclass('public.totals_total') IS NOT NULL AS indexed`);
    expect(row).toEqual({ indexed: true });
  });

  test('something that cannot follow stops the run before the tables change places', async () => {
    const run = await atSwap.clone();
    await run.item.owner.query('CREATE MATERIALIZED VIEW public.nested AS SELECT total FROM public.totals');
    const error = await errorOf(run.item.drive());
    expect([error.name, error.message]).toEqual(['SourceChangedError', expect.stringContaining('public.nested')]);
    expect(await run.item.database.query('SELECT swapped_at FROM shadowstep.run')).toEqual([{ swapped_at: null }]);
    await run.item.owner.query('DROP MATERIALIZED VIEW public.nested');
    await run.item.drive();
    await run.expectAsBefore();
  });

  test('it comes after that: the run stops, and nothing was dropped', async () => {
    const run = await atSwap.clone();
    await untilFilled(run.item);
    await run.item.owner.query('CREATE MATERIALIZED VIEW public.nested AS SELECT total FROM public.totals');
    const error = await errorOf(run.item.drive({}, { driver: 'local:1' }));
    expect([error.name, error.message]).toEqual(['SourceChangedError', expect.stringContaining('public.nested')]);
    expect(await total(run.item)).toBe(210);
    await run.item.owner.query('DROP MATERIALIZED VIEW public.nested');
    await run.item.drive({}, { driver: 'local:1' });
    await run.expectAsBefore();
  });
});

describe('readers of the old one', () => {
  test('one who has been there for a while is named and waited for', async () => {
    const run = await atSwap.clone();
    await untilFilled(run.item);
    const reader = await run.item.database.appClient();
    await reader.query('BEGIN; SELECT FROM public.totals');
    const seen: string[] = [];
    await run.item.drive(
      {},
      {
        driver: 'local:1',
        async onUnit(_, result) {
          if (result.status !== 'wait') return;
          seen.push(result.because);
          if (result.because.includes(ROLES.app)) await reader.query('COMMIT');
        },
      },
    );
    expect(seen.join('\n')).toContain(ROLES.app);
    await run.expectAsBefore();
  });

  test('an old snapshot sees rows in the new one, as after any REFRESH', async () => {
    const run = await atSwap.clone();
    const reader = await run.item.database.appClient();
    await untilFilled(run.item);
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
    await run.item.drive({}, { driver: 'local:1' });
    expect((await reader.query('SELECT total::int FROM public.totals')).rows).toEqual([{ total: 210 }]);
    await reader.query('COMMIT');
  });
});

describe('when it cannot be', () => {
  test('a query that fails stops the run with the old one in place; mended, the run goes on', async () => {
    const run = await atSwap.clone();
    const item = run.item;
    const broken = once('after', /COMMIT$/, () => item.owner.query('UPDATE public.rate SET divisor = 0'));
    const error = await errorOf(item.drive({}, { driver: 'local:1', observer: broken }));
    expect(error.name).toBe('DatabaseError');
    expect(error.message).toContain('public.totals');
    expect(await total(item)).toBe(210);
    await item.owner.query('UPDATE public.rate SET divisor = 1');
    await item.drive({}, { driver: 'local:1' });
    await run.expectAsBefore();
  });

  test('one that is made during the run stops the swap', async () => {
    const run = await atSwap.clone();
    await run.item.owner.query('CREATE MATERIALIZED VIEW public.late AS SELECT id FROM public.item');
    const error = await errorOf(run.item.drive());
    expect([error.name, error.message]).toEqual(['SourceChangedError', expect.stringContaining('materialized views')]);
  });

  test('one that is made between the swap and a revert is carried back', async () => {
    const run = await atSwap.clone();
    await run.swap();
    await run.item.owner.query('CREATE MATERIALIZED VIEW public.late AS SELECT id FROM public.item');
    await run.item.drive({ action: 'revert' });
    await run.item.owner.query('DELETE FROM public.item WHERE id > 15; REFRESH MATERIALIZED VIEW public.late');
    expect(await run.item.database.query('SELECT count(*)::int FROM public.late')).toEqual([{ count: 15 }]);
    await run.expectNothingLeft();
  });

  test('without agreement a revert stops for one that somebody has made since', async () => {
    const run = await DependentsRun.create('', { request: { keepOldTable: true } });
    await run.swap();
    await run.item.owner.query('CREATE MATERIALIZED VIEW public.late AS SELECT id FROM public.item');
    const error = await errorOf(run.item.drive({ action: 'revert' }));
    expect([error.name, error.message]).toEqual(['SourceChangedError', expect.stringContaining('materialized views')]);
  });
});
