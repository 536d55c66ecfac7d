import type { ConstraintFacts, IndexFacts, TableFacts } from '../catalog/table-facts.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import { commentOn, commentOnConstraint } from './comments.ts';
import { grantsToOthers } from './grants.ts';
import { constraintBuiltWithItsIndex } from './index-builds.ts';
import { createStatistics } from './statistics.ts';
import { relationOptions } from './storage-options.ts';

/**
 * What the copy needs once its indexes stand: to be run in ONE transaction (the statements are not idempotent), ACCESS
 * EXCLUSIVE on the copy, milliseconds. Constraints over their indexes, index settings and comments, replica identity,
 * extended statistics, grants.
 * Deferrable keys and NOT VALID constraints wait for the swap: ON CONFLICT refuses deferrable arbiters, and the drain would
 * violate the others.
 */
export function finishCopyStatements(facts: TableFacts, copySchema: string): string[] {
  const copy = qualified({ schema: copySchema, name: facts.name });
  const keys = facts.constraints.filter((constraint) => isKey(constraint) && !constraint.deferrable);
  return [
    ...keys
      .filter((constraint) => !isBuiltWithItsIndex(facts, constraint))
      .map((constraint) => keyUsingIndex(copy, constraint)),
    ...facts.constraints
      .filter((constraint) => keys.includes(constraint) || isBuiltWithItsIndex(facts, constraint))
      .flatMap((constraint) => commentOnConstraint(copy, constraint.name, constraint.comment)),
    ...facts.indexes.flatMap((index) => indexSettings(facts, index, copySchema)),
    ...facts.indexes
      .filter((index) => index.clusteredOn)
      .map((index) => /* sql */ `ALTER TABLE ${copy} CLUSTER ON ${quoteIdent(index.name)}`),
    ...replicaIdentity(facts, copy),
    ...createStatistics(facts, copySchema),
    ...grantsToOthers({ kind: 'TABLE', sql: copy, owner: facts.owner }, facts.grants),
    ...facts.sequences
      .filter((sequence) => sequence.kind === 'identity')
      .flatMap((sequence) =>
        grantsToOthers(
          { kind: 'SEQUENCE', sql: qualified({ schema: copySchema, name: sequence.name }), owner: facts.owner },
          sequence.grants,
        ),
      ),
  ];
}

export function isKey(constraint: ConstraintFacts): boolean {
  return constraint.type === 'primary key' || constraint.type === 'unique';
}

export function isBuiltWithItsIndex(facts: TableFacts, constraint: ConstraintFacts): boolean {
  const index = facts.indexes.find((candidate) => candidate.name === constraint.indexName);
  return index !== undefined && constraintBuiltWithItsIndex(facts, index) === constraint;
}

/**
 * True when the copy has a deferrable constraint from its making on, as an exclusion or a temporal key has, which comes with
 * its index only: ON CONFLICT refuses it as an arbiter, so what is drained into the copy goes in row by row.
 */
export function isDrainedRowByRow(facts: TableFacts): boolean {
  return facts.constraints.some((constraint) => constraint.deferrable && isBuiltWithItsIndex(facts, constraint));
}

/** ACCESS EXCLUSIVE on `table`, no scan: the index is there and the columns are NOT NULL already. */
export function keyUsingIndex(table: string, constraint: ConstraintFacts): string {
  const kind = constraint.type === 'primary key' ? 'PRIMARY KEY' : 'UNIQUE';
  const deferrable = constraint.deferrable ? ' DEFERRABLE' : '';
  const deferred = constraint.deferred ? ' INITIALLY DEFERRED' : '';
  return /* sql */ `ALTER TABLE ${table} ADD CONSTRAINT ${quoteIdent(constraint.name)} ${kind} USING INDEX ${quoteIdent(constraint.indexName ?? constraint.name)}${deferrable}${deferred}`;
}

function indexSettings(facts: TableFacts, index: IndexFacts, copySchema: string): string[] {
  const name = qualified({ schema: copySchema, name: index.name });
  const builtByConstraint = constraintBuiltWithItsIndex(facts, index) !== undefined;
  return [
    // pg_get_constraintdef() leaves out both, where CREATE INDEX had them.
    ...(builtByConstraint && index.tablespace !== null
      ? [/* sql */ `ALTER INDEX ${name} SET TABLESPACE ${quoteIdent(index.tablespace)}`]
      : []),
    ...(builtByConstraint && index.options.length > 0
      ? [/* sql */ `ALTER INDEX ${name} SET (${relationOptions(index.options)})`]
      : []),
    ...index.statisticsTargets.map(
      ([column, target]) => /* sql */ `ALTER INDEX ${name} ALTER COLUMN ${column} SET STATISTICS ${target}`,
    ),
    ...commentOn(`INDEX ${name}`, index.comment),
  ];
}

function replicaIdentity(facts: TableFacts, copy: string): string[] {
  switch (facts.replicaIdentity) {
    case 'd':
      return [];
    case 'n':
      return [/* sql */ `ALTER TABLE ${copy} REPLICA IDENTITY NOTHING`];
    case 'f':
      return [/* sql */ `ALTER TABLE ${copy} REPLICA IDENTITY FULL`];
    case 'i':
      return facts.indexes
        .filter((index) => index.replicaIdentity)
        .map((index) => /* sql */ `ALTER TABLE ${copy} REPLICA IDENTITY USING INDEX ${quoteIdent(index.name)}`);
  }
}
