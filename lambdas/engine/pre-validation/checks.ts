import type { Check, RelationContext, ServerContext, TableContext, WholeContext } from './check.ts';
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
import { directConnection } from './checks/direct-connection.ts';
import { eventTriggers } from './checks/event-triggers.ts';
import { logicalSlots } from './checks/logical-slots.ts';
import { mayEndBlockers } from './checks/may-end-blockers.ts';
import { ordinaryTable } from './checks/ordinary-table.ts';
import { alterInherited } from './checks/partition-parts.ts';
import {
  checkedInTime,
  hasPartitions,
  partitionsUnderOwnRuns,
  wholeAsItIs,
  wholeKeepsNothing,
} from './checks/partitioned-table.ts';
import { physicalStandbys } from './checks/physical-standbys.ts';
import { registryPrivileges } from './checks/registry-privileges.ts';
import { registrySchema } from './checks/registry-schema.ts';
import { replicaLag } from './checks/replica-lag.ts';
import { serverVersion } from './checks/server-version.ts';
import { statisticsPrivilege } from './checks/statistics-privilege.ts';
import { tableExists } from './checks/table-exists.ts';
import { unknownDependents } from './checks/unknown-dependents.ts';
import { writableServer } from './checks/writable-server.ts';
import { TABLE_PARTS } from './table-parts.ts';

/**
 * Every check of PRE_VALIDATION, in the order of the report; the README's tables are written from these lists (npm run docs). A list is only
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

/** About a partitioned table as a whole; those below are then asked of each of its partitions. */
export const WHOLE_CHECKS: readonly Check<WholeContext>[] = [
  hasPartitions,
  wholeKeepsNothing,
  wholeAsItIs,
  partitionsUnderOwnRuns,
  checkedInTime,
];

/** About `alter`. */
const ALTER_CHECKS: readonly Check<TableContext>[] = [
  alterSupported,
  alterInherited,
  alterNames,
  alterCasts,
  alterKey,
  alterUsers,
  alterForeignKeys,
  alterIndexClasses,
  alterPreparedStatements,
];

/** About the table and what hangs on it, part by part, then about `alter`; what no part knows is refused last. */
export const TABLE_CHECKS: readonly Check<TableContext>[] = [
  ...TABLE_PARTS.flatMap((part) => part.checks),
  ...ALTER_CHECKS,
  unknownDependents(new Set(TABLE_PARTS.flatMap((part) => part.dependents))),
];
