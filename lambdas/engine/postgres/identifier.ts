import { escapeIdentifier, escapeLiteral } from 'pg';
import type { TableName } from '../table-name.ts';

/** The one place where a name becomes SQL. Always quoted, so a keyword or capital letters are never a special case. */
export function quoteIdent(name: string): string {
  return escapeIdentifier(name);
}

/**
 * A value inside a server-side block, which takes no parameters (the swap's DO block; a detached statement). Everywhere
 * else values are parameters. Backslashes are safe: escapeLiteral writes E'' when there is one.
 */
export function quoteLiteral(value: string): string {
  return escapeLiteral(value);
}

/** `"public"."orders"` */
export function qualified(table: TableName): string {
  return `${quoteIdent(table.schema)}.${quoteIdent(table.name)}`;
}

/** `"a", "b"`, each with an optional prefix: `s."a", s."b"`. */
export function columnList(columns: readonly string[], prefix = ''): string {
  return columns.map((column) => `${prefix}${quoteIdent(column)}`).join(', ');
}
