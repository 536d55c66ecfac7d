import type { PartitionLeaf } from '../catalog/partition-leaves.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import type { Refusal } from '../errors.ts';
import type { Session } from '../postgres/session.ts';
import type { ParsedRequest } from '../request.ts';
import { formatTableName } from '../table-name.ts';
import { directConnection } from './checks/direct-connection.ts';
import { serverVersion } from './checks/server-version.ts';
import { SERVER_CHECKS } from './checks.ts';
import { Outcome } from './outcome.ts';
import { makePlan, type Plan } from './plan.ts';
import { readRegistryState } from './registry-readable.ts';
import { readRelationFacts } from './relation-facts.ts';
import { readServerFacts } from './server-facts.ts';
import { type ValidatedTable, validateTable } from './validate-table.ts';
import { validateWhole } from './validate-whole.ts';

/** What PRE_VALIDATION found. A run may begin when there is no refusal. */
export interface PreValidation {
  /** Null when the table cannot be read, and of a partitioned table. */
  readonly facts: TableFacts | null;
  /** Of a partitioned table, in the order of their turn; null of any other. */
  readonly leaves: readonly PartitionLeaf[] | null;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  readonly plan: Plan;
}

/**
 * Every check at once: reads the catalog and changes nothing, on one session, ACCESS SHARE on catalogs only. A check that
 * needs what an earlier one found missing is left out; everything else is reported together. Of a partitioned table each
 * partition is asked about. Whether a run of the table itself is live already is asked of the registry, not here.
 * @param partOf the whole, by its number, in which the table's turn has come
 * @param remainingMs how long the checks of a partitioned table's partitions may still take, ms
 */
export async function preValidate(
  session: Session,
  request: ParsedRequest,
  partOf: bigint | null = null,
  remainingMs: () => number = () => Number.POSITIVE_INFINITY,
): Promise<PreValidation> {
  const server = await readServerFacts(session);
  const asked = { session, request, server, tableSql: formatTableName(request.table), partOf };
  const outcome = new Outcome();
  await outcome.run(SERVER_CHECKS, asked);

  let table: ValidatedTable = { relation: null, facts: null, alteredColumns: [] };
  if (!outcome.has(serverVersion.code)) {
    const context = { ...asked, registry: await readRegistryState(session) };
    const relation = await readRelationFacts(session, request.table);
    if (relation?.kind === 'p') {
      const validate = () => validateWhole(context, relation, outcome, remainingMs);
      // A pooler would look for the plan in another backend.
      return outcome.has(directConnection.code) ? validate() : session.planningOnce(validate);
    }
    table = await validateTable(context, relation, outcome);
  }
  const refused = outcome.refusals.length > 0;
  const plan = await makePlan({ session, request, server, refused, ...table });
  return { facts: table.facts, leaves: null, refusals: outcome.refusals, warnings: outcome.warnings, plan };
}
