import { describe, expect, test } from 'vitest';
import { type AlterEntryResult, parseAlterEntry } from '../../lambdas/engine/alter/parse-alter.ts';
import {
  judgeCast,
  modifiersOf,
  normalisedModifiers,
  type ResolvedType,
} from '../../lambdas/engine/alter/safe-casts.ts';

const table = { schema: 'My Schema', name: 'orders' };

function changesOf(result: AlterEntryResult): (readonly [string, string])[] {
  return 'entry' in result ? result.entry.changes.map((one) => [one.column, one.targetTypeSql] as const) : [];
}

describe('parseAlterEntry', () => {
  test.each([
    ['ALTER COLUMN id TYPE bigint', [['id', '"pg_catalog"."int8"']]],
    ['alter "Total" set data type numeric(12,0)', [['Total', '"pg_catalog"."numeric"(12, 0)']]],
    [
      'ALTER a TYPE varchar(30), ALTER b TYPE shop.money[]',
      [
        ['a', '"pg_catalog"."varchar"(30)'],
        ['b', '"shop"."money"[]'],
      ],
    ],
  ])('%s', async (text, changes) => {
    expect(changesOf(await parseAlterEntry(table, text))).toEqual(changes);
  });

  test.each([
    ['ADD COLUMN x int', 'ADD COLUMN'],
    ['DROP COLUMN x', 'DROP COLUMN'],
    ['ALTER x TYPE bigint USING x::bigint', 'ALTER COLUMN … TYPE … USING'],
    ['ALTER x TYPE text COLLATE "C"', 'ALTER COLUMN … TYPE … COLLATE'],
    ['RENAME COLUMN x TO y', 'RENAME COLUMN'],
    ['RENAME TO y', 'RENAME'],
    ['SET SCHEMA y', 'SET SCHEMA'],
    ['OWNER TO y', 'OWNER TO'],
    ['SET TABLESPACE y', 'SET TABLESPACE'],
  ])('%s is not carried over yet, in the words of SQL', async (text, words) => {
    expect(await parseAlterEntry(table, text)).toEqual({ entry: { text, changes: [], unsupported: [words] } });
  });

  test.each([
    ['', /end of input/],
    ['ALTER COLUMN id TYP bigint', /syntax error at or near "TYP", at character 17/],
    ['ALTER id TYPE bigint; DROP TABLE x', /not several statements/],
    ['ALTER id TYPE bigint;', /semicolon/],
    ['ALTER id TYPE bigint -- later', /comment/],
    ['ALTER id TYPE /* wide */ bigint', /comment/],
    ['.other ALTER id TYPE bigint', /must not name a table/],
  ])('%s is a fault', async (text, fault) => {
    expect(await parseAlterEntry(table, text)).toEqual({ fault: expect.stringMatching(fault) });
  });
});

describe('judgeCast', () => {
  const type = (name: string | null, ...modifiers: number[]): ResolvedType => ({
    name,
    modifiers,
    sql: name ?? 'a domain',
  });

  test.each([
    ['int2', [], 'int4', []],
    ['int4', [], 'int8', []],
    ['int8', [], 'numeric', []],
    ['int4', [], 'numeric', [12, 2]],
    ['int4', [], 'float8', []],
    ['int2', [], 'float4', []],
    ['float4', [], 'float8', []],
    ['varchar', [10], 'varchar', [11]],
    ['varchar', [10], 'varchar', []],
    ['varchar', [10], 'text', []],
    ['text', [], 'varchar', []],
    ['numeric', [10, 2], 'numeric', [12, 2]],
    ['numeric', [10, 2], 'numeric', []],
    ['timestamp', [3], 'timestamp', []],
    ['varbit', [3], 'varbit', [4]],
    ['cidr', [], 'inet', []],
    ['int4', [], 'int4', []],
  ])('%s%j to %s%j can neither fail nor lose', (from, fromModifiers, to, toModifiers) => {
    expect(judgeCast(type(from, ...fromModifiers), type(to, ...toModifiers))).toMatchObject({ safe: true });
  });

  test.each([
    ['int8', [], 'int4', []],
    ['int4', [], 'float4', []],
    ['int8', [], 'float8', []],
    ['int4', [], 'numeric', [11, 2]],
    ['int4', [], 'text', []],
    ['varchar', [10], 'varchar', [9]],
    ['text', [], 'varchar', [10]],
    ['bpchar', [10], 'text', []],
    ['numeric', [10, 2], 'numeric', [12, 4]],
    ['numeric', [10, 2], 'numeric', [12, 3]],
    ['numeric', [], 'numeric', [12, 2]],
    ['timestamp', [], 'timestamp', [3]],
    ['timestamp', [], 'timestamptz', []],
    ['date', [], 'timestamp', []],
    [null, [], 'text', []],
    [null, [], null, []],
  ])('%s%j to %s%j is refused', (from, fromModifiers, to, toModifiers) => {
    expect(judgeCast(type(from, ...fromModifiers), type(to, ...toModifiers))).toMatchObject({ safe: false });
  });

  test('atttypmod is read as PostgreSQL packs it', () => {
    expect(modifiersOf('varchar', 34)).toEqual([30]);
    expect(modifiersOf('numeric', ((10 << 16) | 2) + 4)).toEqual([10, 2]);
    expect(modifiersOf('numeric', ((3 << 16) | (-2 & 0x7ff)) + 4)).toEqual([3, -2]);
    expect(modifiersOf('timestamptz', 3)).toEqual([3]);
    expect(modifiersOf('text', -1)).toEqual([]);
    expect(normalisedModifiers('numeric', [10])).toEqual([10, 0]);
  });
});
