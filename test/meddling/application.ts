import type pg from 'pg';
import { inject } from 'vitest';
import { copyIn } from '../torture/copy-in.ts';

export interface Table {
  readonly table: string;
  readonly key: string;
  readonly code: string;
  /** Its other columns, which the application leaves to their defaults. */
  readonly rest: readonly string[];
}

export const ITEM: Table = { table: 'public.item', key: 'id', code: 'code', rest: ['note', 'no'] };

/** A plain table that no tool knows of: what the application did, by the server itself. */
export const ACCOUNT: Table = { ...ITEM, table: 'public.account' };

const MERGE_SINCE = 15;

/** What PostgreSQL itself refuses on a table as the person has left it. */
export type Unusable = 'copy' | 'truncate' | 'upsert' | 'merge';

export interface WritingOptions {
  readonly without: readonly Unusable[];
  /** TRUNCATE is committed, instead of rolled back. */
  readonly truncates: boolean;
}

/**
 * Every kind of statement, as the application, on its table and on the account of it. `from` (1000, 1010 …) keeps the
 * rounds apart.
 */
export async function applicationWrites(
  app: pg.Client,
  item: Table,
  from: number,
  options: WritingOptions,
): Promise<void> {
  for (const table of [item, ACCOUNT]) {
    for (const sql of statements(table, from, options)) {
      await app.query(sql);
    }
    if (options.without.includes('copy')) {
      await app.query(`INSERT INTO ${table.table} (${table.key}) VALUES (${from + 6})`);
    } else {
      await copyIn(app, table.table, [table.key, table.code], [[String(from + 6), null]]);
    }
  }
}

function statements({ table, key, code }: Table, from: number, { without, truncates }: WritingOptions): string[] {
  const merge = /* sql */ `
    MERGE INTO ${table} AS t USING (VALUES (${from - 970}), (${from + 3})) AS v (id) ON t.${key} = v.id
    WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (${key}) VALUES (v.id)`;
  const may = (kind: Unusable, sql: string) => (without.includes(kind) ? [] : [sql]);
  return [
    ...may(
      'truncate',
      /* sql */ `BEGIN; TRUNCATE ${table}; INSERT INTO ${table} (${key}) VALUES (${from + 5}); ${truncates ? 'COMMIT' : 'ROLLBACK'}`,
    ),
    /* sql */ `INSERT INTO ${table} (${key}, ${code}) VALUES (${from}, 'w${from}'), (${from + 1}, 'w${from + 1}')`,
    /* sql */ `UPDATE ${table} SET ${code} = 'u${from}-' || ${key} WHERE ${key} IN (${from}, ${from - 990})`,
    /* sql */ `UPDATE ${table} SET ${key} = ${from + 2} WHERE ${key} = ${from + 1}`,
    ...may(
      'upsert',
      /* sql */ `INSERT INTO ${table} (${key}) VALUES (${from}) ON CONFLICT (${key}) DO UPDATE SET ${code} = 'again${from}'`,
    ),
    /* sql */ `
      BEGIN; DELETE FROM ${table} WHERE ${key} = ${from - 980};
      SAVEPOINT s; DELETE FROM ${table}; ROLLBACK TO s; COMMIT`,
    ...(inject('postgres').majorVersion >= MERGE_SINCE ? may('merge', merge) : []),
  ];
}
