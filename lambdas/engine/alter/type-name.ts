import type { Node, TypeName } from 'libpg-query';
import { quoteIdent } from '../postgres/identifier.ts';

/** A type as the parser read it, before the catalog is asked which one it is. */
export interface WrittenType {
  /** Schema of the type if it was written, or if the grammar itself names one (`bigint` is pg_catalog.int8). */
  readonly schema: string | null;
  readonly name: string;
  /** The numbers in brackets: `numeric(10, 2)` has [10, 2]. */
  readonly modifiers: readonly number[];
  /** The type as SQL, every name quoted: `"pg_catalog"."numeric"(10, 2)`. */
  readonly sql: string;
}

/** The parser's tree back to a type; null for what no column can have here (SETOF, arrays with odd modifiers, %TYPE). */
export function writtenType(tree: TypeName): WrittenType | null {
  const names = (tree.names ?? []).map(stringOf);
  const modifiers = (tree.typmods ?? []).map(integerOf);
  if (tree.setof || tree.pct_type || names.length === 0 || names.length > 2) {
    return null;
  }
  if (names.some((name) => name === null) || modifiers.some((modifier) => modifier === null)) {
    return null;
  }
  const known = names as string[];
  const numbers = modifiers as number[];
  const base = known.map(quoteIdent).join('.');
  const brackets = numbers.length === 0 ? '' : `(${numbers.join(', ')})`;
  return {
    schema: known.length === 2 ? (known[0] ?? null) : null,
    name: `${known.at(-1)}${tree.arrayBounds === undefined ? '' : '[]'}`,
    modifiers: numbers,
    sql: `${base}${brackets}${tree.arrayBounds === undefined ? '' : '[]'}`,
  };
}

function stringOf(node: Node): string | null {
  return 'String' in node ? (node.String.sval ?? null) : null;
}

/** The parser leaves a 0 out of its answer, as protobuf does. */
function integerOf(node: Node): number | null {
  if (!('A_Const' in node)) {
    return null;
  }
  return node.A_Const.ival === undefined ? null : (node.A_Const.ival.ival ?? 0);
}
