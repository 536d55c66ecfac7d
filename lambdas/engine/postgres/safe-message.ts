import type pg from 'pg';

/** Objects in the way, connection, privilege and login, resources, the state of things: of the schema and the server, never of rows. */
const SAFE_CLASSES: ReadonlySet<string> = new Set([
  '08', // connection exception
  '0A', // feature not supported
  '25', // invalid transaction state
  '28', // invalid authorization specification
  '2B', // dependent privilege descriptors (and objects) still exist
  '3D', // invalid catalog name
  '40', // transaction rollback
  '53', // insufficient resources
  '54', // program limit exceeded: sizes and names of indexes
  '55', // object not in prerequisite state
  '57', // operator intervention
  '58', // system error
]);

/**
 * Of class 42 only what speaks of names: 42601 is also said of a text that to_tsquery() cannot read, and quotes it. Names
 * come from a statement, or from rows: see READ_FROM_ROWS.
 */
const SAFE_CODES: ReadonlySet<string> = new Set([
  '42501', // insufficient_privilege
  '42701', // duplicate_column
  '42710', // duplicate_object
  '42723', // duplicate_function
  '42809', // wrong_object_type
  '42939', // reserved_name
  '42P06', // duplicate_schema
  '42P07', // duplicate_table
  '42P16', // invalid_table_definition
  '42P17', // invalid_object_definition
]);

/** 't::regclass', or set_config() with a name out of a row, quote the value; the parser, who has a position, only the statement. */
const READ_FROM_ROWS: ReadonlySet<string> = new Set([
  '3F000', // invalid_schema_name
  '42703', // undefined_column
  '42704', // undefined_object
  '42725', // ambiguous_function
  '42804', // datatype_mismatch
  '42846', // cannot_coerce
  '42883', // undefined_function
  '42P01', // undefined_table
]);

/** Functions of the server itself (the protocol's field R, never translated) that name nothing but existing objects. */
const SAFE_ROUTINES: ReadonlySet<string> = new Set([
  'aclcheck_error',
  'aclcheck_error_col',
  'DeadLockReport',
  'ProcessInterrupts',
  'reportDependentObjects',
]);

/**
 * The server's message, or null where it may hold row values (I-13): any SQLSTATE can be given to RAISE with any text, so
 * that nothing is passed on that was said inside a function (field W), unless by the server itself. `detail`, `hint` and
 * `where` never are.
 */
export function safeMessage(error: pg.DatabaseError): string | null {
  const sqlstate = error.code ?? '';
  const known =
    SAFE_CLASSES.has(sqlstate.slice(0, 2)) ||
    SAFE_CODES.has(sqlstate) ||
    (READ_FROM_ROWS.has(sqlstate) && error.position !== undefined);
  const bySomebody = error.where !== undefined && !SAFE_ROUTINES.has(error.routine ?? '');
  return known && !bySomebody ? error.message : null;
}
