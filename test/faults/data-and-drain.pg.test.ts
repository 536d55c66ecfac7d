import { describe, expect, it } from 'vitest';
import { CHANGE_LOG, errorOf, ItemRun } from '../engine/item-run.ts';
import { pidOf, untilOlderThanAMoment } from '../locks/holders.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';

describe('unique values that move while the copy is made', () => {
  it('never fail the unique index: what A gives up after it was copied, and B takes before it is (fault c, I-3)', async () => {
    const run = await ItemRun.create({
      // Ten rows to a block: A is in the first, B in the last, which has room for the new versions of both.
      table: `CREATE TABLE public.item (id bigint CONSTRAINT item_pkey PRIMARY KEY, code text UNIQUE, note text);
        INSERT INTO public.item SELECT i, 'c' || i, repeat('n', 700) FROM generate_series(1, 245) AS i;`,
    });
    await run.through('SETUP');
    const app = await run.database.appClient();
    let between = 0;
    const observer = {
      before() {},
      async after(text: string) {
        // After the first batch is copied, and before the last one is.
        if (text.includes('UPDATE shadowstep.batch SET next_block') && between === 0) {
          between += 1;
          await app.query(`UPDATE public.item SET code = 'y' WHERE id = 1`);
          await app.query(`UPDATE public.item SET code = 'c1' WHERE id = 245`);
        }
      },
    };
    await run.database.query('UPDATE shadowstep.run SET batch_blocks = 1');
    const rows = run.drive({}, { observer });
    expect((await rows).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(between).toBe(1);
    expect(await run.rows()).toContain(`(245,c1,${'n'.repeat(700)})`);
  });

  it('are never thinned out by a constraint that the data violates: a UNIQUE of the request is refused (fault u)', async () => {
    const run = await ItemRun.create({ request: { alter: ['ADD CONSTRAINT one_note UNIQUE (note)'] } });
    await run.owner.query(`UPDATE public.item SET note = 'same'`);
    expect((await errorOf(run.drive())).name).toBe('RefusedError');
    expect(await run.rows()).toHaveLength(100);
  });
});

describe('the drain', () => {
  it('waits for no row lock of the application, and takes none (fault e3, I-9)', async () => {
    const run = await ItemRun.create();
    await run.through('SYNC_SCHEMAS');
    const app = await run.database.appClient();
    await app.query(`UPDATE public.item SET note = 'logged' WHERE id IN (1, 2)`);
    const holder = await run.database.appClient();
    await holder.query(
      `BEGIN; SELECT FROM public.item WHERE id = 1 FOR UPDATE; UPDATE public.item SET note = 'later' WHERE id = 2`,
    );
    await run.unit('POST_SYNC_UPDATE');
    expect(
      await run.database.query(
        `SELECT keys_drained::int FROM shadowstep.drain_slot WHERE change_log = 'shadowstep_change_log'`,
      ),
    ).toEqual([{ keys_drained: 2 }]);
    await holder.query('COMMIT');
    await run.database.query(`UPDATE shadowstep.run SET driver_expires_at = now() - interval '1 second'`);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toContain('(2,c2,later)');
  });

  it('that cannot keep up ends with a name and a way out instead of going on for ever (fault v)', async () => {
    const run = await ItemRun.create({ request: { maxLogBytes: 1_048_576 } });
    await run.through('SETUP');
    const app = await run.database.appClient();
    await app.query(`INSERT INTO public.item SELECT i FROM generate_series(1000, 21000) AS i`);
    expect((await errorOf(run.drive())).name).toBe('ChangeLogTooLargeError');
    await run.drive({ action: 'reset' });
    expect(await run.leftovers()).toEqual([]);
    expect(await run.database.query(`SELECT to_regclass('${CHANGE_LOG}') AS log`)).toEqual([{ log: null }]);
  });
});

describe('a drain that is slower than the application', () => {
  it('ends each unit in time, and the run at maxLogBytes, with every row in its place (fault v)', async () => {
    const run = await ItemRun.create({ request: { maxLogBytes: 1_048_576 } });
    await run.through('SYNC_SCHEMAS');
    const app = await run.database.appClient();
    let next = 1_000;
    let drained = 0;
    let isTimeOver = false;
    let units = 0;
    const write = async () => {
      await app.query(`INSERT INTO public.item SELECT i FROM generate_series($1::int, $1::int + 2999) AS i`, [next]);
      next += 3_000;
    };
    await write();
    const observer = {
      before() {},
      async after(text: string) {
        if (!/_drain"?\(\$1/.test(text)) return;
        drained += 1;
        isTimeOver = drained % 2 === 0;
        await write();
      },
    };
    const going = run.drive(
      {},
      {
        observer,
        remainingMs: () => (isTimeOver ? 0 : 60_000),
        onUnit(_task, { status }) {
          if (isTimeOver) expect(status).toBe('more');
          if (isTimeOver) units += 1;
          isTimeOver = false;
        },
      },
    );
    expect((await errorOf(going)).name).toBe('ChangeLogTooLargeError');
    expect(units, 'units whose time was over while the log grew').toBeGreaterThan(0);
    const rows = await run.rows();
    expect(rows).toHaveLength(100 + next - 1_000);
    await run.drive({ action: 'reset' });
    expect(await run.rows()).toEqual(rows);
    expect(await run.leftovers()).toEqual([]);
  });
});

describe('SETUP', () => {
  it('waits for a writer who has been there for a moment, with nothing of ours in his way, and then has his rows (fault e2)', async () => {
    const run = await ItemRun.create();
    await run.through('PRE_VALIDATION');
    const writer = await run.database.appClient();
    await writer.query(
      `BEGIN; INSERT INTO public.item VALUES (1001, 'before', 'open'); DELETE FROM public.item WHERE id = 1`,
    );
    const pid = await pidOf(writer);
    await untilOlderThanAMoment(run.database, pid);
    const driver = 'test:setup';
    expect(await run.unit('SETUP', { driver })).toMatchObject({
      status: 'wait',
      because: expect.stringContaining(`pid ${pid} `),
    });
    expect(await run.leftovers(), 'what the attempt has left').toEqual([]);
    await writer.query(
      `INSERT INTO public.item VALUES (1002, 'meanwhile', 'open'); UPDATE public.item SET id = 1003 WHERE id = 2`,
    );
    await writer.query('COMMIT');
    const rows = await run.rows();
    expect((await run.drive({}, { driver })).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toEqual(rows);
    expect(rows.filter((row) => /^\((100[123]|1|2),/.test(row))).toEqual([
      '(1001,before,open)',
      '(1002,meanwhile,open)',
      '(1003,c2,n2)',
    ]);
  });
});

describe('the swap', () => {
  it('waits for no transaction that writes to another table, however long it stays (fault w)', async () => {
    const run = await ItemRun.create();
    await run.owner.query(`CREATE TABLE public.other (id int); GRANT ALL ON public.other TO PUBLIC`);
    const writer = await run.database.appClient();
    await writer.query('BEGIN; INSERT INTO public.other VALUES (1)');
    await untilOlderThanAMoment(run.database, await pidOf(writer));
    const results = await run.drive();
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
    expect(results.filter((result) => result.status === 'wait')).toEqual([]);
    await writer.query('INSERT INTO public.other VALUES (2); COMMIT');
    expect(await run.database.query('SELECT id FROM public.other ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('waits for no transaction of another database (fault w)', async () => {
    const [elsewhere, run] = [await ItemRun.create(), await ItemRun.create()];
    const old = await elsewhere.database.appClient();
    await old.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM public.item');
    const results = await run.drive();
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
    expect(results.filter((result) => result.status === 'wait')).toEqual([]);
    await old.query('COMMIT');
  });
});

describe('names and predicates', () => {
  it('that trip up an edit of SQL text go through to the letter (I-7)', async () => {
    const run = await ItemRun.create({
      table: `CREATE SCHEMA item; CREATE TABLE item.item (id bigint PRIMARY KEY, code text, note text);
        CREATE TABLE public.item (id bigint CONSTRAINT item_pkey PRIMARY KEY, "x ON y" text, note text);
        CREATE INDEX item_code ON item.item (code); CREATE INDEX item_code ON public.item (note);
        CREATE INDEX "an index ON item" ON item.item (note) WHERE code = 'is ON item.item USING' AND note <> ' ON ';
        CREATE UNIQUE INDEX item_on ON item.item (lower(code || ' ON ')) INCLUDE (note) WHERE note LIKE '% ON item.%';
        INSERT INTO item.item SELECT i, 'c' || i, 'x ON item.' || i FROM generate_series(1, 100) AS i;`,
      request: { table: 'item.item' },
    });
    const admin = await run.database.client();
    const [before, rows] = [await dumpCatalog(admin), await run.rows('item.item')];
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expectSameCatalog(before, await dumpCatalog(admin));
    expect(await run.rows('item.item')).toEqual(rows);
  });
});
