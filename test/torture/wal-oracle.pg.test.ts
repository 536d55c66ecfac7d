import { describe, expect, it } from 'vitest';
import { createDatabase, ROLES } from '../support/database.ts';
import { familyDdl, familyOf, sentinelStatements } from './family.ts';
import { SHAPES } from './shapes.ts';
import { WalOracle } from './wal-oracle.ts';

async function setup(shape: (typeof SHAPES)[number] = 'bigserial') {
  const database = await createDatabase();
  const family = familyOf(shape);
  await database.query(familyDdl(family, ROLES.owner, ROLES.app));
  const oracle = await WalOracle.start(await database.client(), family);
  const client = await database.client();
  const compare = async () => {
    await oracle.catchUp();
    return (await oracle.compare(client, family.main)).differences;
  };
  return { database, family, oracle, compare };
}

const ROWS = /* sql */ `
  INSERT INTO public.main (id, owner, rev, code, span, amount, note)
  SELECT i, 1, 'r', 'it''s ' || i, int4range(i * 10, i * 10 + 5), i, (SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, 200) AS j)
  FROM generate_series(1, 10) AS i`;

describe('the account from the write-ahead log', () => {
  it.each(SHAPES)('[%s] holds what the table holds after every kind of statement', async (shape) => {
    const { database, family, oracle, compare } = await setup(shape);
    for (const statement of sentinelStatements(family)) await database.query(statement);
    const keys = family.main.keyColumns.join(', ');
    const values = (n: number) =>
      family.definition
        .keyOf(n)
        .map((value) => `'${value.replaceAll("'", "''")}'`)
        .join(', ');
    const where = (n: number) => `(${keys}) = (${values(n)})`;
    await database.query(/* sql */ `
      INSERT INTO public.main (${keys}, owner, rev, note)
      SELECT ${family.definition.coldKeys}, 1, 'a[b]:''x'' new-tuple: ', E'line\\nbreak\\t' FROM generate_series(1, 5) AS i`);
    for (const n of [1, 2, 3]) {
      await database.query(`INSERT INTO public.main (${keys}, owner, rev, note) VALUES (${values(n)}, 1, '', $1)`, [
        // Toasted, so that the update leaves it out of the log.
        Array.from({ length: 4_000 }, (_, at) => String.fromCharCode(33 + ((at * at * 7 + n) % 90))).join(''),
      ]);
    }
    await database.query(`UPDATE public.main SET rev = 'changed', amount = 1.50 WHERE ${where(1)}`);
    await database.query(`UPDATE public.main SET (${keys}) = ROW (${values(4)}) WHERE ${where(2)}`);
    await database.query(`DELETE FROM public.main WHERE ${where(3)}`);
    await database.query(`BEGIN; DELETE FROM public.main; ROLLBACK`);
    expect(await compare()).toEqual([]);
    expect(oracle.impossible).toEqual([]);
    await database.query(`TRUNCATE public.main CASCADE`);
    expect(await compare()).toEqual([]);
  });

  it('names what another table in its place lacks, has too much, and has wrong', async () => {
    const { database, compare } = await setup();
    await database.query(ROWS);
    await database.query(/* sql */ `
      CREATE SCHEMA elsewhere;
      CREATE TABLE elsewhere.main (LIKE public.main);
      INSERT INTO elsewhere.main SELECT * FROM public.main WHERE id <> 3;
      UPDATE elsewhere.main SET amount = 4.01 WHERE id = 4;
      UPDATE elsewhere.main SET note = '' WHERE id = 5;
      INSERT INTO elsewhere.main SELECT * FROM elsewhere.main WHERE id = 6;
      INSERT INTO elsewhere.main (id, owner, rev, amount, live) VALUES (11, 1, 'r', 0, true);
      CREATE SCHEMA old;
      ALTER TABLE public.main SET SCHEMA old;
      ALTER TABLE elsewhere.main SET SCHEMA public`);
    expect((await compare()).sort()).toEqual([
      'main 11: must not be there',
      'main 3: missing',
      'main 4: wrong in amount',
      'main 5: wrong in note',
      'main 6: twice',
    ]);
  });

  it('takes no account of what is written to a table of another name', async () => {
    const { database, compare } = await setup();
    await database.query(ROWS);
    await database.query(/* sql */ `
      CREATE SCHEMA elsewhere;
      CREATE TABLE elsewhere.main (LIKE public.main);
      INSERT INTO elsewhere.main SELECT * FROM public.main`);
    expect(await compare()).toEqual([]);
  });
});
