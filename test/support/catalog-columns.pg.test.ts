import { describe, expect, inject, it } from 'vitest';
import { MAJORS, OTHER_CATALOGS, TABLE_CATALOGS } from './catalog-dump/catalog-columns.ts';
import { sectionsOf } from './catalog-dump.ts';
import { createDatabase } from './database.ts';

const { majorVersion } = inject('postgres');

function isThere(name: string): boolean {
  const [from, to] = MAJORS[name] ?? [0, Number.POSITIVE_INFINITY];
  return from <= majorVersion && majorVersion <= to;
}

function columnsOf(catalog: string): string[] {
  const { read = '', printedBy = {}, notRead = {} } = TABLE_CATALOGS[catalog] ?? {};
  return [read, ...Object.values(printedBy), ...Object.values(notRead)].flatMap(words);
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Tables of pg_catalog, each with its columns. */
async function catalogsOfServer(): Promise<Map<string, string[]>> {
  const database = await createDatabase();
  const rows = await database.query<{ catalog: string; columns: string[] }>(/* sql */ `
    SELECT c.relname::text AS catalog, array_agg(a.attname::text ORDER BY a.attname) AS columns
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r'
    GROUP BY c.relname`);
  return new Map(rows.map((row) => [row.catalog, row.columns]));
}

describe('the catalog of the server', () => {
  it('has no table that nobody has thought of', async () => {
    const known = [...Object.keys(TABLE_CATALOGS), ...Object.keys(OTHER_CATALOGS)].filter(isThere);
    expect([...(await catalogsOfServer()).keys()].sort()).toEqual(known.sort());
  });

  it('has no column of a table’s catalogs that is neither shown in the dump nor left out for a reason', async () => {
    for (const [catalog, columns] of await catalogsOfServer()) {
      if (TABLE_CATALOGS[catalog] === undefined) continue;
      const known = columnsOf(catalog).filter((column) => isThere(`${catalog}.${column}`));
      expect(columns.toSorted(), catalog).toEqual(known.toSorted());
    }
  });
});

describe('the dump', () => {
  const sql = sectionsOf(180_000)
    .map((section) => section.sql)
    .join('\n');

  it.each(Object.keys(TABLE_CATALOGS))('reads what it is said to read of %s', (catalog) => {
    const { read = '', printedBy = {} } = TABLE_CATALOGS[catalog] ?? {};
    expect(words(read).filter((column) => !new RegExp(`\\b${column}\\b`).test(sql))).toEqual([]);
    expect(Object.keys(printedBy).filter((printer) => !sql.includes(printer))).toEqual([]);
  });
});
