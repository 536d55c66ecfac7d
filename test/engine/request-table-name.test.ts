import { describe, expect, test } from 'vitest';
import { formatTableName, parseTableName } from '../../lambdas/engine/table-name.ts';

describe('parseTableName', () => {
  test.each([
    ['public.orders', 'public', 'orders'],
    ['PUBLIC.Orders', 'public', 'orders'],
    ['"My Schema"."My Table"', 'My Schema', 'My Table'],
    [' shop . "Order" ', 'shop', 'Order'],
    ['"a""b"."c.d"', 'a"b', 'c.d'],
    ['Ünder.größe$1', 'Ünder', 'größe$1'],
    ['shop.order', 'shop', 'order'],
    [`shop.${'é'.repeat(31)}`, 'shop', 'é'.repeat(31)],
  ])('%s', (text, schema, name) => {
    expect(parseTableName(text)).toEqual({ table: { schema, name } });
  });

  test.each([
    ['orders', /has no schema/],
    ['shop.public.orders', /3 parts/],
    ['', /lacks a part/],
    ['public.', /lacks a part/],
    ['public.1st', /must be quoted/],
    ['public."open', /never closed/],
    ['public.""', /empty part/],
    ['public.orders; DROP TABLE x', /more than a name/],
    [`public.${'é'.repeat(32)}`, /over 63 bytes/],
    ['U&"d"."x"', /more than a name/],
  ])('%s is a fault', (text, fault) => {
    expect(parseTableName(text)).toEqual({ fault: expect.stringMatching(fault) });
  });
});

test.each([
  ['public', 'orders', 'public.orders'],
  ['My Schema', 'order', '"My Schema"."order"'],
  ['a"b', 'größe', '"a""b"."größe"'],
])('formatTableName quotes only where needed and reads back: %s %s', (schema, name, text) => {
  expect(formatTableName({ schema, name })).toBe(text);
  expect(parseTableName(text)).toEqual({ table: { schema, name } });
});
