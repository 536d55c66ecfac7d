import { describe, expect, it } from 'vitest';
import { resolveCapturedKey } from '../../lambdas/engine/capture/key-columns.ts';
import { setMarks } from '../../lambdas/engine/registry/runs.ts';
import { recordedFacts, recordedKey, runObjects } from '../../lambdas/engine/unit-context.ts';
import { resolveRangeKey } from '../../lambdas/engine/verify/key-order.ts';
import { planKeyRanges } from '../../lambdas/engine/verify/key-ranges.ts';
import { COPY, ItemRun } from '../engine/item-run.ts';
import { PAIR_TYPES, VALUE_PAIRS, type ValuePair } from './value-pairs.ts';

/** A kind of key, and the key of row number i. */
interface KeyKind {
  readonly name: string;
  readonly columns: readonly string[];
  readonly values: string;
  /** Extra rows whose keys sort at the ends or compare oddly. */
  readonly oddKeys?: readonly string[];
  readonly key?: string;
}

const KEYS: readonly KeyKind[] = [
  { name: 'a bigint', columns: ['bigint'], values: 'i * 1000003' },
  { name: 'a uuid', columns: ['uuid'], values: 'md5(i::text)::uuid' },
  {
    name: 'a float with NaN and infinity',
    columns: ['double precision'],
    values: 'i / 7.0',
    oddKeys: [`'NaN'`, `'Infinity'`, `'-Infinity'`, `'-0'`],
  },
  { name: 'a numeric with NaN', columns: ['numeric'], values: 'i / 10.0', oddKeys: [`'NaN'`, `'Infinity'`, '1e100'] },
  {
    name: 'a text under a nondeterministic collation',
    columns: ['text COLLATE public.blind'],
    values: `chr(65 + i % 26) || i`,
    oddKeys: [`''`, `'straße'`],
  },
  {
    name: 'a timestamptz with infinity',
    columns: ['timestamptz'],
    values: `timestamptz '2024-01-01Z' + i * interval '1 hour'`,
    oddKeys: [`'infinity'`, `'-infinity'`],
  },
  { name: 'a range', columns: ['int4range'], values: 'int4range(i, i + 3)', oddKeys: [`'empty'`, `'(,)'`] },
  {
    name: 'an enum and an integer',
    columns: ['public.mood', 'integer'],
    values: `(enum_range(NULL::public.mood))[1 + i % 2], i`,
  },
  {
    name: 'three columns, the first with one value',
    columns: ['text', 'date', 'bytea'],
    values: `'all', date '2024-01-01' + i / 9, decode(md5(i::text), 'hex')`,
  },
  { name: 'a domain over numeric', columns: ['public.price'], values: 'i', oddKeys: ['0.50'] },
  { name: 'an array', columns: ['integer[]'], values: 'ARRAY[i % 3, i]', oddKeys: [`'{}'`, `'{NULL}'`] },
  {
    name: 'a unique index, descending and of another collation',
    columns: ['text COLLATE "C"'],
    values: `CASE i % 2 WHEN 0 THEN 'a' ELSE 'B' END || i`,
    key: `CREATE UNIQUE INDEX item_key ON public.item (k1 DESC)`,
  },
  { name: 'padded text', columns: ['char(12)'], values: `'k' || i` },
];

const ROWS = 40;
const ROWS_PER_RANGE = 6;
const COLUMNS = 14;

/** The same for the same seed; mulberry32. */
function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * sides);
  };
}

/** Which pairs a seed's table has: consecutive seeds go through all of them. */
function pairsOf(seed: number): ValuePair[] {
  return Array.from({ length: COLUMNS }, (_, index) => {
    const pair = VALUE_PAIRS[(seed * COLUMNS + index) % VALUE_PAIRS.length];
    if (pair === undefined) throw new RangeError('no pair');
    return pair;
  });
}

/** `id` numbers the rows for the test; the key is k1 …; a dropped column leaves its hole between them. */
function tableSql(kind: KeyKind, pairs: readonly ValuePair[]): string {
  const keys = kind.columns.map((_, index) => `k${index + 1}`).join(', ');
  const values = pairs.map((pair) => `(${pair.value})::${pair.type.replace(/ COLLATE.*/, '')}`).join(', ');
  const columns = pairs.map((_, index) => `c${index}`).join(', ');
  const odd = (kind.oddKeys ?? []).map(
    (key, index) => `INSERT INTO public.item (id, ${keys}, ${columns}) SELECT ${ROWS + 1 + index}, ${key}, ${values};`,
  );
  return /* sql */ `
    ${PAIR_TYPES}
    CREATE TABLE public.item (
      id integer NOT NULL,
      gone text DEFAULT 'dropped',
      ${kind.columns.map((type, index) => `k${index + 1} ${type} NOT NULL`).join(', ')},
      ${pairs.map((pair, index) => `c${index} ${pair.type}`).join(', ')},
      twice integer GENERATED ALWAYS AS (id * 2) STORED
    );
    ${kind.key ?? `ALTER TABLE public.item ADD CONSTRAINT item_key PRIMARY KEY (${keys})`};
    INSERT INTO public.item (id, ${keys}, ${columns})
    SELECT i, ${kind.values}, ${values} FROM generate_series(1, ${ROWS}) AS i;
    ${odd.join('\n')}
    ALTER TABLE public.item DROP COLUMN gone;`;
}

