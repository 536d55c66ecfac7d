import { loadModule, type Node, parse, scan } from 'libpg-query';
import { qualified } from '../postgres/identifier.ts';
import type { TableName } from '../table-name.ts';
import { subcommandWords } from './subcommand-words.ts';
import { type WrittenType, writtenType } from './type-name.ts';

/** One ALTER COLUMN … TYPE of a request. */
export interface ColumnTypeChange {
  readonly column: string;
  readonly targetType: WrittenType;
  /** The target type as SQL, every name quoted: `"pg_catalog"."int8"`. */
  readonly targetTypeSql: string;
  /** The whole entry it stands in: it can follow `ALTER TABLE <copy> ` as it is. */
  readonly text: string;
}

/** An entry of `alter` after parsing: what it changes, and what in it is not carried over yet. */
export interface AlterEntry {
  readonly text: string;
  readonly changes: readonly ColumnTypeChange[];
  /** Sub-commands, or parts of one, that the engine cannot do yet, in SQL's words. */
  readonly unsupported: readonly string[];
}

export type AlterEntryResult = { readonly entry: AlterEntry } | { readonly fault: string };

/**
 * Reads one entry of `alter` with PostgreSQL's own parser (18's grammar), as `ALTER TABLE <table> <entry>`. A fault is
 * what is not exactly one ALTER TABLE of exactly this table; what is one, but not carried over yet, is `unsupported`.
 */
export async function parseAlterEntry(table: TableName, text: string): Promise<AlterEntryResult> {
  await loadModule();
  const head = `ALTER TABLE ${qualified(table)} `;
  const composed = `${head}${text}`;
  try {
    const { stmts = [] } = await parse(composed);
    const statement = stmts[0]?.stmt;
    if (stmts.length !== 1 || statement === undefined) {
      return { fault: 'must be sub-commands of one ALTER TABLE, not several statements' };
    }
    if (await hasCommentOrSemicolon(composed)) {
      return { fault: 'must have neither a comment nor a semicolon' };
    }
    return readStatement(statement, table, text);
  } catch (error) {
    return { fault: `cannot be parsed after ALTER TABLE ${syntaxFault(error, head, text)}` };
  }
}

/** Either would swallow or split what is composed after the entry. */
async function hasCommentOrSemicolon(composed: string): Promise<boolean> {
  const { tokens } = await scan(composed);
  return tokens.some((token) => token.text === ';' || token.tokenName.endsWith('COMMENT'));
}

function readStatement(statement: Node, table: TableName, text: string): AlterEntryResult {
  if (!('AlterTableStmt' in statement)) {
    return { entry: { text, changes: [], unsupported: [otherStatementWords(statement)] } };
  }
  const { relation, cmds = [] } = statement.AlterTableStmt;
  const same = relation?.schemaname === table.schema && relation.relname === table.name && !relation.catalogname;
  if (!same) {
    return { fault: 'must not name a table: the sub-commands are those of the request’s table' };
  }
  const changes: ColumnTypeChange[] = [];
  const unsupported: string[] = [];
  for (const command of cmds) {
    const read = readCommand(command, text);
    if (typeof read === 'string') {
      unsupported.push(read);
    } else {
      changes.push(read);
    }
  }
  return { entry: { text, changes, unsupported } };
}

/** The change, or what of it is not carried over yet. */
function readCommand(node: Node, text: string): ColumnTypeChange | string {
  const command = 'AlterTableCmd' in node ? node.AlterTableCmd : {};
  const words = subcommandWords(command.subtype ?? 'an unknown sub-command');
  if (command.subtype !== 'AT_AlterColumnType') {
    return words;
  }
  const definition = command.def !== undefined && 'ColumnDef' in command.def ? command.def.ColumnDef : undefined;
  if (definition?.raw_default !== undefined) {
    return `${words} … USING`;
  }
  if (definition?.collClause !== undefined) {
    return `${words} … COLLATE`;
  }
  const targetType = definition?.typeName === undefined ? null : writtenType(definition.typeName);
  if (targetType === null || command.name === undefined) {
    return `${words} to such a type`;
  }
  return { column: command.name, targetType, targetTypeSql: targetType.sql, text };
}

/** RENAME and SET SCHEMA are written as ALTER TABLE, but are statements of their own to the parser. */
function otherStatementWords(statement: Node): string {
  if ('RenameStmt' in statement) {
    return statement.RenameStmt.renameType === 'OBJECT_COLUMN' ? 'RENAME COLUMN' : 'RENAME';
  }
  if ('AlterObjectSchemaStmt' in statement) {
    return 'SET SCHEMA';
  }
  return Object.keys(statement)[0] ?? 'such a statement';
}

/** Where the parser stopped, in the entry's own characters. Its message quotes the entry, which holds no row values. */
function syntaxFault(error: unknown, head: string, text: string): string {
  const details = error instanceof Error && 'sqlDetails' in error ? error.sqlDetails : undefined;
  const message = error instanceof Error ? error.message : 'unknown error';
  const position = (details as { cursorPosition?: number } | undefined)?.cursorPosition;
  if (position === undefined) {
    return `(${message})`;
  }
  return `(${message}, at character ${Math.min(text.length, Math.max(1, position - [...head].length + 1))})`;
}

/** Every entry of a parsed request; parseRequest has shown them to be free of faults. */
export async function parseAlter(table: TableName, alter: readonly string[]): Promise<AlterEntry[]> {
  const results = await Promise.all(alter.map((text) => parseAlterEntry(table, text)));
  return results.map((result) => {
    if ('fault' in result) {
      throw new TypeError(`An alter entry ${result.fault}; parseRequest lets none of these through.`);
    }
    return result.entry;
  });
}
