import pg from 'pg';

/** One round trip of the application: a paragraph of writes.sql. */
export interface Write {
  readonly sql: string;
  /** SQLSTATEs, one of which it must be refused with (`-- refused 23503 or 23001`); none when it must succeed. */
  readonly refused: readonly string[];
}

const DIRECTIVE = /^-- refused ([0-9A-Z]{5}(?: or [0-9A-Z]{5})*)$/;

/**
 * Paragraphs, parted by blank lines. Several statements in one are one transaction, as a simple query of several statements
 * is. Comments are kept but for the directive; a paragraph of nothing but comments is none.
 */
export function parseWrites(text: string, file: string): Write[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph.split('\n').some((line) => line.trim() !== '' && !line.startsWith('--')))
    .map((paragraph) => {
      const lines = paragraph.split('\n');
      const directives = lines.filter((line) => line.startsWith('-- refused'));
      const refused = directives.map((line) => DIRECTIVE.exec(line)?.[1]);
      if (directives.length > 1 || refused.includes(undefined)) {
        throw new Error(`${file}: not understood: ${directives.join(' / ')}`);
      }
      return {
        sql: lines.filter((line) => !DIRECTIVE.test(line)).join('\n'),
        refused: refused[0]?.split(' or ') ?? [],
      };
    });
}

/** What the application was answered: rows of each statement, or why it was refused. */
export type Outcome = { readonly rows: unknown } | { readonly sqlstate: string };

/**
 * Sends one write as the application does; throws when it ends otherwise than writes.sql says. The connection forgets the
 * values its sequences have cached, as if each write came from another: a table that has changed places has other
 * sequences, and what a session had cached of the old ones would be skipped.
 */
export async function send(application: pg.ClientBase, write: Write): Promise<Outcome> {
  const outcome = await outcomeOf(application, write.sql);
  await application.query('DISCARD SEQUENCES');
  const sqlstate = 'sqlstate' in outcome ? outcome.sqlstate : null;
  if (sqlstate === null ? write.refused.length > 0 : !write.refused.includes(sqlstate)) {
    const expected = write.refused.length === 0 ? 'to succeed' : `to be refused with ${write.refused.join(' or ')}`;
    const message = 'message' in outcome ? `: ${outcome.message}` : '';
    throw new Error(`Expected ${expected}, got ${sqlstate ?? 'no error'}${message}:\n${write.sql}`);
  }
  return sqlstate === null ? outcome : { sqlstate };
}

async function outcomeOf(
  application: pg.ClientBase,
  sql: string,
): Promise<{ readonly rows: unknown } | { readonly sqlstate: string; readonly message: string }> {
  try {
    const result: unknown = await application.query({ text: sql, rowMode: 'array' });
    const results = (Array.isArray(result) ? result : [result]) as pg.QueryArrayResult[];
    return { rows: results.map((one) => [one.command, one.rowCount, one.rows]) };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code === undefined) throw error;
    // A transaction of its own making ("BEGIN; …") is left open by an error.
    await application.query('ROLLBACK');
    return { sqlstate: error.code, message: error.message };
  }
}
