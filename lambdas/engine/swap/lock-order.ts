import type { TableFacts } from '../catalog/table-facts.ts';
import { lockView } from '../copy-table/views.ts';
import { qualified } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import type { TableName } from '../table-name.ts';

/** A relation of which the exchange takes ACCESS EXCLUSIVE before it begins. */
export interface LockedRelation {
  readonly oid: number;
  /** Quoted and qualified, as LOCK TABLE wants it. */
  readonly sql: string;
  /** The statement that takes ACCESS EXCLUSIVE on it and nothing else. */
  readonly lock: string;
  /** True of a table: DDL and autovacuum are kept away from it by SHARE UPDATE EXCLUSIVE first. */
  readonly isTable: boolean;
}

/** Relations besides the two tables, in the order in which they are locked: `before` the tables, `after` them. */
export interface LockOrder {
  readonly before: readonly LockedRelation[];
  readonly after: readonly LockedRelation[];
}

/**
 * Views, then tables with a rule or a policy that reads the source, each by their OIDs: who reads one of those has it
 * before the source. Then, after the two tables, the partners of foreign keys. A partner on which the role may not take
 * the lock by itself is left to the DDL, which locks it without asking (REFERENCES suffices for that).
 */
export async function readLockOrder(tx: Queryable, live: TableFacts): Promise<LockOrder> {
  const views = new Map(live.views.map((view) => [view.oid, lockedView(view.oid, view)]));
  const bearers = new Map<number, LockedRelation>();
  for (const { bearer, bearerOid, bearerKind, bearerOwner } of live.rules.filter((rule) => !rule.own)) {
    if (bearerKind === 'v') {
      views.set(bearerOid, lockedView(bearerOid, { ...bearer, owner: bearerOwner }));
    } else {
      bearers.set(bearerOid, lockedTable(bearerOid, `ONLY ${qualified(bearer)}`));
    }
  }
  for (const { bearer, bearerOid } of live.policies.filter((policy) => !policy.own)) {
    bearers.set(bearerOid, lockedTable(bearerOid, `ONLY ${qualified(bearer)}`));
  }
  const partners = new Map<number, LockedRelation>();
  for (const key of [...live.foreignKeysOut, ...live.foreignKeysIn]) {
    if (key.partnerOid !== live.oid && !bearers.has(key.partnerOid)) {
      partners.set(key.partnerOid, lockedTable(key.partnerOid, qualified(key.partner)));
    }
  }
  const lockable = await tx.query<{ oid: number }>(
    /* sql */ `
    SELECT o.oid FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS o(oid)
    WHERE pg_catalog.has_table_privilege(o.oid, 'UPDATE') OR pg_catalog.has_table_privilege(o.oid, 'DELETE')
       OR pg_catalog.has_table_privilege(o.oid, 'TRUNCATE')`,
    [[...partners.keys()]],
  );
  const may = new Set(lockable.map((row) => row.oid));
  return {
    before: [...byOid(views), ...byOid(bearers)],
    after: byOid(partners).filter((partner) => may.has(partner.oid)),
  };
}

/** OIDs of all that an exchange locks besides the two tables and sequences, whoever takes the lock. */
export function lockedOids(facts: TableFacts): number[] {
  return [
    ...facts.views.map((view) => view.oid),
    ...[...facts.rules, ...facts.policies].map((one) => one.bearerOid),
    ...[...facts.foreignKeysOut, ...facts.foreignKeysIn].map((key) => key.partnerOid),
  ];
}

export function lockTable(table: string): string {
  return /* sql */ `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`;
}

function byOid(relations: ReadonlyMap<number, LockedRelation>): LockedRelation[] {
  return [...relations.values()].sort((one, other) => one.oid - other.oid);
}

function lockedView(oid: number, view: TableName & { readonly owner: string }): LockedRelation {
  return { oid, sql: qualified(view), lock: lockView(view), isTable: false };
}

function lockedTable(oid: number, sql: string): LockedRelation {
  return { oid, sql, lock: lockTable(sql), isTable: true };
}
