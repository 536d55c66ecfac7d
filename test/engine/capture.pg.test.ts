import type pg from 'pg';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { ROLES } from '../support/database.ts';
import { CHANGE_LOG, errorOf, ItemRun } from './item-run.ts';

let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create();
  await template.through('SETUP');
});

/** The keys that the log holds, in the order they were appended; null is the marker of a TRUNCATE. */
async function logged(run: ItemRun): Promise<(number | null)[]> {
  const rows = await run.database.query<{ key: number | null }>(
    `SELECT key_1::int AS key FROM ${CHANGE_LOG} ORDER BY seq`,
  );
  return rows.map((row) => row.key);
}

/** The run just after SETUP, and a session of the application, which has no right on anything of ours. */
async function captured(): Promise<{ run: ItemRun; app: pg.Client }> {
  const run = await template.clone();
  const app = await run.database.appClient();
  await app.query('SET search_path = public');
  return { run, app };
}

const MERGE_SINCE = 15;

const WRITES: readonly (readonly [string, string, readonly (number | null)[]])[] = [
  ['an INSERT', `INSERT INTO item VALUES (201)`, [201]],
  ['an INSERT of several rows', `INSERT INTO item SELECT i FROM generate_series(201, 203) AS i`, [201, 202, 203]],
  ['an UPDATE that keeps the key', `UPDATE item SET note = 'x' WHERE id = 7`, [7]],
  ['an UPDATE of the key, under the new one and the old one', `UPDATE item SET id = 207 WHERE id = 7`, [207, 7]],
  ['an UPDATE of several rows', `UPDATE item SET note = 'x' WHERE id IN (7, 8)`, [7, 8]],
  ['a DELETE', `DELETE FROM item WHERE id = 7`, [7]],
  ['an ON CONFLICT DO UPDATE', `INSERT INTO item VALUES (7) ON CONFLICT (id) DO UPDATE SET note = 'x'`, [7]],
  ['nothing for an ON CONFLICT DO NOTHING that does nothing', `INSERT INTO item VALUES (7) ON CONFLICT DO NOTHING`, []],
  ['nothing for an UPDATE of no row', `UPDATE item SET note = 'x' WHERE id = 207`, []],
  ['a TRUNCATE, by a marker', `TRUNCATE item`, [null]],
  [
    'a data-modifying WITH',
    `WITH gone AS (DELETE FROM item WHERE id = 7 RETURNING id) INSERT INTO item SELECT id + 200 FROM gone`,
    [7, 207],
  ],
  ['nothing of a transaction that is rolled back', `BEGIN; UPDATE item SET note = 'x'; TRUNCATE item; ROLLBACK`, []],
  [
    'only what is kept of a transaction with a savepoint',
    `BEGIN; DELETE FROM item WHERE id = 7; SAVEPOINT s; DELETE FROM item WHERE id = 8; ROLLBACK TO s; COMMIT`,
    [7],
  ],
  ...(inject('postgres').majorVersion < MERGE_SINCE
    ? []
    : [
        [
          'a MERGE',
          `MERGE INTO item USING (VALUES (7, 'u'), (8, 'd'), (207, 'i')) AS v (id, what) ON item.id = v.id
           WHEN MATCHED AND what = 'u' THEN UPDATE SET note = 'x'
           WHEN MATCHED THEN DELETE
           WHEN NOT MATCHED THEN INSERT VALUES (v.id)`,
          [7, 8, 207],
        ] as const,
      ]),
];

