/** One committed change of a row, or a TRUNCATE, as `test_decoding` prints it. */
export type DecodedChange =
  | { readonly kind: 'insert'; readonly table: string; readonly row: DecodedRow }
  | { readonly kind: 'update'; readonly table: string; readonly row: DecodedRow; readonly oldKey: DecodedRow | null }
  | { readonly kind: 'delete'; readonly table: string; readonly oldKey: DecodedRow }
  | { readonly kind: 'truncate'; readonly tables: readonly string[] };

/** Values by column. `UNCHANGED` for a toasted value that the statement left alone. */
export type DecodedRow = ReadonlyMap<string, string | null | typeof UNCHANGED>;

export const UNCHANGED = Symbol('unchanged toasted value');

const HEAD = /^table (\S+(?:, \S+)*): (INSERT|UPDATE|DELETE|TRUNCATE): (.*)$/s;
const COLUMN = /"?([^"[\] ]+)"?\[((?:[^[\]"]|"(?:[^"]|"")*"|\[\])*)\]:/y;

/** Reads one line of `test_decoding` about tables whose names need no quotes. Throws on what it does not know. */
export function parseChange(line: string): DecodedChange {
  const [, tables = '', verb = '', rest = ''] = HEAD.exec(line) ?? [];
  switch (verb) {
    case 'INSERT':
      return { kind: 'insert', table: tables, row: parseRow(rest) };
    case 'UPDATE': {
      // Only when the replica identity has changed is there an old key.
      const [, oldKey, row = rest] = /^old-key: (.*?) new-tuple: (.*)$/s.exec(rest) ?? [];
      return {
        kind: 'update',
        table: tables,
        row: parseRow(row),
        oldKey: oldKey === undefined ? null : parseRow(oldKey),
      };
    }
    case 'DELETE':
      return { kind: 'delete', table: tables, oldKey: parseRow(rest) };
    case 'TRUNCATE':
      return { kind: 'truncate', tables: tables.split(', ') };
    default:
      throw new Error(`test_decoding printed what this test does not read: ${line.slice(0, 80)}`);
  }
}

/** `id[bigint]:1 code[text]:'it''s' note[text]:null`. */
function parseRow(text: string): DecodedRow {
  const row = new Map<string, string | null | typeof UNCHANGED>();
  let at = 0;
  while (at < text.length) {
    COLUMN.lastIndex = at;
    const head = COLUMN.exec(text);
    if (head === null) throw new Error(`test_decoding printed a column that this test does not read, at ${at}`);
    at = COLUMN.lastIndex;
    const [value, end] = parseValue(text, at);
    row.set(head[1] ?? '', value);
    at = end + 1;
  }
  return row;
}

/** The value that begins at `at`, and where it ends. */
function parseValue(text: string, at: number): [string | null | typeof UNCHANGED, number] {
  if (text[at] !== "'") {
    const space = text.indexOf(' ', at);
    const end = space === -1 ? text.length : space;
    const word = text.slice(at, end);
    return [word === 'null' ? null : word === 'unchanged-toast-datum' ? UNCHANGED : word, end];
  }
  let end = at + 1;
  for (;;) {
    const quote = text.indexOf("'", end);
    if (quote === -1) throw new Error('test_decoding printed a text without an end');
    if (text[quote + 1] !== "'") return [text.slice(at + 1, quote).replaceAll("''", "'"), quote + 1];
    end = quote + 2;
  }
}