/** Cuts the small table into many ranges, as the product does a large one. */
async function cutSmall(run: ItemRun): Promise<number> {
  const ctx = await run.context();
  const facts = recordedFacts(ctx.run);
  const key = recordedKey(facts);
  const captured = await resolveCapturedKey(ctx.session, key, ctx.run.sourceOid);
  const rangeKey = await resolveRangeKey(ctx.session, key, captured, ctx.run.sourceOid);
  await ctx.session.transaction({}, async (tx) => {
    await planKeyRanges(tx, runObjects(ctx.run), rangeKey, ROWS_PER_RANGE);
    await setMarks(tx, ctx.run.runId, { verification_planned: true });
  });
  await run.endSessions();
  await run.database.query(`UPDATE shadowstep.run SET driver = NULL, driver_expires_at = NULL`);
  const [row] = await run.database.query<{ ranges: number }>(
    'SELECT count(*)::int AS ranges FROM shadowstep_1.shadowstep_verify_range',
  );
  return row?.ranges ?? 0;
}

/** Keys of rows from here on are those of no row of the source; a multiple of three, so that no kind of key repeats itself. */
const FOREIGN_ROW = 900;

/** What somebody does to the copy, to one row of it, by its number. */
function corruptions(
  kind: KeyKind,
  pairs: readonly ValuePair[],
): { readonly what: string; readonly comes?: true; readonly stays?: true; sql(id: number): string }[] {
  const keys = kind.columns.map((_, index) => `k${index + 1}`).join(', ');
  const keyOf = (row: number) => `(SELECT ${kind.values} FROM (VALUES (${row})) AS v(i))`;
  const columns = pairs.map((_, index) => `c${index}`).join(', ');
  return [
    {
      what: 'a row too many',
      comes: true,
      stays: true,
      sql: (id) => /* sql */ `
        INSERT INTO ${COPY} (id, ${keys}, ${columns})
        SELECT ${FOREIGN_ROW} + id, v.*, ${columns} FROM ${COPY}, LATERAL ${keyOf(FOREIGN_ROW)} AS v WHERE id = ${id}`,
    },
    {
      what: 'a row under another key',
      comes: true,
      sql: (id) =>
        `UPDATE ${COPY} SET (id, ${keys}) = (SELECT ${FOREIGN_ROW} + ${id}, v.* FROM ${keyOf(FOREIGN_ROW + 3)} AS v) WHERE id = ${id}`,
    },
    { what: 'a row missing', sql: (id) => `DELETE FROM ${COPY} WHERE id = ${id}` },
    {
      what: 'another number in a generated column’s base',
      sql: (id) => `UPDATE ${COPY} SET id = 10000 WHERE id = ${id}`,
    },
    ...pairs.map((pair, index) => ({
      what: `${pair.type}: ${pair.other.slice(0, 40)} for ${pair.value.slice(0, 40)}`,
      sql: (id: number) => `UPDATE ${COPY} SET c${index} = ${pair.other} WHERE id = ${id}`,
    })),
  ];
}

