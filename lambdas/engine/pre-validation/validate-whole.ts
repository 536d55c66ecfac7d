import { readPartitionLeaves } from '../catalog/partition-leaves.ts';
import type { Refusal } from '../errors.ts';
import type { ParsedRequest } from '../request.ts';
import { formatTableName, type TableName } from '../table-name.ts';
import type { RegistryContext } from './check.ts';
import { checkedInTime } from './checks/partitioned-table.ts';
import { WHOLE_CHECKS } from './checks.ts';
import { Outcome } from './outcome.ts';
import { makePlan, makePlanOfWhole, type Plan } from './plan.ts';
import type { PreValidation } from './pre-validate.ts';
import { type RelationFacts, readRelationFacts } from './relation-facts.ts';
import { validateTable } from './validate-table.ts';

/** The request as a partition's own run has it. */
export function requestOfLeaf(request: ParsedRequest, leaf: TableName): ParsedRequest {
  return { ...request, table: { schema: leaf.schema, name: leaf.name } };
}

/**
 * The checks of a partitioned table and of each of its partitions, those of the server having been made: what is refused
 * of a partition is said with its name. The same remedy for several is said once. When `remainingMs` have passed, what there
 * was no time for is refused too, instead of the invocation being ended from outside and all of it begun again.
 */
export async function validateWhole(
  context: RegistryContext,
  root: RelationFacts,
  outcome: Outcome,
  remainingMs: () => number,
): Promise<PreValidation> {
  const { session, server, request } = context;
  const leaves = await readPartitionLeaves(session, root.oid);
  await outcome.run(WHOLE_CHECKS, { ...context, leaves, unchecked: 0 });
  const refusals = new Grouped(outcome.refusals);
  const warnings = new Set(outcome.warnings);
  const plans: Plan[] = [];
  for (const [checked, leaf] of leaves.entries()) {
    if (remainingMs() <= 0) {
      const late = new Outcome();
      await late.run([checkedInTime], { ...context, leaves, unchecked: leaves.length - checked });
      for (const refusal of late.refusals) refusals.add(refusal);
      break;
    }
    // What is wrong with alter and keepOldTable has been said of the whole.
    const ofLeaf = { ...requestOfLeaf(request, leaf), alter: [], keepOldTable: false };
    const found = new Outcome();
    const tableSql = formatTableName(leaf);
    const relation = await readRelationFacts(session, leaf);
    const table = await validateTable({ ...context, request: ofLeaf, tableSql }, relation, found);
    for (const refusal of refusalsOfLeaf(leaf, found.refusals)) refusals.add(refusal);
    for (const warning of found.warnings) warnings.add(warning);
    const refused = found.refusals.length > 0 || refusals.any;
    plans.push(await makePlan({ session, request: ofLeaf, server, refused: refused || plans.length > 0, ...table }));
  }
  const plan = makePlanOfWhole({ request, server, refused: refusals.any, plans });
  return { facts: null, leaves, refusals: refusals.all(), warnings: [...warnings], plan };
}

/** What was refused of a partition, for one who has asked for the table that it is part of. */
export function refusalsOfLeaf(leaf: TableName, refusals: readonly Refusal[]): Refusal[] {
  return refusals.map((refusal) => ({ ...refusal, message: `${formatTableName(leaf)}: ${refusal.message}` }));
}

/** Refusals of one code and one remedy: the first one's words stand for all, and how many more there are. */
class Grouped {
  readonly #groups = new Map<string, { readonly first: Refusal; more: number }>();

  constructor(refusals: readonly Refusal[]) {
    for (const refusal of refusals) this.add(refusal);
  }

  get any(): boolean {
    return this.#groups.size > 0;
  }

  add(refusal: Refusal): void {
    const key = JSON.stringify([refusal.code, refusal.remedy]);
    const group = this.#groups.get(key);
    if (group === undefined) {
      this.#groups.set(key, { first: refusal, more: 0 });
    } else {
      group.more += 1;
    }
  }

  all(): Refusal[] {
    return [...this.#groups.values()].map(({ first, more }) =>
      more === 0
        ? first
        : { ...first, message: `${first.message} The same of ${more} more partition${more === 1 ? '' : 's'}.` },
    );
  }
}
