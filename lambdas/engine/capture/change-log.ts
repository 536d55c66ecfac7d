import { qualified, quoteIdent, quoteLiteral } from '../postgres/identifier.ts';
import type { CapturedKeyColumn } from './key-columns.ts';

/** Where a change log lives and what its functions are called. */
export interface ChangeLogNames {
  readonly schema: string;
  /** The log's table name; its functions bear it as a prefix. */
  readonly log: string;
}

export function logTable(names: ChangeLogNames): string {
  return qualified({ schema: names.schema, name: names.log });
}

export function captureKeyFunction(names: ChangeLogNames): string {
  return qualified({ schema: names.schema, name: `${names.log}_key` });
}

export function captureUpdateFunction(names: ChangeLogNames): string {
  return qualified({ schema: names.schema, name: `${names.log}_update` });
}

export function captureTruncateFunction(names: ChangeLogNames): string {
  return qualified({ schema: names.schema, name: `${names.log}_truncate` });
}

/** The trigger function that never runs: the triggers' WHEN clauses do the work and are always false. */
export function neverFunction(names: ChangeLogNames): string {
  return qualified({ schema: names.schema, name: `${names.log}_never` });
}

/**
 * The log: append-only, no unique constraint, so that a writer never waits for another writer here (I-1). An index on
 * the key for the backfill's anti-join, one on seq for the drain. REPLICA IDENTITY FULL, since a publication of all
 * tables would otherwise refuse the drain's DELETE. `put_back` counts how often the drain has put the key back (I-9).
 */
export function createChangeLogStatements(names: ChangeLogNames, key: readonly CapturedKeyColumn[]): string[] {
  const table = logTable(names);
  const columns = key.map(
    (column) =>
      `${column.logColumn} ${column.logTypeSql}${column.collationSql === null ? '' : ` COLLATE ${column.collationSql}`}`,
  );
  const indexed = key.map((column) => `${column.logColumn} ${column.operatorClassSql}`);
  return [
    /* sql */ `
    CREATE TABLE ${table} (
      seq bigint GENERATED ALWAYS AS IDENTITY,
      put_back integer NOT NULL DEFAULT 0,
      ${columns.join(',\n      ')}
    ) WITH (autovacuum_enabled = false, vacuum_truncate = false,
            toast.autovacuum_enabled = false, toast.vacuum_truncate = false)`,
    /* sql */ `ALTER TABLE ${table} REPLICA IDENTITY FULL`,
    /* sql */ `REVOKE ALL ON TABLE ${table} FROM PUBLIC`,
    /* sql */ `CREATE INDEX ${quoteIdent(`${names.log}_by_key`)} ON ${table} (${indexed.join(', ')})`,
    /* sql */ `CREATE INDEX ${quoteIdent(`${names.log}_by_seq`)} ON ${table} (seq)`,
  ];
}

/**
 * The functions behind the triggers' WHEN clauses. SECURITY DEFINER: the application needs no right on anything of ours;
 * EXECUTE is granted to everybody, because a WHEN clause runs as the writer and default privileges may have revoked it
 * (I-1). record_image_ne needs no operator of the key's type (fault: the application's UPDATE fails where the pinned
 * search_path hides an extension's `=`).
 */
export function createCaptureFunctionStatements(names: ChangeLogNames, key: readonly CapturedKeyColumn[]): string[] {
  const log = logTable(names);
  const columns = key.map((column) => column.logColumn).join(', ');
  const types = key.map((column) => column.logTypeSql);
  const positions = (from: number) => key.map((_, index) => `$${from + index}`).join(', ');
  const first = positions(1);
  const second = positions(key.length + 1);
  const settings = `LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp`;
  const signatures = [
    `${captureKeyFunction(names)}(${[...types, log].join(', ')})`,
    `${captureUpdateFunction(names)}(${[...types, ...types, log].join(', ')})`,
    `${captureTruncateFunction(names)}(${log})`,
  ];
  return [
    /* sql */ `
    CREATE FUNCTION ${signatures[0]} RETURNS boolean ${settings} AS ${quoteLiteral(/* sql */ `
    BEGIN
      INSERT INTO ${log} (${columns}) VALUES (${first});
      RETURN false;
    END `)}`,
    /* sql */ `
    CREATE FUNCTION ${signatures[1]} RETURNS boolean ${settings} AS ${quoteLiteral(/* sql */ `
    BEGIN
      INSERT INTO ${log} (${columns}) VALUES (${first});
      IF pg_catalog.record_image_ne(ROW(${first}), ROW(${second})) THEN
        INSERT INTO ${log} (${columns}) VALUES (${second});
      END IF;
      RETURN false;
    END `)}`,
    /* sql */ `
    CREATE FUNCTION ${signatures[2]} RETURNS boolean ${settings} AS ${quoteLiteral(/* sql */ `
    BEGIN
      INSERT INTO ${log} (put_back) VALUES (0);
      RETURN false;
    END `)}`,
    /* sql */ `
    CREATE FUNCTION ${neverFunction(names)}() RETURNS trigger LANGUAGE plpgsql AS ${quoteLiteral(/* sql */ `
    BEGIN
      RETURN NULL;
    END `)}`,
    ...signatures.map((signature) => /* sql */ `GRANT EXECUTE ON FUNCTION ${signature} TO PUBLIC`),
  ];
}
