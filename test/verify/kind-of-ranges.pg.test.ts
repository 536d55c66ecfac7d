import { describe, expect, it } from 'vitest';
import { ItemRun } from '../engine/item-run.ts';

/** What the ranges of the comparison were cut by, and how many rows were compared in them. */
async function compared(table: string) {
  const run = await ItemRun.create({ table });
  await run.through('POST_SYNC_UPDATE');
  const [row] = await run.database.query<{ kind: string; rows: number }>(`
    SELECT (SELECT marks ->> 'ranges_by' FROM shadowstep.run) AS kind,
           (SELECT sum(rows)::int FROM shadowstep.event WHERE kind = 'verified') AS rows`);
  await run.endSessions();
  return row;
}

const KEYS: readonly (readonly [what: string, key: string, value: string, kind: string])[] = [
  ['of numbers that were counted up', 'bigint', 'i', 'key'],
  ['of numbers that were counted down', 'bigint', '-i', 'key'],
  ['of random UUIDs', 'uuid', 'md5(i::text)::uuid', 'place'],
  ['of hashed texts', 'text COLLATE "C"', 'md5(i::text)', 'place'],
];

describe('the verification cuts a table by its keys or by place', () => {
  it.each(KEYS)('%s, as its neighbours lie', async (_what, type, value, kind) => {
    const table = `
      CREATE TABLE public.item (id ${type} PRIMARY KEY, note text);
      INSERT INTO public.item SELECT ${value}, repeat('n', 200) FROM generate_series(1, 2000) AS i;`;
    expect(await compared(table)).toEqual({ kind, rows: 2000 });
  });

  it('by place where the first column of the key says nothing', async () => {
    const table = `
      CREATE TABLE public.item (tenant int, id uuid, PRIMARY KEY (tenant, id));
      INSERT INTO public.item SELECT 1, md5(i::text)::uuid FROM generate_series(1, 2000) AS i;`;
    expect(await compared(table)).toEqual({ kind: 'place', rows: 2000 });
  });
});
