import type { ConstraintFacts, IndexFacts, TableFacts } from '../catalog/table-facts.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';

/** One statement that builds one index on the copy; long on a large table, so it is sent detached. */
export interface IndexBuild {
  /** The index's name, the same as the source's: the schema differs. */
  readonly name: string;
  /**
   * `index` takes SHARE on the copy, so several run at once; `constraint` (exclusion, WITHOUT OVERLAPS: PostgreSQL makes
   * them with their index only) takes ACCESS EXCLUSIVE on the copy and runs alone.
   */
  readonly kind: 'index' | 'constraint';
  readonly statement: string;
  /** Size of the source's index: an upper estimate of what is built. */
  readonly bytesEstimate: number;
  readonly unique: boolean;
}

/**
 * The source's indexes on the copy, plain (not CONCURRENTLY: nothing uses the copy), largest first, so that several
 * workers end together. Unique and primary keys come as plain unique indexes and become constraints in `finishCopy…`
 * and in the swap. CREATE INDEX fails with 42P07 where it has been done.
 */
export function indexBuildStatements(facts: TableFacts, copySchema: string): IndexBuild[] {
  return facts.indexes
    .map((index) => {
      const constraint = constraintBuiltWithItsIndex(facts, index);
      return {
        name: index.name,
        kind: constraint === undefined ? ('index' as const) : ('constraint' as const),
        statement:
          constraint === undefined
            ? createIndex(facts, index, copySchema)
            : addConstraint(facts, constraint, copySchema),
        bytesEstimate: index.bytes,
        unique: index.unique,
      };
    })
    .sort((one, other) => other.bytesEstimate - one.bytesEstimate);
}

/** A constraint whose index cannot be made first: ADD CONSTRAINT … USING INDEX takes btree unique indexes only. */
export function constraintBuiltWithItsIndex(facts: TableFacts, index: IndexFacts): ConstraintFacts | undefined {
  const constraint = facts.constraints.find((candidate) => candidate.name === index.constraintName);
  return constraint !== undefined && (constraint.type === 'exclusion' || index.accessMethod !== 'btree')
    ? constraint
    : undefined;
}

function addConstraint(facts: TableFacts, constraint: ConstraintFacts, copySchema: string): string {
  const copy = qualified({ schema: copySchema, name: facts.name });
  return /* sql */ `ALTER TABLE ${copy} ADD CONSTRAINT ${quoteIdent(constraint.name)} ${constraint.definition}`;
}

/** Only the exact prefix that PostgreSQL writes is exchanged (I-7); the rest is its own text. */
function createIndex(facts: TableFacts, index: IndexFacts, copySchema: string): string {
  const create = `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX`;
  const prefix = expectedPrefixes(create, facts, index).find((candidate) => index.definition.startsWith(candidate));
  if (prefix === undefined) {
    throw new Error(
      `The definition of index ${index.name} of ${facts.schema}.${facts.name} does not begin as expected; nothing was built.`,
    );
  }
  const copy = qualified({ schema: copySchema, name: facts.name });
  const body = withTablespace(index, index.definition.slice(prefix.length));
  return `${create} ${quoteIdent(index.name)} ON ${copy} USING ${body}`;
}

/** PostgreSQL quotes a name only where it must: which that is takes its list of keywords, so each name is tried both ways. */
function expectedPrefixes(create: string, facts: TableFacts, index: IndexFacts): string[] {
  return writings(index.name).flatMap((name) =>
    writings(facts.schema).flatMap((schema) =>
      writings(facts.name).flatMap((table) =>
        ['ON', 'ON ONLY'].map((on) => `${create} ${name} ${on} ${schema}.${table} USING `),
      ),
    ),
  );
}

function writings(name: string): string[] {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? [name, quoteIdent(name)] : [quoteIdent(name)];
}

/** pg_get_indexdef() leaves the tablespace out; its place is before the predicate, which is known to the letter. */
function withTablespace(index: IndexFacts, body: string): string {
  if (index.tablespace === null) return body;
  const predicate = index.predicate === null ? '' : ` WHERE ${index.predicate}`;
  if (!body.endsWith(predicate)) {
    throw new Error(`The definition of index ${index.name} does not end with its predicate; nothing was built.`);
  }
  return `${body.slice(0, body.length - predicate.length)} TABLESPACE ${quoteIdent(index.tablespace)}${predicate}`;
}
