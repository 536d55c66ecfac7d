import type { Check, RelationContext, ServerContext, TableContext } from './check.ts';
import { alterCasts } from './checks/alter-casts.ts';
import { alterForeignKeys } from './checks/alter-foreign-keys.ts';
import { alterIndexClasses } from './checks/alter-index-classes.ts';
import { alterKey } from './checks/alter-key.ts';
import { alterNames } from './checks/alter-names.ts';
import { alterPreparedStatements } from './checks/alter-prepared-statements.ts';
import { alterSupported } from './checks/alter-supported.ts';
import { alterUsers } from './checks/alter-users.ts';
import { createSchemaPrivilege } from './checks/create-schema-privilege.ts';
import { deadlockTimeout } from './checks/deadlock-timeout.ts';
import { dependentsPrivileges } from './checks/dependents-privileges.ts';
import { directConnection } from './checks/direct-connection.ts';
import { evaluableExpressions } from './checks/evaluable-expressions.ts';
import { eventTriggers } from './checks/event-triggers.ts';
import { extendedStatistics } from './checks/extended-statistics.ts';
import { extensionMembers } from './checks/extension-members.ts';
import { foreignGrants } from './checks/foreign-grants.ts';
import { foreignKeyPartners } from './checks/foreign-key-partners.ts';
import { foreignKeyTriggers } from './checks/foreign-key-triggers.ts';
import { functionPrivileges } from './checks/function-privileges.ts';
import { functions } from './checks/functions.ts';
import { heapAccessMethod } from './checks/heap-access-method.ts';
import { inheritance } from './checks/inheritance.ts';
import { kinOwnership } from './checks/kin-ownership.ts';
import { leftOvers } from './checks/left-overs.ts';
import { logicalSlots } from './checks/logical-slots.ts';
import { materializedViews } from './checks/materialized-views.ts';
import { mayEndBlockers } from './checks/may-end-blockers.ts';
import { ordinaryTable } from './checks/ordinary-table.ts';
import { ownership } from './checks/ownership.ts';
import { partitionBound } from './checks/partition-bound.ts';
import { partitionForeignKeys } from './checks/partition-foreign-keys.ts';
import { alterInherited, inheritedNotValid, partitionDetaching, partitionIndexes } from './checks/partition-parts.ts';
import { partitionedPartners } from './checks/partitioned-partners.ts';
import { physicalStandbys } from './checks/physical-standbys.ts';
import { publishedForAllTables } from './checks/published-for-all-tables.ts';
import { readableDefinitions } from './checks/readable-definitions.ts';
import { regclassInIndex } from './checks/regclass-in-index.ts';
import { registryPrivileges } from './checks/registry-privileges.ts';
import { registrySchema } from './checks/registry-schema.ts';
import { replicaLag } from './checks/replica-lag.ts';
import { reservedNames } from './checks/reserved-names.ts';
import { rowSecurity } from './checks/row-security.ts';
import { ROW_TYPE_KINDS, rowTypeColumns } from './checks/row-type-columns.ts';
import { rowTypeDetails } from './checks/row-type-details.ts';
import { schemaPrivilege } from './checks/schema-privilege.ts';
import { securityLabels } from './checks/security-labels.ts';
import { serverVersion } from './checks/server-version.ts';
import { statisticsPrivilege } from './checks/statistics-privilege.ts';
import { subscriptions } from './checks/subscriptions.ts';
import { tableExists } from './checks/table-exists.ts';
import { tablespacePrivilege } from './checks/tablespace-privilege.ts';
import { temporaryDependents } from './checks/temporary-dependents.ts';
import { triggerFunctions } from './checks/trigger-functions.ts';
import { typedTable } from './checks/typed-table.ts';
import { unknownDependents } from './checks/unknown-dependents.ts';
import { unlinkableChecks } from './checks/unlinkable-checks.ts';
import { usableKey } from './checks/usable-key.ts';
import { validIndexes } from './checks/valid-indexes.ts';
import { writableServer } from './checks/writable-server.ts';

/**
 * Every check of PRE_VALIDATION, in the order of the report; the README's table is made from these lists. A list is only
 * gone through when the one before it found what it needs.
 */
export const SERVER_CHECKS: readonly Check<ServerContext>[] = [
  serverVersion,
  directConnection,
  writableServer,
  deadlockTimeout,
  createSchemaPrivilege,
  registrySchema,
  registryPrivileges,
  statisticsPrivilege,
  mayEndBlockers,
  logicalSlots,
  physicalStandbys,
  replicaLag,
  eventTriggers,
];

/** About the name: whether there is such a table, and of the kind that can be repacked. */
export const RELATION_CHECKS: readonly Check<RelationContext>[] = [tableExists, ordinaryTable];

/** Kinds of TableFacts.others that a check below answers for; whatever else hangs on the table is refused as unknown. */
const KNOWN_DEPENDENTS: ReadonlySet<string> = new Set([
  'aggregate',
  'extension',
  'foreign key with disabled triggers',
  'foreign table',
  'function',
  'grant by another role',
  'index with a regclass constant',
  'inheritance parent',
  'policy',
  'privileges or comment of the row type',
  'procedure',
  'publication for all tables',
  'rule',
  'security label',
  'subscription',
  'table',
  'type of a typed table',
  'view',
  ...ROW_TYPE_KINDS,
]);

export const TABLE_CHECKS: readonly Check<TableContext>[] = [
  ownership,
  schemaPrivilege,
  foreignKeyPartners,
  triggerFunctions,
  heapAccessMethod,
  tablespacePrivilege,
  usableKey,
  validIndexes,
  reservedNames,
  leftOvers,
  partitionedPartners,
  foreignKeyTriggers,
  rowSecurity,
  dependentsPrivileges,
  functionPrivileges,
  readableDefinitions,
  temporaryDependents,
  materializedViews,
  functions,
  rowTypeColumns,
  rowTypeDetails,
  extendedStatistics,
  regclassInIndex,
  evaluableExpressions,
  kinOwnership,
  partitionForeignKeys,
  partitionBound,
  partitionIndexes,
  partitionDetaching,
  inheritedNotValid,
  inheritance,
  unlinkableChecks,
  typedTable,
  extensionMembers,
  publishedForAllTables,
  subscriptions,
  securityLabels,
  foreignGrants,
  alterSupported,
  alterInherited,
  alterNames,
  alterCasts,
  alterKey,
  alterUsers,
  alterForeignKeys,
  alterIndexClasses,
  alterPreparedStatements,
  unknownDependents(KNOWN_DEPENDENTS),
];
