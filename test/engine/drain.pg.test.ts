import { beforeAll, describe, expect, it } from 'vitest';
import { drainBatch } from '../../lambdas/engine/drain/drain-batch.ts';
import { runObjects } from '../../lambdas/engine/unit-context.ts';
import { CHANGE_LOG, COPY, errorOf, ItemRun } from './item-run.ts';

const TABLE = /* sql */ `
  CREATE TABLE public.item (
    id bigint CONSTRAINT item_pkey PRIMARY KEY,
    code text CONSTRAINT item_code_key UNIQUE,
    slot integer,
    open boolean NOT NULL DEFAULT true,
    email text,
    note text
  );
  CREATE UNIQUE INDEX item_open_slot ON public.item (slot) WHERE open;
  CREATE UNIQUE INDEX item_email ON public.item (lower(email));
  INSERT INTO public.item SELECT i, 'c' || i, i, true, 'P' || i, 'n' || i FROM generate_series(1, 20) AS i;`;

/** At POST_SYNC_UPDATE: the copy has its unique indexes and equals the source, the log is empty. */
let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create({ table: TABLE });
  await template.through('SYNC_SCHEMAS');
});

async function synced() {
  const run = await template.clone();
  const app = await run.database.appClient();
  const ctx = await run.context();
  const names = runObjects(ctx.run).changeLog;
  return {
    run,
    app,
    /** One transaction of the drain, of so many log rows. */
    drain: (keys = 1) => drainBatch(ctx.session, ctx.run, ctx.driver, names, keys),
    async pending(): Promise<number> {
      const [row] = await run.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${CHANGE_LOG}`);
      return row?.n ?? 0;
    },
  };
}

type Step = string | 'drain';

/** 'drain' is one batch of one log row: every place between two of them is met. */
const CASES: readonly (readonly [string, readonly Step[]])[] = [
  [
    'a value that A gives up, and B takes before the drain (fault b)',
    [`UPDATE item SET code = 'y' WHERE id = 1`, `UPDATE item SET code = 'c1' WHERE id = 2`, 'drain'],
  ],
  [
    'a value that moves between two batches (fault b3)',
    [
      `UPDATE item SET code = 'y' WHERE id = 1`,
      'drain',
      `UPDATE item SET code = 'c1' WHERE id = 2`,
      `UPDATE item SET code = 'c2' WHERE id = 1`,
      'drain',
      'drain',
    ],
  ],
  [
    'an exchange in three steps, drained backwards',
    [
      `BEGIN; UPDATE item SET code = 'z' WHERE id = 1; UPDATE item SET code = 'c1' WHERE id = 2;
       UPDATE item SET code = 'c2' WHERE id = 1; COMMIT`,
      'drain',
      'drain',
      'drain',
    ],
  ],
  [
    'a row deleted and inserted again during the drain (fault r)',
    [
      `DELETE FROM item WHERE id = 1`,
      'drain',
      `INSERT INTO item (id, code, slot, email) VALUES (1, 'c1', 1, 'again')`,
      'drain',
    ],
  ],
  [
    'a row inserted again before its deletion is drained (fault r)',
    [
      `DELETE FROM item WHERE id = 1`,
      `INSERT INTO item (id, code, slot, email) VALUES (1, 'c1', 1, 'again')`,
      'drain',
      `DELETE FROM item WHERE id = 1`,
      'drain',
    ],
  ],
  [
    'a key that changes, and is taken by another row (fault a)',
    [`UPDATE item SET id = 500 WHERE id = 5`, 'drain', `UPDATE item SET id = 5 WHERE id = 6`, 'drain'],
  ],
  [
    'a chain of exchanges over a partial unique index',
    [
      `BEGIN; UPDATE item SET open = false WHERE id <= 10; UPDATE item SET slot = slot % 10 + 1 WHERE id <= 10;
       UPDATE item SET open = true WHERE id <= 10; COMMIT`,
      'drain',
      'drain',
      `BEGIN; UPDATE item SET open = false WHERE id = 3; UPDATE item SET slot = 4 WHERE id = 4; COMMIT`,
      'drain',
    ],
  ],
  [
    'a chain of exchanges over an expression unique index',
    [
      `BEGIN; UPDATE item SET email = 'tmp' || id WHERE id <= 10; UPDATE item SET email = 'p' || (id % 10 + 1) WHERE id <= 10; COMMIT`,
      'drain',
      'drain',
      `BEGIN; UPDATE item SET email = NULL WHERE id = 1; UPDATE item SET email = 'P2' WHERE id = 10; COMMIT`,
      'drain',
    ],
  ],
];

describe('the drain', () => {
  it.each(CASES)('brings the copy up to %s (I-9)', async (_name, steps) => {
    const { run, app, drain, pending } = await synced();
    await app.query('SET search_path = public');
    for (const step of steps) {
      await (step === 'drain' ? drain() : app.query(step));
    }
    for (let batch = 0; (await pending()) > 0; batch += 1) {
      expect(batch, 'batches of one row until the log is empty').toBeLessThan(500);
      await drain();
    }
    expect(await run.rows(COPY)).toEqual(await run.rows());
    await run.endSessions();
  });

  it('puts back a row whose unique value the copy still gives to another, and lets it in after that one (I-9)', async () => {
    const { run, app, drain, pending } = await synced();
    await app.query(`UPDATE public.item SET code = 'y' WHERE id = 2`);
    await app.query(`UPDATE public.item SET code = 'c2' WHERE id = 1`);
    // Only the later one is left to drain: what is in its way is put back into the log first.
    await run.database.query(`SET shadowstep.own_write = on; UPDATE ${CHANGE_LOG} SET seq = DEFAULT WHERE key_1 = 2`);
    expect(await drain()).toMatchObject({ taken: 1n, putBack: 1n });
    expect(await run.rows(COPY)).not.toContain((await run.rows())[0]);
    // The stale row gives way; the pass that began with one log row ends; the next lets the first one in.
    expect(await drain()).toMatchObject({ taken: 1n, putBack: 0n });
    expect(await drain()).toMatchObject({ taken: 0n, passEnded: true });
    expect(await drain()).toMatchObject({ taken: 1n, putBack: 0n });
    expect(await pending()).toBe(0);
    expect(await run.rows(COPY)).toEqual(await run.rows());
    await run.endSessions();
  });

  it('stops at a constraint of the copy that the data violates, names it, and keeps the keys to shadowstep.finding (I-13)', async () => {
    const run = await template.clone();
    await run.database.query(`CREATE UNIQUE INDEX by_hand ON ${COPY} (note)`);
    const app = await run.database.appClient();
    await app.query(`INSERT INTO public.item (id, note) VALUES (987654321, 'planted'), (987654322, 'planted')`);

    const error = await errorOf(run.drive());

    expect(error.name).toBe('ConstraintViolatedByDataError');
    expect(error.message).toContain('by_hand');
    const findings = await run.database.query(
      `SELECT finding_id::int, kind, constraint_name, row_count::int, row_keys FROM shadowstep.finding`,
    );
    expect(findings).toEqual([
      {
        finding_id: 1,
        kind: 'constraint violated by data',
        constraint_name: 'by_hand',
        row_count: 1,
        row_keys: [[expect.stringMatching(/^98765432[12]$/)]],
      },
    ]);
    expect(error.message).toContain('finding_id 1');
    const told = JSON.stringify([
      error.message,
      await run.database.query('SELECT last_error, waiting_for, marks FROM shadowstep.run'),
      await run.database.query('SELECT detail FROM shadowstep.event'),
    ]);
    expect(told).not.toMatch(/98765432|planted/);

    await app.query(`UPDATE public.item SET note = 'mended' WHERE id = 987654322`);
    await run.database.query('DROP INDEX shadowstep_1.by_hand');
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toHaveLength(22);
  });
});
