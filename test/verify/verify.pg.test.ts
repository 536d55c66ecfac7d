import { beforeAll, describe, expect, it } from 'vitest';
import { COPY, errorOf, ItemRun, once } from '../engine/item-run.ts';

const TABLE = /* sql */ `
  CREATE TABLE public.item (
    id bigint PRIMARY KEY,
    note text,
    amount numeric,
    ratio double precision,
    at timestamptz,
    detail jsonb,
    tags text[],
    wide text
  );
  ALTER TABLE public.item ALTER wide SET STORAGE EXTERNAL;
  INSERT INTO public.item
  SELECT i, CASE WHEN i % 2 = 0 THEN '' END, 1.0, 0, 'infinity', '{"a": 1}', '{a,b}', repeat('w', 9000)
  FROM generate_series(1, 50) AS i;
  INSERT INTO public.item (id) VALUES (987654321);`;

let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create({ table: TABLE });
  await template.through('SYNC_SCHEMAS');
});

const CORRUPTIONS: readonly (readonly [what: string, corruption: string, keys: readonly string[]])[] = [
  ['a row that is missing', `DELETE FROM ${COPY} WHERE id = 987654321`, ['987654321']],
  ['a row too many', `INSERT INTO ${COPY} (id) VALUES (987654322)`, ['987654322']],
  ['a row under another key', `UPDATE ${COPY} SET id = 987654323 WHERE id = 987654321`, ['987654321', '987654323']],
  ['one column that differs', `UPDATE ${COPY} SET note = 'x' WHERE id = 987654321`, ['987654321']],
  ['NULL in the place of an empty text', `UPDATE ${COPY} SET note = NULL WHERE id = 2`, ['2']],
  ['an empty text in the place of NULL', `UPDATE ${COPY} SET note = '' WHERE id = 1`, ['1']],
  ['1.00 in the place of 1.0', `UPDATE ${COPY} SET amount = 1.00 WHERE id = 1`, ['1']],
  ['-0 in the place of 0', `UPDATE ${COPY} SET ratio = '-0' WHERE id = 1`, ['1']],
  ['-infinity in the place of infinity', `UPDATE ${COPY} SET at = '-infinity' WHERE id = 1`, ['1']],
  ['a jsonb that differs in a number’s scale', `UPDATE ${COPY} SET detail = '{"a": 1.0}' WHERE id = 1`, ['1']],
  ['an array in another order', `UPDATE ${COPY} SET tags = '{b,a}' WHERE id = 1`, ['1']],
  ['the last byte of a toasted value', `UPDATE ${COPY} SET wide = left(wide, 8999) || 'v' WHERE id = 1`, ['1']],
];

describe('the comparison before the swap', () => {
  it.each(CORRUPTIONS)('finds %s, and swaps nothing', async (_what, corruption, keys) => {
    const run = await template.clone();
    const oid = await run.oid();
    await run.database.query(corruption);

    const error = await errorOf(run.drive());

    expect(error.name).toBe('VerificationFailedError');
    expect(await run.oid()).toBe(oid);
    const [finding] = await run.database.query(
      `SELECT finding_id::int AS id, kind, row_count::int AS rows, row_keys AS keys FROM shadowstep.finding`,
    );
    expect(finding).toMatchObject({ kind: 'copy differs from source', rows: keys.length });
    expect([...(finding?.keys ?? [])].sort()).toEqual(keys.map((key) => [key]));
    expect(error.message).toContain(`finding_id ${finding?.id}`);
    const told = JSON.stringify([error.message, await run.database.query('SELECT last_error FROM shadowstep.run')]);
    expect(told, 'keys are in shadowstep.finding only (I-13)').not.toContain('9876543');
    const [row] = await run.database.query('SELECT stage FROM shadowstep.run');
    expect(row).toEqual({ stage: 'POST_SYNC_UPDATE' });
  });

  it('compares a range with differences again when the run is resumed, instead of passing it by', async () => {
    const run = await template.clone();
    await run.database.query(`DELETE FROM ${COPY} WHERE id = 1`);
    expect((await errorOf(run.drive())).name).toBe('VerificationFailedError');
    expect((await errorOf(run.drive())).name).toBe('VerificationFailedError');
  });

  it('leaves out keys that are pending in the change log: they are not false alarms', async () => {
    const run = await template.clone();
    const app = await run.database.appClient();
    const observer = once('before', /^BEGIN ISOLATION LEVEL REPEATABLE READ/, () =>
      app.query(`
        UPDATE public.item SET note = 'meanwhile' WHERE id = 1;
        UPDATE public.item SET id = 300 WHERE id = 2;
        DELETE FROM public.item WHERE id = 3;
        INSERT INTO public.item (id, note) VALUES (301, 'new')`),
    );
    expect((await run.drive({}, { observer })).at(-1)).toMatchObject({ stage: 'DONE' });
    const rows = await run.rows();
    expect(rows).toHaveLength(51);
    expect(rows.filter((row) => row.includes('meanwhile') || row.startsWith('(301,'))).toHaveLength(2);
    expect(await run.database.query('SELECT FROM shadowstep.finding')).toEqual([]);
  });

  it('finds a difference in a row that is not pending beside one that is', async () => {
    const run = await template.clone();
    const app = await run.database.appClient();
    await run.database.query(`UPDATE ${COPY} SET note = 'x' WHERE id = 4`);
    const observer = once('before', /^BEGIN ISOLATION LEVEL REPEATABLE READ/, () =>
      app.query(`UPDATE public.item SET note = 'meanwhile' WHERE id = 1`),
    );
    expect((await errorOf(run.drive({}, { observer }))).name).toBe('VerificationFailedError');
    expect(await run.database.query('SELECT row_count::int AS rows, row_keys FROM shadowstep.finding')).toEqual([
      { rows: 1, row_keys: [['4']] },
    ]);
  });

  it('is left out when the request says so: what is in the copy is then in the table', async () => {
    const run = await ItemRun.create({ table: TABLE, request: { verify: false } });
    await run.through('SYNC_SCHEMAS');
    await run.database.query(`UPDATE ${COPY} SET note = 'x' WHERE id = 4`);
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.database.query('SELECT note FROM public.item WHERE id = 4')).toEqual([{ note: 'x' }]);
  });
});
