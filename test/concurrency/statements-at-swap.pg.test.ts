import type pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { ItemRun } from '../engine/item-run.ts';
import { pidOf, untilOlderThanAMoment } from '../locks/holders.ts';
import { pollUntil, untilWaitingForLock } from '../support/poll.ts';

/** The functions are old friends of their sessions when the tables change places: their plans are kept. */
const TABLE = /* sql */ `
  CREATE TABLE public.item (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, note text);
  INSERT INTO public.item SELECT i, 0, 'n' || i FROM generate_series(1, 100) AS i;
  CREATE TABLE public.line (item_id int NOT NULL REFERENCES public.item);
  CREATE TABLE public.control (stop boolean NOT NULL, rounds int NOT NULL);
  INSERT INTO public.control VALUES (false, 0);
  CREATE FUNCTION public.add_one(which int) RETURNS oid LANGUAGE plpgsql AS $$
    DECLARE at oid;
    BEGIN
      UPDATE public.item SET n = n + 1 WHERE id = which RETURNING tableoid INTO at;
      RETURN at;
    END $$;
  CREATE FUNCTION public.add_one_to_each() RETURNS int LANGUAGE plpgsql AS $$
    DECLARE one record; counted int := 0;
    BEGIN
      FOR one IN SELECT id FROM public.item LOOP
        PERFORM pg_catalog.pg_advisory_xact_lock_shared(7);
        UPDATE public.item SET n = n + 1 WHERE id = one.id;
        counted := counted + 1;
      END LOOP;
      RETURN counted;
    END $$;
  CREATE FUNCTION public.how_many() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM public.item';
  GRANT SELECT, INSERT, UPDATE ON public.line, public.control TO PUBLIC;`;

/** The exchange: the block, and COMMIT in the same round trip. */
const EXCHANGE = /^SET LOCAL statement_timeout[\s\S]*COMMIT$/;

/** Nearly the longest that an attempt may hold others up. */
const request = { lockTimeoutMs: 900 };

interface AtSwap {
  readonly what: string;
  /** Sent once before, so that what can be kept is kept; `%` is the number of the attempt, 0 then. */
  readonly sql: string;
  readonly since?: number;
}

/** Each has rows of its own; a RETURNING or SELECT of tableoid says where it went. */
const STATEMENTS: readonly AtSwap[] = [
  { what: 'insert', sql: 'INSERT INTO public.item VALUES (1000 + %) RETURNING tableoid' },
  { what: 'update', sql: 'UPDATE public.item SET n = n + 1 WHERE id = 1 RETURNING tableoid' },
  { what: 'delete', sql: 'DELETE FROM public.item WHERE id = 50 + % RETURNING tableoid' },
  {
    what: 'upsert',
    sql: 'INSERT INTO public.item VALUES (2) ON CONFLICT (id) DO UPDATE SET n = item.n + 1 RETURNING tableoid',
  },
  { what: 'prepared update', sql: 'EXECUTE prepared' },
  { what: 'function with kept plans', sql: 'SELECT public.add_one(4) AS tableoid' },
  { what: 'select for update', sql: 'SELECT tableoid FROM public.item WHERE id = 5 FOR UPDATE' },
  { what: 'count', sql: 'SELECT tableoid, count(*) AS rows FROM public.item WHERE id < 50 GROUP BY tableoid' },
  { what: 'count within a STABLE function', sql: 'SELECT public.how_many() > 90 AS right' },
  {
    what: 'merge',
    since: 15,
    sql: `MERGE INTO public.item AS i USING (VALUES (7), (2000 + %)) AS v (id) ON i.id = v.id
          WHEN MATCHED THEN UPDATE SET n = i.n + 1 WHEN NOT MATCHED THEN INSERT VALUES (v.id)`,
  },
];

/**
 * Has the child's table, which the attempt wants too, and waits for the table that the attempt has: the attempt gives way,
 * before PostgreSQL looks for deadlocks, and this one is served.
 */
const CHILD: AtSwap = { what: 'child of a row', sql: 'INSERT INTO public.line VALUES (6)' };

async function connectAll(run: ItemRun, statements: readonly AtSwap[]) {
  return Promise.all(
    statements.map(async (statement) => {
      const client = await run.database.appClient();
      await client.query(
        'PREPARE prepared AS UPDATE public.item SET n = n + 1 WHERE id = 3 RETURNING tableoid; SET plan_cache_mode = force_generic_plan',
      );
      await client.query(statement.sql.replaceAll('%', '0'));
      return { ...statement, client, pid: await pidOf(client) };
    }),
  );
}

async function untilAllWait(admin: pg.ClientBase, pids: readonly number[]): Promise<void> {
  await pollUntil('all statements to wait for a lock', async () => {
    const { rows } = await admin.query('SELECT DISTINCT pid FROM pg_locks WHERE NOT granted AND pid = ANY ($1)', [
      pids,
    ]);
    return rows.length === pids.length;
  });
}

