import { createHash } from 'node:crypto';
import type { TableFacts } from './table-facts.ts';

/** The facts before the fingerprint is taken of them. */
export type UnprintedFacts = Omit<TableFacts, 'fingerprint'>;

/**
 * One md5 per section (I-10). Nothing in it moves by itself: no size, no estimate, no statistics, no sequence's value,
 * no file node. What only the fingerprint reads of the columns (storage, compression, collation, numbers) comes apart.
 */
export function fingerprintOf(facts: UnprintedFacts, columnDetails: unknown): Readonly<Record<string, string>> {
  const sections: Readonly<Record<string, unknown>> = {
    name: [facts.oid, facts.schema, facts.name],
    owner: facts.owner,
    storage: [facts.kind, facts.persistence, facts.accessMethod, facts.tablespace],
    options: [facts.options, facts.toastOptions],
    'row security': [facts.rowSecurity, facts.forceRowSecurity],
    'replica identity': facts.replicaIdentity,
    comment: facts.comment,
    grants: [facts.defaultGrants, facts.grants],
    columns: [facts.columns, columnDetails],
    indexes: facts.indexes.map(({ bytes: _, ...definition }) => definition),
    constraints: facts.constraints,
    'foreign keys': [facts.foreignKeysOut, facts.foreignKeysIn],
    triggers: facts.triggers,
    sequences: facts.sequences,
    views: facts.views.map(({ oid: _, ...view }) => view),
    'materialized views': facts.materializedViews.map(({ oid: _, ...view }) => view),
    rules: facts.rules.map(({ bearerOid: _, ...rule }) => rule),
    policies: facts.policies.map(({ bearerOid: _, ...policy }) => policy),
    functions: facts.functions.map(({ oid: _, ...one }) => one),
    statistics: facts.statistics,
    publications: facts.publications,
    partition: facts.partition,
    inheritance: facts.inheritance,
    dependents: facts.others,
  };
  return Object.fromEntries(
    Object.entries(sections).map(([section, content]) => [
      section,
      createHash('md5').update(JSON.stringify(content)).digest('hex'),
    ]),
  );
}
