import type { ColumnFacts, OwnedSequenceFacts, TableFacts } from '../catalog/table-facts.ts';
import { qualified, quoteIdent, quoteLiteral } from '../postgres/identifier.ts';
import { withFreeArrayTypeName } from './array-type-name.ts';
import { commentOn, commentOnConstraint } from './comments.ts';
import { createHeirChecks, createHeirStatements, hasParents } from './inheritance-statements.ts';
import { boundCheckStatements } from './partition-statements.ts';
import { copyOptions } from './storage-options.ts';

export interface CreateCopyOptions {
  /** The run's schema; it exists, is empty of a table of that name, and is ours. */
  readonly schema: string;
  /** Sub-commands of ALTER TABLE, each already parsed as exactly one of the allowed ones. */
  readonly alter: readonly string[];
}

/**
 * Makes the empty copy, to be run in ONE transaction with the session's search_path pinned. The copy gets everything
 * whose meaning an ALTER TABLE of the source would have taken into account (defaults, generated and identity columns,
 * valid CHECKs, statistics targets, comments); then the `alter` sub-commands run on it, so that they do exactly what they
 * would have done to the source: a default cast along, an identity's sequence widened with its column. It has no
 * index, no foreign key and no trigger (I-6).
 *
 * Locks: ACCESS SHARE on the source (LIKE). The role must be a member of the source's owner, and own the run's schema, on
 * which the owner is granted USAGE and CREATE: without them it could not own a table there. So are the owners of statistics
 * objects, now: a GRANT on the schema later would change the capture's mark.
 */
export function createCopyStatements(facts: TableFacts, options: CreateCopyOptions): string[] {
  const copy = qualified({ schema: options.schema, name: facts.name });
  const identities = facts.sequences.filter((sequence) => sequence.kind === 'identity');
  return [
    ...[...new Set([facts.owner, ...facts.statistics.map((one) => one.owner)])].map(
      (owner) => /* sql */ `GRANT USAGE, CREATE ON SCHEMA ${quoteIdent(options.schema)} TO ${quoteIdent(owner)}`,
    ),
    ...withFreeArrayTypeName(
      facts,
      options.schema,
      hasParents(facts) ? createHeirStatements(facts, options.schema, storageOf(facts)) : [createTable(facts, copy)],
    ),
    /* sql */ `ALTER TABLE ${copy} OWNER TO ${quoteIdent(facts.owner)}`,
    ...withoutInvalidNotNulls(facts, copy),
    ...(hasParents(facts) ? createHeirChecks(facts, options.schema) : validChecks(facts, copy)),
    ...boundCheckStatements(facts, copy, ''),
    ...facts.columns.flatMap((column) => columnSettings(column, copy)),
    ...identities.flatMap((sequence) => identityColumn(facts, sequence, options.schema)),
    withoutDefaultPrivileges('TABLE', copy),
    ...identities.map((sequence) =>
      withoutDefaultPrivileges('SEQUENCE', qualified({ schema: options.schema, name: sequence.name })),
    ),
    ...commentOn(`TABLE ${copy}`, facts.comment),
    ...facts.constraints
      .filter((constraint) => ['check', 'not null'].includes(constraint.type) && constraint.validated)
      .flatMap((constraint) => commentOnConstraint(copy, constraint.name, constraint.comment)),
    ...options.alter.map((subcommand) => /* sql */ `ALTER TABLE ${copy} ${subcommand}`),
  ];
}

/**
 * LIKE copies names, types, collations and NOT NULL (under their names in PG 18), and by our asking defaults (nextval of
 * the same serial sequence), generation expressions (also virtual ones), storage, compression and column comments. Left
 * out and made by us: CHECKs (LIKE would take NOT VALID ones for valid), identity (it would choose the sequence's name),
 * indexes, extended statistics.
 */
function createTable(facts: TableFacts, copy: string): string {
  const unlogged = facts.persistence === 'u' ? 'UNLOGGED ' : '';
  return /* sql */ `
    CREATE ${unlogged}TABLE ${copy} (
      LIKE ${qualified(facts)}
        INCLUDING COMPRESSION INCLUDING STORAGE INCLUDING GENERATED INCLUDING DEFAULTS INCLUDING COMMENTS
    )
    ${storageOf(facts)}`;
}

function storageOf(facts: TableFacts): string {
  const tablespace = facts.tablespace === null ? '' : ` TABLESPACE ${quoteIdent(facts.tablespace)}`;
  return /* sql */ `USING ${quoteIdent(facts.accessMethod)}
    WITH (${copyOptions(facts)})${tablespace}`;
}

function validChecks(facts: TableFacts, copy: string): string[] {
  return facts.constraints
    .filter((constraint) => constraint.type === 'check' && constraint.validated)
    .map((check) => /* sql */ `ALTER TABLE ${copy} ADD CONSTRAINT ${quoteIdent(check.name)} ${check.definition}`);
}

