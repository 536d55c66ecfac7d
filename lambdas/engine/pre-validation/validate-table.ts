import { parseAlter } from '../alter/parse-alter.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import type { Session } from '../postgres/session.ts';
import { type AlteredColumn, readAlteredColumns } from './altered-columns.ts';
import type { RegistryContext } from './check.ts';
import { RELATION_CHECKS, TABLE_CHECKS } from './checks.ts';
import type { Outcome } from './outcome.ts';
import type { RelationFacts } from './relation-facts.ts';

/** What the checks of one table have read; `facts` is null when the table cannot be read. */
export interface ValidatedTable {
  readonly relation: RelationFacts | null;
  readonly facts: TableFacts | null;
  readonly alteredColumns: readonly AlteredColumn[];
}

/** The checks of the context's table, those of the server having been made. Their verdicts go into `outcome`. */
export async function validateTable(
  context: RegistryContext,
  relation: RelationFacts | null,
  outcome: Outcome,
): Promise<ValidatedTable> {
  const { session, request } = context;
  const refusedBefore = outcome.refusals.length;
  await outcome.run(RELATION_CHECKS, { ...context, relation });
  const facts =
    relation !== null && outcome.refusals.length === refusedBefore ? await readTableFacts(session, relation.oid) : null;
  if (relation === null || facts === null) {
    return { relation, facts: null, alteredColumns: [] };
  }
  const alter = await parseAlter(request.table, request.alter);
  const alteredColumns = await readAlteredColumns(session, facts.oid, alter);
  const viewFacts = request.recreateMaterializedViews ? await readViewFacts(session, facts) : [];
  await outcome.run(TABLE_CHECKS, { ...context, relation, facts, viewFacts, alter, alteredColumns });
  return { relation, facts, alteredColumns };
}

async function readViewFacts(session: Session, facts: TableFacts): Promise<TableFacts[]> {
  const views: TableFacts[] = [];
  for (const { oid } of facts.materializedViews) {
    const view = await readTableFacts(session, oid);
    views.push(...(view === null ? [] : [view]));
  }
  return views;
}