describe('statements of READ COMMITTED sessions at the swap', () => {
  it('that wait for its lock go to the new table, whatever they are, and find every row there', async () => {
    const run = await ItemRun.create({ table: TABLE, request });
    const statements = STATEMENTS.filter(({ since = 0 }) => inject('postgres').majorVersion >= since);
    const [child, ...sessions] = await connectAll(run, [CHILD, ...statements]);
    await run.through('POST_SYNC_UPDATE');
    const [holder, admin] = [await run.database.appClient(), await run.database.client()];
    let attempts = 0;
    let answers: pg.QueryResult[] = [];
    let queued: Promise<unknown> = Promise.resolve();
    // As long as an attempt fails on a busy machine: the next one meets the next statements.
    const observer = {
      async before(text: string) {
        if (!EXCHANGE.test(text)) return;
        await queued;
        attempts += 1;
        await holder.query('BEGIN; SELECT FROM public.item');
        queued = (async () => {
          await untilWaitingForLock(admin, 'shadowstep/swap');
          const waiting = attempts === 1 && child !== undefined ? [child, ...sessions] : sessions;
          const sent = Promise.all(
            waiting.map(({ client, sql }) => client.query(sql.replaceAll('%', String(attempts)))),
          );
          await untilAllWait(
            admin,
            waiting.map(({ pid }) => pid),
          );
          await holder.query('COMMIT');
          answers = await sent;
        })();
      },
      after() {},
    };
    await run.drive({}, { observer });
    await queued;
    expect(attempts, 'the first attempt gave way').toBeGreaterThan(1);
    const oid = await run.oid();
    const byKind = new Map(sessions.map(({ what }, at) => [what, answers[at]?.rows[0]]));
    for (const [what, row] of byKind) if (row?.tableoid !== undefined) expect(row.tableoid, what).toBe(oid);
    expect(byKind.get('count')?.rows).toBe('49');
    expect(byKind.get('count within a STABLE function')).toEqual({ right: true });
    const done = attempts + 1;
    const n = await run.database.query<{ id: number; n: number }>(
      'SELECT id, n FROM public.item WHERE n > 0 ORDER BY id',
    );
    expect(n).toEqual(
      [1, 2, 3, 4, ...(statements.some(({ what }) => what === 'merge') ? [7] : [])].map((id) => ({ id, n: done })),
    );
    const [counts] = await run.database.query(/* sql */ `
      SELECT count(*) FILTER (WHERE id BETWEEN 50 AND 50 + ${attempts})::int AS deleted,
             count(*) FILTER (WHERE id BETWEEN 1000 AND 1000 + ${attempts})::int AS inserted,
             (SELECT count(*)::int FROM public.line) AS lines
      FROM public.item`);
    expect(counts).toEqual({ deleted: 0, inserted: done, lines: 2 });
  });

  it('in a procedural loop that commits as it goes lose no round before, during and after it', async () => {
    const run = await ItemRun.create({ table: TABLE, request });
    const looping = await run.database.appClient();
    const rounds = async () => {
      const [row] = await run.database.query<{ rounds: number }>('SELECT rounds FROM public.control');
      return row?.rounds ?? 0;
    };
    const loop = looping.query(/* sql */ `
      DO $$
      BEGIN
        LOOP
          UPDATE public.item SET n = n + 1, note = md5(n::text) WHERE id = 1 + (SELECT rounds FROM public.control) % 100;
          UPDATE public.control SET rounds = rounds + 1;
          COMMIT;
          PERFORM pg_catalog.pg_sleep(0.001);
          EXIT WHEN (SELECT stop FROM public.control);
        END LOOP;
      END $$`);
    await pollUntil('the loop to go round', async () => (await rounds()) > 20);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    const atEnd = await rounds();
    await pollUntil('the loop to go round once more', async () => (await rounds()) > atEnd + 20);
    await run.database.query('UPDATE public.control SET stop = true');
    await loop;
    const [sum] = await run.database.query<{ n: number }>('SELECT sum(n)::int AS n FROM public.item');
    expect(sum?.n).toBe(await rounds());
  });

  it('that read it through a cursor, or loop over it in a function, are waited for and end with every row', async () => {
    const run = await ItemRun.create({ table: TABLE, request });
    await run.through('POST_SYNC_UPDATE');
    const [reading, looping, gate] = await Promise.all([
      run.database.appClient(),
      run.database.appClient(),
      run.database.client(),
    ]);
    await gate.query('SELECT pg_advisory_lock(7)');
    await reading.query('BEGIN; DECLARE rows CURSOR FOR SELECT * FROM public.item');
    expect((await reading.query('FETCH 40 FROM rows')).rows).toHaveLength(40);
    const loop = looping.query<{ counted: number }>('SELECT public.add_one_to_each() AS counted');
    const pids = [await pidOf(reading)];
    const { rows } = await pollUntil('the function to wait at the gate', async () => {
      const found = await gate.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'`,
      );
      return found.rows.length === 1 ? found : null;
    });
    pids.push(...rows.map((row) => row.pid));
    for (const pid of pids) await untilOlderThanAMoment(run.database, pid);
    const oid = await run.oid();
    const waits: string[] = [];
    const results = await run.drive(
      {},
      {
        remainingMs: () => 6_000,
        async onUnit(_task, result) {
          if (result.status !== 'wait') return;
          waits.push(result.because);
          expect(await run.oid(), 'nothing is exchanged meanwhile').toBe(oid);
          if (waits.length > 1) return;
          expect((await reading.query('FETCH ALL FROM rows')).rows).toHaveLength(60);
          await reading.query('COMMIT');
          await gate.query('SELECT pg_advisory_unlock(7)');
          expect((await loop).rows).toEqual([{ counted: 100 }]);
        },
      },
    );
    for (const pid of pids) expect(waits[0]).toContain(`pid ${pid} `);
    expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.oid()).not.toBe(oid);
    const [all] = await run.database.query('SELECT count(*)::int AS rows, sum(n)::int AS n FROM public.item');
    expect(all).toEqual({ rows: 100, n: 100 });
  });
});
