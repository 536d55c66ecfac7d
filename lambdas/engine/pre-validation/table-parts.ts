import type { TableFacts } from '../catalog/table-facts.ts';
import type { Check, TableContext } from './check.ts';
import { dependentsPrivileges } from './checks/dependents-privileges.ts';
import { evaluableExpressions } from './checks/evaluable-expressions.ts';
import { extendedStatistics } from './checks/extended-statistics.ts';
import { extensionMembers } from './checks/extension-members.ts';
import { foreignGrants } from './checks/foreign-grants.ts';
import { foreignKeyPartners } from './checks/foreign-key-partners.ts';
import { foreignKeyTriggers } from './checks/foreign-key-triggers.ts';
import { foreignTableKin } from './checks/foreign-table-kin.ts';
import { functionPrivileges } from './checks/function-privileges.ts';
import { functions } from './checks/functions.ts';
import { heapAccessMethod } from './checks/heap-access-method.ts';
import { inheritance } from './checks/inheritance.ts';
import { kinOwnership } from './checks/kin-ownership.ts';
import { leftOvers } from './checks/left-overs.ts';
import { materializedViews } from './checks/materialized-views.ts';
import { ownership } from './checks/ownership.ts';
import { partOfAWhole } from './checks/part-of-a-whole.ts';
import { partitionBound } from './checks/partition-bound.ts';
import { partitionForeignKeys } from './checks/partition-foreign-keys.ts';
import { inheritedNotValid, partitionDetaching, partitionIndexes } from './checks/partition-parts.ts';
import { partitionedPartners } from './checks/partitioned-partners.ts';
import { publishedForAllTables } from './checks/published-for-all-tables.ts';
import { readableDefinitions } from './checks/readable-definitions.ts';
import { regclassInIndex } from './checks/regclass-in-index.ts';
import { reservedNames } from './checks/reserved-names.ts';
import { rowSecurity } from './checks/row-security.ts';
import { ROW_TYPE_KINDS, rowTypeColumns } from './checks/row-type-columns.ts';
import { rowTypeDetails } from './checks/row-type-details.ts';
import { schemaPrivilege } from './checks/schema-privilege.ts';
import { securityLabels } from './checks/security-labels.ts';
import { subscriptions } from './checks/subscriptions.ts';
import { tablespacePrivilege } from './checks/tablespace-privilege.ts';
import { temporaryDependents } from './checks/temporary-dependents.ts';
import { triggerFunctions } from './checks/trigger-functions.ts';
import { typedTable } from './checks/typed-table.ts';
import { unlinkableChecks } from './checks/unlinkable-checks.ts';
import { usableKey } from './checks/usable-key.ts';
import { validIndexes } from './checks/valid-indexes.ts';

/** Something of a table, or that hangs on one, that could be lost. */
export interface TablePart {
  /** What it is, as the README names it. */
  readonly what: string;
  /** How it comes to the new table; null when it does not, and its checks refuse it always. */
  readonly carried: string | null;
  /** Where the facts have it; every key of TableFacts is some part's. */
  readonly facts: readonly (keyof TableFacts)[];
  /** Kinds of TableFacts.others that its checks answer for; what is no part's is refused as unknown. */
  readonly dependents: readonly string[];
  /** What refuses it where it cannot be carried, in the order of the report. */
  readonly checks: readonly Check<TableContext>[];
}

/**
 * All that a table can have, in the order of the report: PRE_VALIDATION goes through these checks, and the README's table of
 * what is carried and what is refused is written from them (npm run docs).
 */
