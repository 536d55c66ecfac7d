import type { TableFacts } from '../catalog/table-facts.ts';
import { OWN_COLUMNS, STANDIN_PARENT } from '../object-names.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import { commentOn } from './comments.ts';
import type { SwapSides } from './swap-sides.ts';

/**
 * Plain inheritance. A column that a table has of its parents only (attislocal = false) cannot be made by linking a table
 * that is there: ALTER TABLE … INHERIT finds columns that are its own. So the copy is made as the child of a stand-in
 * with the same columns, and changes its parents in the swap: linked to the true ones first, then taken from the stand-in,
 * it keeps every mark (tried on 14 and 18). The old table goes the other way, so that a revert finds its marks too.
 */
export function hasParents(facts: TableFacts): boolean {
  return facts.inheritance.parents.length > 0;
}

/**
 * The copy of a table with parents: columns in the source's order, defaults and generation expressions of the stand-in; its
 * own columns are named once more, by which they are its own as well.
 */
export function createHeirStatements(facts: TableFacts, schema: string, storage: string): string[] {
  const copy = qualified({ schema, name: facts.name });
  const standIn = qualified({ schema, name: STANDIN_PARENT });
  const own = qualified({ schema, name: OWN_COLUMNS });
  const details = 'INCLUDING COMPRESSION INCLUDING STORAGE';
  const notNulls = facts.constraints.filter((constraint) => constraint.type === 'not null' && constraint.inherited);
  const isOwn = (name: string | null) => facts.columns.some((column) => column.name === name && column.local);
  return [
    /* sql */ `CREATE TABLE ${standIn} (LIKE ${qualified(facts)} ${details} INCLUDING GENERATED INCLUDING DEFAULTS)`,
    /* sql */ `CREATE TABLE ${own} (LIKE ${qualified(facts)} ${details} INCLUDING COMMENTS)`,
    ...facts.columns
      .filter((column) => !column.local)
      .map((column) => /* sql */ `ALTER TABLE ${own} DROP COLUMN ${quoteIdent(column.name)}`),
    ...notNulls
      .filter((constraint) => !constraint.local && isOwn(constraint.column))
      .map(({ column }) => /* sql */ `ALTER TABLE ${own} ALTER COLUMN ${quoteIdent(column ?? '')} DROP NOT NULL`),
    /* sql */ `CREATE ${facts.persistence === 'u' ? 'UNLOGGED ' : ''}TABLE ${copy} (LIKE ${own} ${details} INCLUDING COMMENTS) INHERITS (${standIn}) ${storage}`,
    /* sql */ `DROP TABLE ${own}`,
    ...notNulls
      .filter((constraint) => constraint.local && !isOwn(constraint.column))
      .map(({ column }) => /* sql */ `ALTER TABLE ${copy} ALTER COLUMN ${quoteIdent(column ?? '')} SET NOT NULL`),
    ...facts.columns
      .filter((column) => !column.local)
      .flatMap((column) => commentOn(`COLUMN ${copy}.${quoteIdent(column.name)}`, column.comment)),
  ];
}

/** Valid CHECKs: an own one on the copy, an inherited one on the stand-in, which hands it on or merges it with the own one. */
export function createHeirChecks(facts: TableFacts, schema: string): string[] {
  const checks = facts.constraints.filter((constraint) => constraint.type === 'check' && constraint.validated);
  const add = (table: string, wanted: typeof checks) =>
    wanted.map(
      (check) =>
        /* sql */ `ALTER TABLE ${qualified({ schema, name: table })} ADD CONSTRAINT ${quoteIdent(check.name)} ${check.definition}`,
    );
  return [
    ...add(
      facts.name,
      checks.filter((check) => check.local || !check.inherited),
    ),
    ...add(
      STANDIN_PARENT,
      checks.filter((check) => check.inherited),
    ),
  ];
}

/** Takes the live table from its parents, still in its place. SHARE UPDATE EXCLUSIVE on those; the caller holds more. */
export function leaveParents({ live, replacement }: Pick<SwapSides, 'live' | 'replacement'>): string[] {
  const table = qualified(live);
  const [standIn] = replacement.inheritance.parents;
  return live.inheritance.parents.length === 0 || standIn === undefined
    ? []
    : [
        /* sql */ `ALTER TABLE ${table} INHERIT ${qualified(standIn)}`,
        ...live.inheritance.parents.map((parent) => /* sql */ `ALTER TABLE ${table} NO INHERIT ${qualified(parent)}`),
      ];
}

/**
 * Links the table that bears the name now to the parents, in their order, and the children to it. Each child is linked to
 * the new table before it is taken from the old one, by which its columns stay inherited. Nothing is read.
 */
export function linkKin({ live, replacement, parkSchema }: SwapSides): string[] {
  const table = qualified(live);
  const [standIn] = replacement.inheritance.parents;
  return [
    ...live.inheritance.parents.map((parent) => /* sql */ `ALTER TABLE ${table} INHERIT ${qualified(parent)}`),
    ...(standIn === undefined ? [] : [/* sql */ `ALTER TABLE ${table} NO INHERIT ${qualified(standIn)}`]),
    ...live.inheritance.children.flatMap((child) => [
      /* sql */ `ALTER TABLE ${qualified(child)} INHERIT ${table}`,
      /* sql */ `ALTER TABLE ${qualified(child)} NO INHERIT ${qualified({ schema: parkSchema, name: live.name })}`,
    ]),
  ];
}