describe('the verifier, on tables drawn by lot', () => {
  let tried = 0;
  it.each(KEYS.map((kind, index) => [kind.name, index, kind] as const))(
    'keyed by %s (seed %i) finds every corruption, and nothing without one',
    async (_name, seed, kind) => {
      const roll = dice(seed + 1);
      const pairs = pairsOf(seed);
      const run = await ItemRun.create({ table: tableSql(kind, pairs) });
      await run.through('SYNC_SCHEMAS');
      const rows = ROWS + (kind.oddKeys?.length ?? 0);
      const ranges = await cutSmall(run);
      expect(ranges).toBeGreaterThan(3);
      const keys = kind.columns.map((_, index) => `k${index + 1}`).join(', ');
      // Borders of ranges first: the rows that two ranges could both take for the other's.
      const borders = await run.database.query<{ id: number }>(`
        SELECT id FROM public.item WHERE (${keys}) IN
          (SELECT ${kind.columns.map((_, index) => `high_${index + 1}`).join(', ')} FROM shadowstep_1.shadowstep_verify_range)`);
      expect(borders.length).toBe(ranges - 1);
      // Past the guard, as a fault of our own would get; each on a row of its own, so that each is found by itself.
      await run.database.query(`SET shadowstep.own_write = 'on'`);
      const ids = shuffled(
        [...Array(rows).keys()].map((index) => index + 1),
        roll,
      );
      const targets = [...new Set([...borders.map((border) => border.id), ...ids])];
      const corrupted = corruptions(kind, pairs).map((corruption, index) => ({
        ...corruption,
        id: targets[index] ?? 0,
      }));
      for (const { id, sql } of corrupted) await run.database.query(sql(id));
      const touched = corrupted.flatMap(({ what, id, comes, stays }) => [
        ...(stays ? [] : [{ what, table: 'public.item', id }]),
        ...(comes ? [{ what, table: COPY, id: FOREIGN_ROW + id }] : []),
      ]);
      // The first unit decides on the copy's maintenance.
      expect(await run.unit('POST_SYNC_UPDATE', { driver: 'test:verifier' })).toMatchObject({ status: 'more' });
      const error = await run.unit('POST_SYNC_UPDATE', { driver: 'test:verifier' }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ name: 'VerificationFailedError' });
      await expectFound(run, kind, touched);
      tried += corrupted.length;
      await mend(run);
      // Only without the index that keeps them apart can a row be there twice.
      const dropKey =
        kind.key === undefined
          ? `ALTER TABLE ${COPY} DROP CONSTRAINT item_key`
          : `DROP INDEX ${COPY.split('.')[0]}.item_key`;
      await run.database.query(dropKey);
      const twice = targets[roll(targets.length)] ?? 0;
      await run.database.query(`
        INSERT INTO ${COPY} (id, ${keys}, ${pairs.map((_, index) => `c${index}`).join(', ')})
        SELECT id, ${keys}, ${pairs.map((_, index) => `c${index}`).join(', ')} FROM ${COPY} WHERE id = ${twice}`);
      await run.database.query('DELETE FROM shadowstep.finding');
      // Ranges in which nothing differed are not compared again.
      await run.database.query('UPDATE shadowstep_1.shadowstep_verify_range SET rows_compared = NULL');
      expect(
        await run.unit('POST_SYNC_UPDATE', { driver: 'test:verifier' }).catch((caught: unknown) => caught),
      ).toMatchObject({
        name: 'VerificationFailedError',
      });
      await expectFound(run, kind, [{ what: 'a row twice', table: 'public.item', id: twice }]);
      tried += 1;
      await mend(run);
      await run.owner.query(
        (kind.key ?? `ALTER TABLE public.item ADD CONSTRAINT item_key PRIMARY KEY (${keys})`).replace(
          'public.item',
          COPY,
        ),
      );
      expect(await run.unit('POST_SYNC_UPDATE', { driver: 'test:verifier' })).toMatchObject({ status: 'done' });
      const [compared] = await run.database.query(
        `SELECT sum(rows_compared)::int AS rows FROM shadowstep_1.shadowstep_verify_range`,
      );
      expect(compared, 'every row is in exactly one range').toEqual({ rows });
      await run.database.query(`UPDATE shadowstep.run SET driver = NULL, driver_expires_at = NULL`);
      expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
      if (seed === KEYS.length - 1) {
        console.log(`corruptions found ${tried} / tried ${tried}, on ${KEYS.length} tables`);
      }
    },
  );
});

/** The findings name exactly these rows, each once, by the keys that they have in their tables. */
async function expectFound(
  run: ItemRun,
  kind: KeyKind,
  rows: readonly { readonly what: string; readonly table: string; readonly id: number }[],
): Promise<void> {
  const key = `jsonb_build_array(${kind.columns.map((_, index) => `k${index + 1}::text`).join(', ')})::text`;
  const expected: string[] = [];
  for (const { what, table, id } of rows) {
    const [row] = await run.database.query<{ key: string }>(`SELECT ${key} AS key FROM ${table} WHERE id = $1`, [id]);
    expected.push(`${row?.key}: ${what}`);
  }
  const found = await run.database.query<{ key: string }>(`
    SELECT listed.key::text AS key FROM shadowstep.finding, jsonb_array_elements(row_keys) AS listed(key)
    WHERE kind = 'copy differs from source'`);
  const whatOf = (one: string) =>
    expected.find((other) => other.startsWith(`${one}: `)) ?? `${one}: nothing was done to it`;
  expect(found.map((row) => whatOf(row.key)).sort()).toEqual(expected.sort());
  expect(await run.database.query('SELECT sum(row_count)::int AS rows FROM shadowstep.finding')).toEqual([
    { rows: rows.length },
  ]);
}

/** Puts the copy right again from the source. */
async function mend(run: ItemRun): Promise<void> {
  const [columns] = await run.database.query<{ list: string }>(`
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS list FROM pg_attribute
    WHERE attrelid = 'public.item'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`);
  await run.database.query(`DELETE FROM ${COPY}`);
  await run.database.query(`INSERT INTO ${COPY} (${columns?.list}) SELECT ${columns?.list} FROM public.item`);
}

function shuffled(numbers: readonly number[], roll: (sides: number) => number): number[] {
  return numbers
    .map((number) => ({ number, place: roll(1_000_000) }))
    .sort((one, other) => one.place - other.place)
    .map(({ number }) => number);
}