/** LIKE makes a NOT NULL … NOT VALID (PG 18+) a valid one, which the rows may violate: it comes in the swap. */
function withoutInvalidNotNulls(facts: TableFacts, copy: string): string[] {
  return facts.constraints
    .filter((constraint) => constraint.type === 'not null' && !constraint.validated)
    .map((constraint) => /* sql */ `ALTER TABLE ${copy} DROP CONSTRAINT ${quoteIdent(constraint.name)}`);
}

/** What LIKE leaves out of a column. Names and values of attoptions are PostgreSQL's own (n_distinct = number). */
export function columnSettings(column: ColumnFacts, copy: string): string[] {
  const alter = /* sql */ `ALTER TABLE ${copy} ALTER COLUMN ${quoteIdent(column.name)}`;
  const settings = column.options.map((option) => {
    const at = option.indexOf('=');
    return `${quoteIdent(option.slice(0, at))} = ${quoteLiteral(option.slice(at + 1))}`;
  });
  return [
    ...(column.statisticsTarget === null ? [] : [`${alter} SET STATISTICS ${column.statisticsTarget}`]),
    ...(settings.length === 0 ? [] : [`${alter} SET (${settings.join(', ')})`]),
  ];
}

/**
 * An identity of its own: the source's goes on counting until the swap, which carries its value over. The sequence takes
 * its type from the column; one that was given another by hand gets it by hand.
 */
function identityColumn(facts: TableFacts, sequence: OwnedSequenceFacts, schema: string): string[] {
  const column = facts.columns.find((candidate) => candidate.name === sequence.column);
  const generated = column?.identity === 'always' ? 'ALWAYS' : 'BY DEFAULT';
  const copy = qualified({ schema, name: facts.name });
  const name = qualified({ schema, name: sequence.name });
  const settings = `START WITH ${sequence.start} INCREMENT BY ${sequence.increment}
        MINVALUE ${sequence.minimum} MAXVALUE ${sequence.maximum}
        CACHE ${sequence.cache} ${sequence.cycle ? 'CYCLE' : 'NO CYCLE'}`;
  const ownType = sequence.typeSql !== column?.typeSql;
  return [
    /* sql */ `
    ALTER TABLE ${copy} ALTER COLUMN ${quoteIdent(sequence.column)}
      ADD GENERATED ${generated} AS IDENTITY (
        SEQUENCE NAME ${name}
        ${ownType ? '' : settings}
      )`,
    ...(ownType
      ? [/* sql */ `ALTER SEQUENCE ${name} AS ${sequence.typeSql} ${settings} RESTART WITH ${sequence.start}`]
      : []),
    withPersistence(sequence, name),
    ...commentOn(`SEQUENCE ${name}`, sequence.comment),
  ];
}

/** Made with its table's (15 and later; permanent before, and there ALTER SEQUENCE cannot say it), hence a block. */
function withPersistence({ persistence }: OwnedSequenceFacts, name: string): string {
  const alter = /* sql */ `ALTER SEQUENCE ${name} SET ${persistence === 'u' ? 'UNLOGGED' : 'LOGGED'}`;
  const body = /* sql */ `
    BEGIN
      IF (SELECT c.relpersistence <> ${quoteLiteral(persistence)} FROM pg_catalog.pg_class AS c
          WHERE c.oid = ${quoteLiteral(name)}::pg_catalog.regclass) THEN
        EXECUTE ${quoteLiteral(alter)};
      END IF;
    END`;
  return /* sql */ `DO ${quoteLiteral(body)}`;
}

/**
 * ALTER DEFAULT PRIVILEGES of whoever creates the object gives rights that the source has not: taken away, so that only
 * the owner has rights. Who has them is only known once it is made, hence a block. No-op while the ACL is NULL.
 */
export function withoutDefaultPrivileges(kind: 'TABLE' | 'SEQUENCE', object: string): string {
  const body = /* sql */ `
    DECLARE
      held record;
    BEGIN
      FOR held IN
        SELECT DISTINCT g.grantee, c.relowner
        FROM pg_catalog.pg_class AS c
        CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) AS g
        WHERE c.oid = ${quoteLiteral(object)}::pg_catalog.regclass
        UNION
        SELECT c.relowner, c.relowner
        FROM pg_catalog.pg_class AS c
        WHERE c.oid = ${quoteLiteral(object)}::pg_catalog.regclass AND c.relacl IS NOT NULL
      LOOP
        IF held.grantee = held.relowner THEN
          EXECUTE pg_catalog.concat(${quoteLiteral(`GRANT ALL ON ${kind} ${object} TO `)},
                                    pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(held.grantee)));
        ELSE
          EXECUTE pg_catalog.concat(${quoteLiteral(`REVOKE ALL ON ${kind} ${object} FROM `)},
                                    CASE held.grantee WHEN 0 THEN 'PUBLIC'
                                      ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(held.grantee)) END);
        END IF;
      END LOOP;
    END`;
  return /* sql */ `DO ${quoteLiteral(body)}`;
}