export const TABLE_PARTS: readonly TablePart[] = [
  {
    what: 'owner, name, schema, comment, storage parameters of table and TOAST, tablespace, UNLOGGED',
    carried: 'the copy is made with them; the change log is logged all the same',
    facts: [
      'oid',
      'name',
      'schema',
      'owner',
      'comment',
      'kind',
      'persistence',
      'accessMethod',
      'tablespace',
      'options',
      'toastOptions',
    ],
    dependents: ['type of a typed table', 'extension'],
    checks: [
      ownership,
      schemaPrivilege,
      heapAccessMethod,
      tablespacePrivilege,
      reservedNames,
      leftOvers,
      partOfAWhole,
      typedTable,
      extensionMembers,
    ],
  },
  {
    what: 'columns: types, collations, defaults, generated and identity columns, NOT NULL, storage, compression, statistics targets, options, comments',
    carried: 'the copy is made LIKE the table, without dropped columns',
    facts: ['columns'],
    dependents: [],
    checks: [],
  },
  {
    what: 'the key',
    carried: 'any type and any number of columns',
    facts: ['key'],
    dependents: [],
    checks: [usableKey],
  },
  {
    what: 'indexes of every kind (partial, expression, covering) in any tablespace, with operator classes, options, statistics targets and comments; replica identity; the index clustered on',
    carried: 'built on the copy by PostgreSQL’s own text of the definition, under their names',
    facts: ['indexes', 'replicaIdentity'],
    dependents: ['index with a regclass constant'],
    checks: [validIndexes, regclassInIndex],
  },
  {
    what: 'constraints: primary key, unique, CHECK, exclusion; deferrable, temporal, NOT VALID and NOT ENFORCED ones too',
    carried: 'made on the copy; deferrable keys and NOT VALID ones in the swap',
    facts: ['constraints'],
    dependents: [],
    checks: [evaluableExpressions],
  },
  {
    what: 'foreign keys out, in and to itself',
    carried: 'change over in the swap NOT VALID, then validated one by one, those that were valid',
    facts: ['foreignKeysOut', 'foreignKeysIn'],
    dependents: ['foreign key with disabled triggers'],
    checks: [foreignKeyPartners, partitionedPartners, foreignKeyTriggers],
  },
  {
    what: 'triggers and their states',
    carried: 'made anew on the new table in the swap; the old table’s are disabled',
    facts: ['triggers'],
    dependents: [],
    checks: [triggerFunctions],
  },
  {
    what: 'sequences of serial and identity columns',
    carried:
      'a serial’s is the same one with another owner; an identity’s is made with its column and gets its value and grants in the swap',
    facts: ['sequences'],
    dependents: [],
    checks: [],
  },
  {
    what: 'grants on the table, its columns and its identity sequences, with grant options',
    carried: 'given again by the owner',
    facts: ['grants', 'defaultGrants'],
    dependents: ['grant by another role'],
    checks: [foreignGrants],
  },
  {
    what: 'row security, forced or not',
    carried: 'set in the swap, with the table’s policies',
    facts: ['rowSecurity', 'forceRowSecurity'],
    dependents: [],
    checks: [rowSecurity],
  },
  {
    what: 'views, and views over them',
    carried:
      '`CREATE OR REPLACE VIEW` in the swap, by PostgreSQL’s own text: the same object, with owner, grants, comments, options, defaults, triggers and views over it',
    facts: ['views'],
    dependents: ['view'],
    checks: [dependentsPrivileges, readableDefinitions, temporaryDependents],
  },
  {
    what: 'materialized views',
    carried:
      'with `recreateMaterializedViews` made anew and filled after the swap, with owner, grants, comments, indexes, statistics objects, options, storage, tablespace and views over them; not the OID. One that reads the table through a view follows with the view, untouched',
    facts: ['materializedViews'],
    dependents: [],
    checks: [materializedViews],
  },
  {
    what: 'rules of the table, of other tables and of views; policies of the table and of other tables',
    carried:
      'the table’s own are made anew in the swap; others `CREATE OR REPLACE RULE`, `ALTER POLICY`, with state, roles and comment',
    facts: ['rules', 'policies'],
    dependents: ['rule', 'policy'],
    checks: [],
  },
  {
    what: 'functions and procedures with an SQL-standard body that uses the table, and those that take or return its row type',
    carried:
      '`CREATE OR REPLACE FUNCTION` in the swap: the same object; those of the row type are made anew, with owner, grants and comment, not the OID',
    facts: ['functions'],
    dependents: ['function', 'procedure', 'aggregate'],
    checks: [functionPrivileges, functions],
  },
  {
    what: 'the row type, where others use it or it has rights of its own',
    carried: null,
    facts: [],
    dependents: [...ROW_TYPE_KINDS, 'privileges or comment of the row type'],
    checks: [rowTypeColumns, rowTypeDetails],
  },
  {
    what: 'extended statistics, in whichever schema they live',
    carried: 'made on the copy, filled by ANALYZE before the swap, and moved in it',
    facts: ['statistics'],
    dependents: [],
    checks: [extendedStatistics],
  },
  {
    what: 'publications of the table, with column list and row filter, and of its schema; subscriptions',
    carried:
      'the old table out, the new one in, in one transaction: a subscriber loses no change and gets none twice. A publication of the schema publishes what stands in it',
    facts: ['publications'],
    dependents: ['publication for all tables', 'subscription'],
    checks: [publishedForAllTables, subscriptions],
  },
  {
    what: 'partitions and plain inheritance: bound, inherited columns, constraints, indexes and triggers; parents in their order, children',
    carried:
      'taken out of its place and put into it in the swap, which columns and constraints are inherited, own, or both',
    facts: ['partition', 'inheritance'],
    dependents: ['inheritance parent', 'table', 'foreign table'],
    checks: [
      kinOwnership,
      partitionForeignKeys,
      partitionBound,
      partitionIndexes,
      partitionDetaching,
      inheritedNotValid,
      inheritance,
      foreignTableKin,
      unlinkableChecks,
    ],
  },
  {
    what: 'security labels',
    carried: null,
    facts: [],
    dependents: ['security label'],
    checks: [securityLabels],
  },
  {
    what: 'whatever else depends on the table',
    carried: null,
    facts: ['others', 'fingerprint'],
    dependents: [],
    checks: [],
  },
];
