import { QUOTED_KEYWORDS } from './keywords.ts';

/** PostgreSQL cuts a longer name off silently (NAMEDATALEN - 1), so that a typed name would mean another table. */
export const MAXIMUM_NAME_BYTES = 63;

/** A schema-qualified table name, unquoted parts. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

export type TableNameResult = { readonly table: TableName } | { readonly fault: string };

/**
 * Reads a table's name as SQL writes it: `public.orders`, `"My Schema"."My Table"`. Unquoted parts are folded to lower
 * case, ASCII letters only, as PostgreSQL does in UTF-8 databases. Exactly schema and name: which table an unqualified
 * name means depends on a search_path, and ours is pinned.
 */
export function parseTableName(text: string): TableNameResult {
  const parts: string[] = [];
  let rest = text.trim();
  for (;;) {
    const part = readIdentifier(rest);
    if ('fault' in part) {
      return part;
    }
    parts.push(part.name);
    rest = part.rest.trimStart();
    if (rest === '') {
      break;
    }
    if (!rest.startsWith('.')) {
      return { fault: 'holds more than a name; quote each part that has other characters than letters, digits and _' };
    }
    rest = rest.slice(1).trimStart();
  }
  const [schema, name] = parts;
  if (schema === undefined || name === undefined) {
    return { fault: 'has no schema: write it out, as in public.orders' };
  }
  if (parts.length > 2) {
    return { fault: `has ${parts.length} parts: write schema and name only; the database is the connection's` };
  }
  const long = parts.findIndex((part) => Buffer.byteLength(part) > MAXIMUM_NAME_BYTES);
  if (long !== -1) {
    return { fault: `has a ${long === 0 ? 'schema' : 'table'} name of over ${MAXIMUM_NAME_BYTES} bytes` };
  }
  return { table: { schema, name } };
}

type Identifier = { readonly name: string; readonly rest: string } | { readonly fault: string };

function readIdentifier(text: string): Identifier {
  if (text.startsWith('"')) {
    return readQuoted(text);
  }
  const plain = /^[A-Za-z_\u0080-\u{10ffff}][A-Za-z0-9_$\u0080-\u{10ffff}]*/u.exec(text)?.[0];
  if (plain === undefined) {
    return { fault: text === '' ? 'lacks a part' : 'has a part that must be quoted' };
  }
  return { name: plain.replace(/[A-Z]/g, (letter) => letter.toLowerCase()), rest: text.slice(plain.length) };
}

/** From a `"` to the next one that is not doubled. */
function readQuoted(text: string): Identifier {
  let name = '';
  for (let at = 1; at < text.length; at += 1) {
    if (text[at] !== '"') {
      name += text[at];
      continue;
    }
    if (text[at + 1] === '"') {
      name += '"';
      at += 1;
      continue;
    }
    if (name === '' || name.includes('\0')) {
      return { fault: 'has an empty part, or a NUL in one' };
    }
    return { name, rest: text.slice(at + 1) };
  }
  return { fault: 'has a quotation mark that is never closed' };
}

/** `public.orders`, `"My Schema"."order"`: for people, logs and the registry; quotes only where SQL needs it. */
export function formatTableName(table: TableName): string {
  return `${formatIdentifier(table.schema)}.${formatIdentifier(table.name)}`;
}

/** A name as quote_ident() writes it. Statements go through `quoteIdent` instead, which always quotes. */
export function formatIdentifier(name: string): string {
  const plain = /^[a-z_][a-z0-9_]*$/.test(name) && !QUOTED_KEYWORDS.has(name);
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}