describe('the capture triggers', () => {
  it.each(WRITES)('log %s', async (_name, statement, keys) => {
    const { run, app } = await captured();
    await app.query(statement);
    const found = await logged(run);
    // One statement's rows come in whatever order it meets them.
    expect([...found].sort()).toEqual([...keys].sort());
  });

  it('log what COPY brings', async () => {
    const { run } = await captured();
    // A program's output, as the superuser: COPY FROM STDIN would need another driver.
    await run.database.query(`COPY public.item (id) FROM PROGRAM 'echo 201; echo 202'`);
    expect(await logged(run)).toEqual([201, 202]);
  });

  it('log what a session with session_replication_role = replica writes (fault n6)', async () => {
    const { run } = await captured();
    const replica = await run.database.client();
    await replica.query(`SET session_replication_role = replica`);
    await replica.query(`UPDATE public.item SET note = 'x' WHERE id = 7; DELETE FROM public.item WHERE id = 8`);
    expect(await logged(run)).toEqual([7, 8]);
  });

  it('log a row that arrives through an inherited parent’s UPDATE', async () => {
    const { run } = await captured();
    await run.owner.query(`CREATE TABLE public.parent (id bigint NOT NULL, code text, note text);
      ALTER TABLE public.item INHERIT public.parent`);
    await run.owner.query(`UPDATE public.parent SET note = 'x' WHERE id = 7`);
    expect(await logged(run)).toEqual([7]);
  });

  it('let an application write that has no right on anything of ours, and whose writes leave it none (I-1, fault x)', async () => {
    const { run, app } = await captured();
    await app.query(
      `INSERT INTO item VALUES (201); UPDATE item SET id = 202 WHERE id = 201; DELETE FROM item WHERE id = 202`,
    );
    expect((await errorOf(app.query(`SELECT FROM ${CHANGE_LOG}`))).message).toContain('permission denied');
    expect(await logged(run)).toEqual([201, 202, 201, 202]);
  });

  it('work where default privileges have revoked EXECUTE from everybody (I-1)', async () => {
    const run = await ItemRun.create();
    await run.owner.query(`ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
      ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM ${ROLES.owner}`);
    await run.through('SETUP');
    const app = await run.database.appClient();
    await app.query(`UPDATE public.item SET id = 207 WHERE id = 7; TRUNCATE public.item`);
    expect(await logged(run)).toEqual([207, 7, null]);
  });

  it('work whatever the writer’s search_path hides', async () => {
    const { run, app } = await captured();
    await app.query(`SET search_path = ''`);
    await app.query(`UPDATE public.item SET id = 207 WHERE id = 7`);
    expect(await logged(run)).toEqual([207, 7]);
  });

  it('go on after a RENAME of the key’s column: no statement of the application fails (I-1)', async () => {
    const { run, app } = await captured();
    await run.owner.query(`ALTER TABLE public.item RENAME id TO number`);
    await app.query(`UPDATE item SET number = 207 WHERE number = 7; DELETE FROM item WHERE number = 8`);
    expect(await logged(run)).toEqual([207, 7, 8]);
    await run.owner.query(`ALTER TABLE public.item RENAME number TO id`);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toHaveLength(99);
  });

  it('go on after a RENAME of the table', async () => {
    const { run, app } = await captured();
    await run.owner.query(`ALTER TABLE public.item RENAME TO thing`);
    await app.query(`UPDATE thing SET note = 'x' WHERE id = 7`);
    expect(await logged(run)).toEqual([7]);
    expect((await errorOf(run.drive())).name).toBe('SourceMissingError');
    await run.owner.query(`ALTER TABLE public.thing RENAME TO item`);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
  });

  it('make PostgreSQL refuse another type for the key', async () => {
    const { run } = await captured();
    const error = await errorOf(run.owner.query(`ALTER TABLE public.item ALTER id TYPE integer`));
    expect(error).toMatchObject({ code: '0A000' });
  });

  const MEDDLING: readonly (readonly [string, string])[] = [
    ['our schema', `DROP SCHEMA shadowstep_1 CASCADE`],
    ['the change log', `DROP TABLE ${CHANGE_LOG} CASCADE`],
    ['a capture trigger', `DROP TRIGGER shadowstep_update ON public.item`],
  ];

  it.each(MEDDLING)(
    'when a person drops %s, the application goes on writing, the next unit stops, and a reset mends it (I-1)',
    async (_name, drop) => {
      const { run, app } = await captured();
      await run.owner.query(drop);
      await app.query(
        `INSERT INTO item VALUES (201); UPDATE item SET id = 202 WHERE id = 201; DELETE FROM item WHERE id = 202`,
      );
      expect((await errorOf(run.drive())).name).toBe('CopyChangedError');
      await run.drive({ action: 'reset' });
      expect(await run.leftovers()).toEqual([]);
      expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
      expect(await run.rows()).toHaveLength(100);
    },
  );

  it('that were disabled for a while stop the run although they are enabled again: a change may have been missed', async () => {
    const { run } = await captured();
    await run.owner.query(`ALTER TABLE public.item DISABLE TRIGGER shadowstep_update`);
    await run.owner.query(`UPDATE public.item SET note = 'missed' WHERE id = 7`);
    await run.owner.query(`ALTER TABLE public.item ENABLE ALWAYS TRIGGER shadowstep_update`);
    expect((await errorOf(run.drive())).name).toBe('CopyChangedError');
  });

  it.each([
    ['dropped', `DROP TABLE shadowstep_1.item`],
    ['renamed', `ALTER TABLE shadowstep_1.item RENAME TO thing`],
    ['replaced', `DROP TABLE shadowstep_1.item; CREATE TABLE shadowstep_1.item (LIKE public.item)`],
  ])('keep the application writing when the copy is %s; the next unit stops', async (_what, meddle) => {
    const { run, app } = await captured();
    await run.owner.query(meddle);
    await app.query(`UPDATE item SET note = 'x' WHERE id = 7`);
    expect((await errorOf(run.drive())).name).toBe('CopyChangedError');
  });
});
