import type { TableName } from '../table-name.ts';

/** The prefix of our CHECKs that stand for a partition's bound; no fact of a table names them. */
export const BOUND_CHECK = 'shadowstep_bound';

export interface PartitionRelation extends TableName {
  readonly oid: number;
  readonly owner: string;
  /** pg_class.relkind. */
  readonly kind: string;
}

/** A row trigger that PostgreSQL made for the parent's one, and makes again when a table is attached. */
export interface ClonedTriggerFacts {
  readonly name: string;
  /** pg_trigger.tgenabled of this partition's. */
  readonly enabled: 'O' | 'D' | 'R' | 'A';
  /** What ATTACH gives it: the state of the parent's trigger. */
  readonly enabledAtParent: 'O' | 'D' | 'R' | 'A';
  readonly comment: string | null;
}

/** An index of the parent; ATTACH looks for its like on the new partition, and would build it under the lock. */
export interface ParentIndexFacts {
  readonly name: string;
  /** The partition's index that is attached to it, else null. */
  readonly own: string | null;
  /** Further indexes of the partition that ATTACH would take for its like as well. */
  readonly alike: readonly string[];
}

/** A table's place in a partitioned table, and what ATTACH PARTITION makes by itself. */
export interface PartitionFacts {
  readonly parent: PartitionRelation;
  /** `FOR VALUES …` or `DEFAULT`, as pg_get_expr() writes it. */
  readonly bound: string;
  /** pg_get_partition_constraintdef(): with the bounds of all ancestors; null for a default partition without siblings. */
  readonly constraint: string | null;
  /** The parent's default partition, unless it is this table: ATTACH reads it where nothing proves that it need not. */
  readonly defaultPartition: PartitionRelation | null;
  /** True while a DETACH … CONCURRENTLY of a partition of this parent is not finished. */
  readonly detachPending: boolean;
  readonly parentIndexes: readonly ParentIndexFacts[];
  readonly clonedTriggers: readonly ClonedTriggerFacts[];
}
