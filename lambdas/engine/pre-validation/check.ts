import type { AlterEntry } from '../alter/parse-alter.ts';
import type { PartitionLeaf } from '../catalog/partition-leaves.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import type { Session } from '../postgres/session.ts';
import type { ParsedRequest } from '../request.ts';
import type { AlteredColumn } from './altered-columns.ts';
import type { RegistryState } from './registry-readable.ts';
import type { RelationFacts } from './relation-facts.ts';
import type { ServerFacts } from './server-facts.ts';

/** What a check that needs only the server is given. */
export interface ServerContext {
  readonly session: Session;
  readonly request: ParsedRequest;
  readonly server: ServerFacts;
  /** The request's table as SQL writes it, for messages and remedies. */
  readonly tableSql: string;
  /** The whole in which the table's turn has come, by its number; null where a table is asked for by its own name. */
  readonly partOf: bigint | null;
}

/** What a check is given once the server's version is known to be one of ours. */
export interface RegistryContext extends ServerContext {
  readonly registry: RegistryState;
}

/** What a check of a partitioned table is given. */
export interface WholeContext extends RegistryContext {
  /** Its partitions of every level, in the order of their turn. */
  readonly leaves: readonly PartitionLeaf[];
  /** How many of them there was no time for. */
  readonly unchecked: number;
}

/** What a check of the name is given; `relation` is null when nothing bears it. */
export interface RelationContext extends ServerContext {
  readonly relation: RelationFacts | null;
}

/** What a check of the table is given, once the name is known to be that of an ordinary table. */
export interface TableContext extends RegistryContext {
  readonly relation: RelationFacts;
  readonly facts: TableFacts;
  /** Of each materialized view that is to be made anew; none when the request has not agreed to that. */
  readonly viewFacts: readonly TableFacts[];
  readonly alter: readonly AlterEntry[];
  /** Columns that exist and whose new type the catalog knows; what is missing is refused by its own check. */
  readonly alteredColumns: readonly AlteredColumn[];
}

/**
 * A reason to say no, with the SQL that mends it (it can be pasted into psql as it is; what SQL cannot mend stands in
 * it as a comment), or something that a person should know before the run.
 */
export type Verdict =
  | { readonly kind: 'refusal'; readonly message: string; readonly remedy: string }
  | { readonly kind: 'warning'; readonly message: string };

/** One check of PRE_VALIDATION. It reads, and changes nothing. */
export interface Check<Context> {
  /** A literal name: refusals carry it, the README lists it. */
  readonly code: string;
  /** What must be so, in a few words. */
  readonly title: string;
  /** Why the run could not keep its promises otherwise. */
  readonly why: string;
  /** True of one that never refuses: it says what a person should know before the run. */
  readonly onlyWarns?: true;
  run(context: Context): readonly Verdict[] | Promise<readonly Verdict[]>;
}

export function refuse(message: string, remedy: string): Verdict {
  return { kind: 'refusal', message, remedy };
}

export function warn(message: string): Verdict {
  return { kind: 'warning', message };
}
