import type { TableFacts } from '../catalog/table-facts.ts';
import { columnList, qualified, quoteIdent } from '../postgres/identifier.ts';
import { formatTableName } from '../table-name.ts';
import { commentOn } from './comments.ts';
import { columnSettings, withoutDefaultPrivileges } from './create-copy.ts';
import { finishCopyStatements } from './finish-copy.ts';
import { ensureGrants } from './grants.ts';
import { indexBuildStatements } from './index-builds.ts';
import { ensureOptions } from './storage-options.ts';
import { lockView, repointView } from './views.ts';

/** Storage and compression of a column where they are not what its type brings along. */
export interface ColumnStorage {
  readonly column: string;
  /** pg_attribute.attstorage; null when it is the type's. */
  readonly storage: 'p' | 'e' | 'm' | 'x' | null;
  readonly compression: 'pglz' | 'lz4' | null;
}

export interface NewView {
  /** The materialized view that is to be replaced; its columns, indexes, settings and rights are taken over. */
  readonly view: TableFacts;
  /** Its query as it was printed while the table that it reads was in its place. */
  readonly definition: string;
  readonly storage: readonly ColumnStorage[];
  /** Where it is made. */
  readonly schema: string;
  /** False of a view WITH NO DATA, which stays one. */
  readonly populated: boolean;
}

/**
 * Why a materialized view cannot be made anew without losing something, each a clause that begins with its name; empty
 * when it can. Views over it follow; what else holds it does not yet.
 */
export function hindrancesOf(view: TableFacts): string[] {
  const name = formatTableName(view);
  return [
    ...view.materializedViews.map((other) => `materialized view ${formatTableName(other)} reads ${name}`),
    ...view.functions.map((one) => `function ${one.signature} uses ${name}`),
    ...view.rules.map((rule) => `rule ${quoteIdent(rule.name)} on ${formatTableName(rule.bearer)} uses ${name}`),
    ...view.policies.map(
      (policy) => `policy ${quoteIdent(policy.name)} on ${formatTableName(policy.bearer)} reads ${name}`,
    ),
    ...view.indexes
      .filter((index) => !index.valid)
      .map((index) => `index ${quoteIdent(index.name)} of ${name} is invalid`),
    ...view.others.map((other) => `${other.kind} ${other.identity} hangs on ${name}`),
  ];
}

/** The schema in which one is made; the owners of the view and of its statistics objects could not own them there otherwise. */
export function createViewSchema(view: TableFacts, schema: string): string[] {
  const owners = new Set([view.owner, ...view.statistics.map((one) => one.owner)]);
  return [
    /* sql */ `CREATE SCHEMA ${quoteIdent(schema)}`,
    ...[...owners].map(
      (owner) => /* sql */ `GRANT USAGE, CREATE ON SCHEMA ${quoteIdent(schema)} TO ${quoteIdent(owner)}`,
    ),
  ];
}

/**
 * Makes it anew beside the old one, to be sent in one transaction: as long as a REFRESH and its index builds take, with
 * ACCESS SHARE on what it reads. It is made empty, given to its owner and filled by REFRESH, so that the query runs with the
 * owner's rights and under the row security that hold for any REFRESH of his.
 */
