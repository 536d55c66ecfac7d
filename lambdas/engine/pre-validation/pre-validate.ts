import { parseAlter } from '../alter/parse-alter.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import type { Refusal } from '../errors.ts';
import type { Session } from '../postgres/session.ts';
import type { ParsedRequest } from '../request.ts';
import { formatTableName } from '../table-name.ts';
import { type AlteredColumn, readAlteredColumns } from './altered-columns.ts';
import type { Check } from './check.ts';
import { serverVersion } from './checks/server-version.ts';
import { RELATION_CHECKS, SERVER_CHECKS, TABLE_CHECKS } from './checks.ts';
import { makePlan, type Plan } from './plan.ts';
import { type RelationFacts, readRelationFacts } from './relation-facts.ts';
import { readServerFacts } from './server-facts.ts';

/** What PRE_VALIDATION found. A run may begin when there is no refusal; `facts` is null when the table cannot be read. */
export interface PreValidation {
  readonly facts: TableFacts | null;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  readonly plan: Plan;
}

/**
 * Every check at once: reads the catalog and changes nothing, on one session, ACCESS SHARE on catalogs only. A check that
 * needs what an earlier one found missing is left out; everything else is reported together. Whether a run of the table
 * is live already is asked of the registry, not here.
 */
export async function preValidate(session: Session, request: ParsedRequest): Promise<PreValidation> {
  const tableSql = formatTableName(request.table);
  const server = await readServerFacts(session);
  const serverContext = { session, request, server, tableSql };
  const outcome = new Outcome();
  await outcome.run(SERVER_CHECKS, serverContext);

  let relation: RelationFacts | null = null;
  let facts: TableFacts | null = null;
  let alteredColumns: readonly AlteredColumn[] = [];
  if (!outcome.has(serverVersion.code)) {
    relation = await readRelationFacts(session, request.table);
    const refusedBefore = outcome.refusals.length;
    await outcome.run(RELATION_CHECKS, { ...serverContext, relation });
    facts =
      relation !== null && outcome.refusals.length === refusedBefore
        ? await readTableFacts(session, relation.oid)
        : null;
  }
  if (relation !== null && facts !== null) {
    const alter = await parseAlter(request.table, request.alter);
    alteredColumns = await readAlteredColumns(session, facts.oid, alter);
    const viewFacts = request.recreateMaterializedViews ? await readViewFacts(session, facts) : [];
    await outcome.run(TABLE_CHECKS, { ...serverContext, relation, facts, viewFacts, alter, alteredColumns });
  }
  const refused = outcome.refusals.length > 0;
  const plan = await makePlan({ session, request, server, relation, facts, alteredColumns, refused });
  return { facts, refusals: outcome.refusals, warnings: outcome.warnings, plan };
}

async function readViewFacts(session: Session, facts: TableFacts): Promise<TableFacts[]> {
  const views: TableFacts[] = [];
  for (const { oid } of facts.materializedViews) {
    const view = await readTableFacts(session, oid);
    views.push(...(view === null ? [] : [view]));
  }
  return views;
}

class Outcome {
  readonly refusals: Refusal[] = [];
  readonly warnings: string[] = [];

  /** One after the other: they share a connection. */
  async run<Context>(checks: readonly Check<Context>[], context: Context): Promise<void> {
    for (const check of checks) {
      // What the others ask of such a server it may not even know.
      if (this.has(serverVersion.code)) {
        return;
      }
      for (const verdict of await check.run(context)) {
        if (verdict.kind === 'refusal') {
          this.refusals.push({ code: check.code, message: verdict.message, remedy: verdict.remedy });
        } else {
          this.warnings.push(`${check.code}: ${verdict.message}`);
        }
      }
    }
  }

  has(code: string): boolean {
    return this.refusals.some((refusal) => refusal.code === code);
  }
}
