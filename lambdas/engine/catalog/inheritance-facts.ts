import type { PartitionRelation } from './partition-facts.ts';

/** A table linked to another by plain inheritance (INHERITS, ALTER TABLE … INHERIT). */
export interface InheritanceChild extends PartitionRelation {
  /** It has parents after this one in its order: a link made anew would come last. */
  readonly hasLaterParents: boolean;
}

/** Parents in their order (pg_inherits.inhseqno); children by name. Both empty for a partition. */
export interface InheritanceFacts {
  readonly parents: readonly PartitionRelation[];
  readonly children: readonly InheritanceChild[];
}
