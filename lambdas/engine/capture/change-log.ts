import { qualified, quoteIdent, quoteLiteral } from '../postgres/identifier.ts';
import { createGuardFunctionStatement, guardLogStatements } from './guard.ts';
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

/** What a capture function is when the log has lost its name: bound to the table itself, slower up to PG 17. */
export function boundFunction(captureFunction: (names: ChangeLogNames) => string, names: ChangeLogNames): string {
  return captureFunction({ schema: names.schema, log: `${names.log}_bound` });
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
    createGuardFunctionStatement(names),
    ...guardLogStatements(names, table),
  ];
}

/** Functions that the capture triggers call or name, in an order in which they can be dropped once the triggers are gone. */
export function captureFunctions(names: ChangeLogNames): string[] {
  const called = [captureKeyFunction, captureUpdateFunction, captureTruncateFunction];
  return [...called.flatMap((name) => [name(names), boundFunction(name, names)]), neverFunction(names)];
}

/**
 * The functions behind the triggers' WHEN clauses. SECURITY DEFINER: the application needs no right on anything of ours;
 * EXECUTE is granted to everybody, because a WHEN clause runs as the writer and default privileges may have revoked it
 * (I-1). record_image_ne needs no operator of the key's type (fault: the application's UPDATE fails where the pinned
 * search_path hides an extension's `=`).
 *
 * Each exists twice. The first finds the log by its name and inserts by position (a column renamed by hand does not matter);
 * where a person has taken the right to insert away, or put it under row security, it leaves the log alone: the capture
 * mark shows that, and the application goes on. The second is bound to the table and its columns (BEGIN ATOMIC): it serves while the log or our
 * schema bears another name, and makes PostgreSQL refuse to drop or retype a column of the log. It alone would do, but up
 * to PG 17 it is planned in every statement (tried, single-row UPDATE on PG 14: 18 µs without, 40 by name, 135 bound).
 */
export function createCaptureFunctionStatements(names: ChangeLogNames, key: readonly CapturedKeyColumn[]): string[] {
  const log = logTable(names);
  const columns = key.map((column) => column.logColumn).join(', ');
  const types = key.map((column) => column.logTypeSql);
  const positions = (from: number) => key.map((_, index) => `$${from + index}`).join(', ');
  const first = positions(1);
  const second = positions(key.length + 1);
  const changed = `pg_catalog.record_image_ne(ROW(${first}), ROW(${second}))`;
  const functions = [
    {
      name: captureKeyFunction,
      parameters: [...types, log],
      byName: /* sql */ `INSERT INTO ${log} VALUES (DEFAULT, DEFAULT, ${first});`,
      bound: /* sql */ `INSERT INTO ${log} (${columns}) VALUES (${first});`,
    },
    {
      name: captureUpdateFunction,
      parameters: [...types, ...types, log],
      byName: /* sql */ `
        INSERT INTO ${log} VALUES (DEFAULT, DEFAULT, ${first});
        IF ${changed} THEN
          INSERT INTO ${log} VALUES (DEFAULT, DEFAULT, ${second});
        END IF;`,
      bound: /* sql */ `
        INSERT INTO ${log} (${columns}) VALUES (${first});
        INSERT INTO ${log} (${columns}) SELECT ${second} WHERE ${changed};`,
    },
    {
      name: captureTruncateFunction,
      parameters: [log],
      byName: /* sql */ `INSERT INTO ${log} VALUES (DEFAULT, DEFAULT);`,
      bound: /* sql */ `INSERT INTO ${log} (put_back) VALUES (0);`,
    },
  ];
  const settings = `VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp`;
  return [
    ...functions.flatMap(({ name, parameters, byName, bound }) => {
      const signature = `(${parameters.join(', ')})`;
      return [
        /* sql */ `
    CREATE FUNCTION ${name(names)}${signature} RETURNS boolean LANGUAGE plpgsql ${settings} AS ${quoteLiteral(/* sql */ `
    BEGIN
      -- Apart: under one IF the log would be looked up before the schema is known to let it be.
      IF pg_catalog.has_schema_privilege(${quoteLiteral(names.schema)}, 'USAGE') THEN
        IF pg_catalog.has_table_privilege(${quoteLiteral(log)}::pg_catalog.regclass, 'INSERT')
           AND NOT pg_catalog.row_security_active(${quoteLiteral(log)}::pg_catalog.regclass) THEN
          ${byName}
        END IF;
      END IF;
      RETURN false;
    END `)}`,
        /* sql */ `
    CREATE FUNCTION ${boundFunction(name, names)}${signature} RETURNS boolean LANGUAGE sql ${settings}
    BEGIN ATOMIC
      ${bound}
      SELECT false;
    END`,
        ...[name(names), boundFunction(name, names)].map(
          (called) => /* sql */ `GRANT EXECUTE ON FUNCTION ${called}${signature} TO PUBLIC`,
        ),
      ];
    }),
    /* sql */ `
    CREATE FUNCTION ${neverFunction(names)}() RETURNS trigger LANGUAGE plpgsql AS ${quoteLiteral(/* sql */ `
    BEGIN
      RETURN NULL;
    END `)}`,
  ];
}
