import assert from 'node:assert/strict';
import type pg from 'pg';
import { databaseObjectSections } from './catalog-dump/database-objects.ts';
import { HANGER_SECTIONS } from './catalog-dump/hangers.ts';
import { RELATION_SECTIONS } from './catalog-dump/relations.ts';
import { SCHEMA_OBJECT_SECTIONS } from './catalog-dump/schema-objects.ts';
import type { Section } from './catalog-dump/section.ts';

export interface CatalogDumpOptions {
  /** Each sequence's last_value and is_called as well. Default false: they move with the writers. */
  readonly sequenceValues?: boolean;
}

/**
 * The whole schema of a database as text, read from the catalogs alone and sharing no code with the product: what
 * `pg_dump --schema-only` prints, and more. One fact a line, each naming its object; sorted; free of OIDs and attribute
 * numbers, so that two dumps are equal exactly when nothing was lost, added or changed. Schemas named `shadowstep*`,
 * `pg_*` and `information_schema` are left out, and nothing else is. For a superuser; `client` must not be in a
 * transaction.
 */
export async function dumpCatalog(client: pg.ClientBase, options: CatalogDumpOptions = {}): Promise<string> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    return await dumpCatalogWithin(client, options);
  } finally {
    await client.query('ROLLBACK');
  }
}

/** The same in a transaction that sees one snapshot, whatever it has done so far; some of its settings are changed until its end. */
export async function dumpCatalogWithin(client: pg.ClientBase, options: CatalogDumpOptions = {}): Promise<string> {
  const { rows } = await client.query<{ version: number }>(/* sql */ `
      SELECT current_setting('server_version_num')::int AS version,
             set_config('search_path', 'pg_catalog, pg_temp', true),
             set_config('quote_all_identifiers', 'off', true),
             set_config('DateStyle', 'ISO, YMD', true),
             set_config('IntervalStyle', 'postgres', true),
             set_config('extra_float_digits', '3', true)
    `);
  const lines: string[] = [];
  for (const section of sectionsOf(rows[0]?.version ?? 0)) lines.push(...(await sectionLines(client, section)));
  if (options.sequenceValues) lines.push(...(await sequenceValueLines(client)));
  return lines.join('\n');
}

/** All that the dump asks a server of that version. */
export function sectionsOf(serverVersionNum: number): readonly Section[] {
  return [
    ...databaseObjectSections(serverVersionNum),
    ...SCHEMA_OBJECT_SECTIONS,
    ...RELATION_SECTIONS,
    ...HANGER_SECTIONS,
  ];
}

async function sectionLines(client: pg.ClientBase, section: Section): Promise<string[]> {
  const { rows } = await client.query<{ identity: string; facts: (string | null)[] }>(section.sql);
  const objects = rows.map(({ identity, facts }) => ({ header: `${section.kind} ${identity}`, facts }));
  // By code unit: the database's collation must not decide.
  objects.sort((one, other) => (one.header < other.header ? -1 : one.header > other.header ? 1 : 0));
  return objects.flatMap(({ header, facts }) => [
    header,
    ...facts.flatMap((text) => (text === null ? [] : text.split('\n').map((line) => `${header} | ${line}`))),
  ]);
}

async function sequenceValueLines(client: pg.ClientBase): Promise<string[]> {
  const { rows: sequences } = await client.query<{ name: string }>(/* sql */ `
    SELECT format('%I.%I', schemaname, sequencename) AS name
    FROM pg_sequences
    WHERE schemaname !~ '^(shadowstep|pg_)'
    ORDER BY 1
  `);
  const lines: string[] = [];
  for (const { name } of sequences) {
    const { rows } = await client.query(/* sql */ `SELECT last_value, is_called FROM ${name}`);
    lines.push(`sequence ${name} | last value ${rows[0]?.last_value}, called ${rows[0]?.is_called}`);
  }
  return lines;
}

/** Throws, with the lines that are only in one of the two, unless both dumps are the same. */
export function expectSameCatalog(before: string, after: string): void {
  assert.notEqual(before, '', 'The dump from before is empty');
  if (before === after) return;
  throw new assert.AssertionError({ message: `The catalog differs:\n${catalogDifference(before, after)}` });
}

/** `- line` for what only `before` has, `+ line` for what only `after` has, in the order of the dumps. */
export function catalogDifference(before: string, after: string): string {
  const gone = linesWithout(before, after).map((line) => `- ${line}`);
  const added = linesWithout(after, before).map((line) => `+ ${line}`);
  // Each line names its object, so that sorting by the line puts a change's two sides side by side.
  const changes = [...gone, ...added].sort((one, other) => one.slice(2).localeCompare(other.slice(2)));
  return changes.length > 0 ? changes.join('\n') : 'the same lines in another order';
}

function linesWithout(text: string, without: string): string[] {
  const counts = new Map<string, number>();
  for (const line of without.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  return text.split('\n').filter((line) => {
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left <= 0;
  });
}
