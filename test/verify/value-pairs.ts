/** Two values of one type that only a comparison bit by bit is sure to tell apart. Each is an SQL expression. */
export interface ValuePair {
  readonly type: string;
  /** What the source has. */
  readonly value: string;
  /** What a corrupted copy has instead. */
  readonly other: string;
}

/** SQL that makes the types that the pairs below name. */
export const PAIR_TYPES = /* sql */ `
  CREATE TYPE public.pair AS (one integer, two text);
  CREATE TYPE public.mood AS ENUM ('glad', 'sad');
  CREATE DOMAIN public.price AS numeric CHECK (VALUE IS NULL OR VALUE >= 0);
  CREATE COLLATION public.blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);`;

const TOASTED = `(SELECT string_agg(md5(i::text), '' ORDER BY i) FROM generate_series(1, 300) AS i)`;

export const VALUE_PAIRS: readonly ValuePair[] = [
  { type: 'text', value: `''`, other: 'NULL' },
  { type: 'text', value: 'NULL', other: `''` },
  { type: 'text', value: TOASTED, other: `overlay(${TOASTED} placing '?' from 4800)` },
  { type: 'text COLLATE public.blind', value: `'straße'`, other: `'STRASSE'` },
  { type: 'text COLLATE public.blind', value: `'a'`, other: `'A'` },
  { type: 'varchar(20)', value: `'a'`, other: `'a '` },
  { type: 'bpchar', value: `'a'::text::bpchar`, other: `bpcharin('a  ', 0, -1)` },
  { type: 'char(5)', value: `'ab'`, other: `'ac'` },
  { type: 'name', value: `'a'`, other: `'A'` },
  { type: '"char"', value: `'a'`, other: `'b'` },
  { type: 'bytea', value: `'\\x00'`, other: `'\\x0000'` },
  { type: 'boolean', value: 'false', other: 'NULL' },
  { type: 'smallint', value: '0', other: '-1' },
  { type: 'integer', value: '2147483647', other: '-2147483648' },
  { type: 'bigint', value: '9007199254740992', other: '9007199254740993' },
  { type: 'oid', value: '4294967295', other: '0' },
  { type: 'real', value: '0', other: `'-0'` },
  { type: 'double precision', value: '0', other: `'-0'` },
  { type: 'double precision', value: `'NaN'`, other: `'Infinity'` },
  { type: 'numeric', value: '1.0', other: '1.00' },
  { type: 'numeric', value: '0', other: '0.0' },
  { type: 'numeric', value: `'NaN'`, other: `'Infinity'` },
  { type: 'numeric(12, 2)', value: '1', other: '1.01' },
  { type: 'public.price', value: '1.0', other: '1.00' },
  { type: 'date', value: `'infinity'`, other: `'5874897-12-31'` },
  { type: 'timestamp', value: `'-infinity'`, other: `'4713-01-01 BC'` },
  { type: 'timestamptz', value: `'infinity'`, other: `'294276-12-31 23:59:59.999999Z'` },
  { type: 'timestamptz', value: `'-infinity'`, other: `'4713-01-01 00:00:00Z BC'` },
  { type: 'time', value: `'24:00'`, other: `'00:00'` },
  { type: 'timetz', value: `'12:00+00'`, other: `'13:00+01'` },
  { type: 'interval', value: `'1 month'`, other: `'30 days'` },
  { type: 'interval', value: `'1 day'`, other: `'24 hours'` },
  { type: 'uuid', value: `'00000000-0000-0000-0000-000000000000'`, other: `'00000000-0000-0000-0000-000000000001'` },
  { type: 'json', value: `'{"a":1}'`, other: `'{"a": 1}'` },
  { type: 'jsonb', value: `'{"a": 1.0}'`, other: `'{"a": 1.00}'` },
  { type: 'jsonb', value: `'null'`, other: 'NULL' },
  { type: 'integer[]', value: `'{1,2}'`, other: `'[0:1]={1,2}'` },
  { type: 'integer[]', value: `'{}'`, other: 'NULL' },
  { type: 'text[]', value: `'{NULL}'`, other: `'{""}'` },
  { type: 'numeric[]', value: `'{1.0}'`, other: `'{1.00}'` },
  { type: 'double precision[]', value: `'{0}'`, other: `'{-0}'` },
  { type: 'int4range', value: `'empty'`, other: 'NULL' },
  { type: 'numrange', value: `'[1.0,2)'`, other: `'[1.00,2)'` },
  { type: 'int4multirange', value: `'{}'`, other: 'NULL' },
  { type: 'tstzrange', value: `'[2024-01-01,)'`, other: `'[2024-01-01,infinity)'` },
  { type: 'public.pair', value: 'ROW(NULL, NULL)', other: 'NULL' },
  { type: 'public.pair', value: `ROW(1, '')`, other: 'ROW(1, NULL)' },
  { type: 'public.mood', value: `'glad'`, other: `'sad'` },
  { type: 'point', value: `'(0,0)'`, other: `'(-0,0)'` },
  { type: 'bit varying', value: `B'1'`, other: `B'10'` },
  { type: 'inet', value: `'10.0.0.1/24'`, other: `'10.0.0.1/25'` },
  { type: 'tsvector', value: `'a:1'`, other: `'a:2'` },
  { type: 'xid8', value: `'1'`, other: `'2'` },
];
