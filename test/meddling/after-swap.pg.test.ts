import { beforeAll, describe, expect, it } from 'vitest';
import { errorOf, ItemRun } from '../engine/item-run.ts';

const OLD = 'shadowstep_1_old.item';
const REVERSE_LOG = 'shadowstep_1.shadowstep_reverse_change_log';

let swapped: ItemRun;

beforeAll(async () => {
  swapped = await ItemRun.create({ request: { keepOldTable: true } });
  await swapped.through('SWAP');
});

const CHANGED: readonly (readonly [string, string, string])[] = [
  ['our schema is dropped', 'DROP SCHEMA shadowstep_1 CASCADE', 'CopyChangedError'],
  ['the reverse log is renamed', `ALTER TABLE ${REVERSE_LOG} RENAME TO thing`, 'CopyChangedError'],
  ['a reverse trigger is dropped', 'DROP TRIGGER shadowstep_delete ON public.item', 'CopyChangedError'],
  ['an index of the old table is dropped', `ALTER TABLE ${OLD} DROP CONSTRAINT item_code_key`, 'CopyChangedError'],
  ['the old table is dropped', `DROP TABLE ${OLD}`, 'CopyChangedError'],
  ['the new table is renamed', 'ALTER TABLE public.item RENAME TO thing', 'SourceMissingError'],
  ['the marks are removed', `UPDATE shadowstep.run SET marks = '{}'`, 'RegistryChangedError'],
];

describe('a swapped table', () => {
  it.each(CHANGED)('when %s keeps the application writing and is not reverted (I-1)', async (_what, sql, error) => {
    const run = await swapped.clone();
    await run.owner.query(sql);
    const table = sql.includes('public.item RENAME') ? 'public.thing' : 'public.item';
    const app = await run.database.appClient();
    await app.query(
      `INSERT INTO ${table} VALUES (201); UPDATE ${table} SET id = 202 WHERE id = 201; DELETE FROM ${table} WHERE id = 3`,
    );
    expect((await errorOf(run.drive({ action: 'revert' }))).name).toBe(error);
    await app.query(`INSERT INTO ${table} VALUES (203)`);
    expect(await run.rows(table)).toHaveLength(101);
  });

  it.each(['DELETE', 'UPDATE', 'INSERT', 'TRUNCATE'])(
    'has an old table that refuses %s by hand: a revert would bring it back',
    async (kind) => {
      const run = await swapped.clone();
      const sql = {
        DELETE: `DELETE FROM ${OLD}`,
        UPDATE: `UPDATE ${OLD} SET note = 'x'`,
        INSERT: `INSERT INTO ${OLD} VALUES (999)`,
        TRUNCATE: `TRUNCATE ${OLD}`,
      }[kind];
      expect(await errorOf(run.owner.query(sql ?? ''))).toMatchObject({ code: '55006' });
      expect(await errorOf(run.owner.query(`DELETE FROM ${REVERSE_LOG}`))).toMatchObject({ code: '55006' });
      const rows = await run.rows();
      await run.drive({ action: 'revert' });
      expect(await run.rows()).toEqual(rows);
      expect(await run.leftovers()).toEqual([]);
      await run.owner.query(`UPDATE public.item SET note = 'free again'`);
    },
  );
});
