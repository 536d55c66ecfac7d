import type { DependentFacts } from './dependent-facts.ts';
import type { GrantFacts } from './grant-facts.ts';
import type { InheritanceFacts } from './inheritance-facts.ts';
import type { PartitionFacts } from './partition-facts.ts';

/**
 * What hangs on a table, read from the catalog in one statement and one snapshot. Recorded with the run at SETUP
 * (as JSON: no bigint in it), so that the copy, its indexes and the swap are made from the same facts that the
 * fingerprint was taken of (I-10). Definitions are PostgreSQL's own (`pg_get_…def`) under a pinned search_path, so
 * every name in them is qualified.
 */
export interface ColumnFacts {
  readonly name: string;
  /** format_type() under the pinned search_path: qualified unless in pg_catalog. */
  readonly typeSql: string;
  readonly notNull: boolean;
  /** Default or generation expression (pg_get_expr); null when there is none. */
  readonly expression: string | null;
  readonly generated: 'stored' | 'virtual' | null;
  readonly identity: 'always' | 'by default' | null;
  /** attstattarget when set, else null (PG 17+ stores NULL for the default, earlier ones −1). */
  readonly statisticsTarget: number | null;
  /** attoptions, e.g. ["n_distinct=5"]. */
  readonly options: readonly string[];
  /** False of a column that the table has of its parents only: attislocal. */
  readonly local: boolean;
  readonly comment: string | null;
}

export interface KeyColumn {
  readonly name: string;
  readonly typeSql: string;
  /** Collation of the key index's column, quoted and qualified; null when the type has none. */
  readonly collationSql: string | null;
  /** `OPERATOR(pg_catalog.=)`: the equality operator of the key index's operator class. */
  readonly equalsOperator: string;
  /** `OPERATOR(pg_catalog.<)`. */
  readonly lessOperator: string;
  /** Operator class of the key index's column, quoted and qualified. */
  readonly operatorClassSql: string;
}

/** The primary key, or else a unique, NOT NULL, non-partial, immediate btree index without expressions. */
export interface KeyFacts {
  readonly indexName: string;
  readonly isPrimary: boolean;
  readonly columns: readonly KeyColumn[];
}

export interface IndexFacts {
  readonly name: string;
  /** pg_get_indexdef(): `CREATE [UNIQUE] INDEX name ON schema.table USING …`. */
  readonly definition: string;
  readonly unique: boolean;
  readonly valid: boolean;
  readonly accessMethod: string;
  /** Null when it is in the database's own tablespace. pg_get_indexdef() does not print it. */
  readonly tablespace: string | null;
  /** pg_class.reloptions, e.g. ["fillfactor=70"]. */
  readonly options: readonly string[];
  /** pg_get_expr(indpred): what stands at the end of the definition after WHERE. */
  readonly predicate: string | null;
  readonly clusteredOn: boolean;
  readonly replicaIdentity: boolean;
  /** ALTER INDEX … ALTER COLUMN n SET STATISTICS: [column number, target]. */
  readonly statisticsTargets: readonly (readonly [number, number])[];
  readonly comment: string | null;
  /** The constraint that owns it, if any. */
  readonly constraintName: string | null;
  readonly bytes: number;
}

export interface ConstraintFacts {
  readonly name: string;
  readonly type: 'check' | 'not null' | 'primary key' | 'unique' | 'exclusion';
  /** pg_get_constraintdef(). */
  readonly definition: string;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  readonly validated: boolean;
  /** False for NOT ENFORCED (PG 18+), which the definition says and NOT VALID must not follow. */
  readonly enforced: boolean;
  /** False of one that the table has of its parents only: conislocal. */
  readonly local: boolean;
  /** It comes from a parent too: coninhcount > 0. */
  readonly inherited: boolean;
  /** Of a not null constraint (PG 18+), else null. */
  readonly column: string | null;
  readonly noInherit: boolean;
  readonly indexName: string | null;
  readonly comment: string | null;
}