export function createViewStatements({ view, definition, storage, schema, populated }: NewView): string[] {
  const target = qualified({ schema, name: view.name });
  const tablespace = view.tablespace === null ? '' : ` TABLESPACE ${quoteIdent(view.tablespace)}`;
  const columns = view.columns.map((column) => column.name);
  const named = columns.length === 0 ? '' : ` (${columnList(columns)})`;
  // What ends the query is PostgreSQL's own semicolon; WITH NO DATA has to stand before it.
  const query = definition.endsWith(';') ? definition.slice(0, -1) : definition;
  return [
    /* sql */ `CREATE MATERIALIZED VIEW ${target}${named} USING ${quoteIdent(view.accessMethod)}${tablespace} AS ${query} WITH NO DATA`,
    ...ensureOptions(target, view, { options: [], toastOptions: [] }),
    ...storage.flatMap((column) => storageStatements(target, column)),
    ...view.columns.flatMap((column) => columnSettings(column, target)),
    /* sql */ `ALTER MATERIALIZED VIEW ${target} OWNER TO ${quoteIdent(view.owner)}`,
    withoutDefaultPrivileges('TABLE', target),
    ...commentOn(`MATERIALIZED VIEW ${target}`, view.comment),
    ...view.columns.flatMap((column) => commentOn(`COLUMN ${target}.${quoteIdent(column.name)}`, column.comment)),
    ...(populated
      ? [`SET LOCAL row_security = on`, /* sql */ `REFRESH MATERIALIZED VIEW ${target}`, `SET LOCAL row_security = off`]
      : []),
    ...indexBuildStatements(view, schema).map((build) => build.statement),
    ...finishCopyStatements(view, schema),
    ...(populated ? [/* sql */ `ANALYZE ${target}`] : []),
  ];
}

function storageStatements(target: string, { column, storage, compression }: ColumnStorage): string[] {
  const words = { p: 'PLAIN', e: 'EXTERNAL', m: 'MAIN', x: 'EXTENDED' } as const;
  const alter = /* sql */ `ALTER MATERIALIZED VIEW ${target} ALTER COLUMN ${quoteIdent(column)}`;
  return [
    ...(storage === null ? [] : [`${alter} SET STORAGE ${words[storage]}`]),
    ...(compression === null ? [] : [`${alter} SET COMPRESSION ${compression}`]),
  ];
}

/**
 * ACCESS EXCLUSIVE on the views over it, then on it alone, in this order, since who reads it through a view has the view
 * first. LOCK TABLE takes no materialized view; to give it to its owner changes nothing. The role owns all of them.
 */
export function lockMaterializedView(view: TableFacts): string[] {
  return [
    ...[...view.views].sort((one, other) => one.oid - other.oid).map(lockView),
    /* sql */ `ALTER MATERIALIZED VIEW ${qualified(view)} OWNER TO ${quoteIdent(view.owner)}`,
  ];
}

/**
 * The new one takes the place of the old one, which is dropped with both schemas: nothing of it is left to look after. Its
 * indexes go along under their names. Under ACCESS EXCLUSIVE on it and the views over it, without a scan. 2BP01 when
 * something hangs on the old one that nobody knew of.
 */
export function exchangeViewStatements(
  view: TableFacts,
  replacement: TableFacts,
  schemas: { readonly made: string; readonly gone: string },
): string[] {
  const gone = qualified({ schema: schemas.gone, name: view.name });
  return [
    /* sql */ `CREATE SCHEMA ${quoteIdent(schemas.gone)}`,
    /* sql */ `ALTER MATERIALIZED VIEW ${qualified(view)} SET SCHEMA ${quoteIdent(schemas.gone)}`,
    /* sql */ `ALTER MATERIALIZED VIEW ${qualified(replacement)} SET SCHEMA ${quoteIdent(view.schema)}`,
    ...view.views.map(repointView),
    /* sql */ `DROP MATERIALIZED VIEW ${gone}`,
    // Wherever the old one's were, whose names are free by now.
    ...view.statistics.map(
      (one) =>
        /* sql */ `ALTER STATISTICS ${qualified({ schema: schemas.made, name: one.name })} SET SCHEMA ${quoteIdent(one.schema)}`,
    ),
    ...ensureGrants({ kind: 'TABLE', sql: qualified(view), owner: view.owner }, view.grants, replacement.grants),
    /* sql */ `DROP SCHEMA ${quoteIdent(schemas.gone)}`,
    /* sql */ `DROP SCHEMA ${quoteIdent(schemas.made)}`,
  ];
}