/** A foreign key from or to the table. A self-reference counts as outbound only. */
export interface ForeignKeyFacts {
  readonly name: string;
  /** The referencing table (the one that bears the constraint). */
  readonly table: { readonly schema: string; readonly name: string };
  /** The other side of it as seen from the source: the partner that is locked with it. */
  readonly partner: { readonly schema: string; readonly name: string };
  /** pg_class.oid and relkind of the partner; p is partitioned: as the referencing side it takes no NOT VALID up to 17. */
  readonly partnerOid: number;
  readonly partnerKind: string;
  /** pg_get_constraintdef() without a trailing NOT VALID. */
  readonly definition: string;
  readonly validated: boolean;
  /** False for NOT ENFORCED (PG 18+), which the definition says and NOT VALID must not follow. */
  readonly enforced: boolean;
  /** How many keys of the table, out and in, act before this one: what a DELETE or UPDATE does depends on it. */
  readonly place: number;
  readonly comment: string | null;
}

export interface TriggerFacts {
  readonly name: string;
  /** pg_get_triggerdef(oid): valid verbatim once the new table bears the source's name. */
  readonly definition: string;
  /** pg_trigger.tgenabled. */
  readonly enabled: 'O' | 'D' | 'R' | 'A';
  readonly comment: string | null;
}

/** A sequence owned by a column: serial (kind 'serial') or identity. */
export interface OwnedSequenceFacts {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly column: string;
  readonly kind: 'serial' | 'identity';
  /** pg_class.relpersistence: from 15 on that of its table unless somebody has changed it, before always p. */
  readonly persistence: string;
  readonly typeSql: string;
  readonly start: string;
  readonly increment: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly cache: string;
  readonly cycle: boolean;
  readonly comment: string | null;
  /** True when relacl is NULL. */
  readonly defaultGrants: boolean;
  /** Every grant in force on the sequence, the owner's default ones too; an identity's sequence is new with the copy and has to get them again. */
  readonly grants: readonly GrantFacts[];
}

export interface TableFacts extends DependentFacts {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  /** pg_class.relkind, relpersistence. */
  readonly kind: string;
  readonly persistence: string;
  readonly accessMethod: string;
  readonly tablespace: string | null;
  readonly options: readonly string[];
  readonly toastOptions: readonly string[];
  readonly rowSecurity: boolean;
  readonly forceRowSecurity: boolean;
  /** pg_class.relreplident. */
  readonly replicaIdentity: 'd' | 'n' | 'f' | 'i';
  readonly comment: string | null;
  /** True when relacl is NULL: nothing was ever granted or revoked. */
  readonly defaultGrants: boolean;
  /** Every grant in force on the table and its columns; the owner's default ones too when relacl is NULL. */
  readonly grants: readonly GrantFacts[];
  readonly columns: readonly ColumnFacts[];
  /** Null when there is no usable key. */
  readonly key: KeyFacts | null;
  readonly indexes: readonly IndexFacts[];
  readonly constraints: readonly ConstraintFacts[];
  readonly foreignKeysOut: readonly ForeignKeyFacts[];
  readonly foreignKeysIn: readonly ForeignKeyFacts[];
  /** The application's triggers: internal ones, our capture triggers and those that a partition has of its parent left out. */
  readonly triggers: readonly TriggerFacts[];
  readonly sequences: readonly OwnedSequenceFacts[];
  /** Null when it is not a partition. */
  readonly partition: PartitionFacts | null;
  readonly inheritance: InheritanceFacts;
  /**
   * Whatever else depends on the table, as pg_identify_object names it, e.g. { kind: 'view', identity: 'public.v' };
   * found through pg_depend, so that a kind nobody thought of is refused instead of lost.
   */
  readonly others: readonly { readonly kind: string; readonly identity: string }[];
  /** md5 per section of the above (and of what only the fingerprint reads); compared at the swap (I-10). */
  readonly fingerprint: Readonly<Record<string, string>>;
}
