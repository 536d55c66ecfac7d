import { createCaptureFunctionStatements, createChangeLogStatements } from '../capture/change-log.ts';
import type { CapturedKeyColumn } from '../capture/key-columns.ts';
import { createCaptureTriggerStatements } from '../capture/triggers.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import { createCopyStatements } from '../copy-table/create-copy.ts';
import { finishCopyStatements } from '../copy-table/finish-copy.ts';
import { indexBuildStatements } from '../copy-table/index-builds.ts';
import { adoptSequence, releaseSequence, serials } from '../copy-table/sequences.ts';
import { dressReplacement, moveStatements, undressLive } from '../copy-table/swap-statements.ts';
import { maintenanceStatement } from '../copy-table/vacuum-copy.ts';
import { CHANGE_LOG, REGISTRY_SCHEMA, STANDIN_PARENT } from '../object-names.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import type { ParsedRequest } from '../request.ts';
import { isPast, type StageName } from '../stages.ts';
import { kinOf } from '../swap/kin.ts';
import { formatTableName } from '../table-name.ts';
import type { AlteredColumn } from './altered-columns.ts';
import type { PlannedLock, PlannedStage } from './planned-stage.ts';

/** Stands for the run's schemas, whose number is known when the run begins. */
const RUN_SCHEMA = `${REGISTRY_SCHEMA}_<run>`;
const OLD_SCHEMA = `${REGISTRY_SCHEMA}_<run>_old`;

export interface StagesInput {
  readonly facts: TableFacts;
  readonly request: ParsedRequest;
  readonly alteredColumns: readonly AlteredColumn[];
  /** The key as the change log will keep it. */
  readonly captured: readonly CapturedKeyColumn[];
}

/** What each stage would do to this table, up to the one that the request stops after. */
export function planStages(input: StagesInput): PlannedStage[] {
  const { facts, request } = input;
  const stages = [
    preValidation(facts),
    setup(input),
    backfill(facts, request),
    syncSchemas(facts, request),
    postSyncUpdate(facts, request),
    swap(input),
    cleanUp(facts, request),
  ];
  const last: StageName = request.stopAfter ?? 'CLEAN_UP';
  return stages.filter(({ stage }) => stage === last || isPast(last, stage));
}

function lock(mode: string, on: string, duration: string): PlannedLock {
  return { mode, on, duration };
}

function reading(facts: TableFacts, duration: string): PlannedLock[] {
  return [lock('ACCESS SHARE', formatTableName(facts), duration)];
}

function preValidation(facts: TableFacts): PlannedStage {
  return {
    stage: 'PRE_VALIDATION',
    does: 'Checks everything again and opens the run in the registry.',
    locks: reading(facts, 'for single reads of the catalog'),
    sql: [],
  };
}

function setup({ facts, request, captured }: StagesInput): PlannedStage {
  const log = { schema: RUN_SCHEMA, log: CHANGE_LOG };
  const copy = { schema: RUN_SCHEMA, name: facts.name };
  return {
    stage: 'SETUP',
    does: `Makes the empty copy ${formatTableName(copy)}, the change log ${RUN_SCHEMA}.${CHANGE_LOG} and the triggers that fill it; then cuts the table into batches.`,
    locks: [
      lock(
        'SHARE ROW EXCLUSIVE',
        formatTableName(facts),
        `milliseconds, to create the triggers; an attempt waits at most ${request.lockTimeoutMs} ms (lockTimeoutMs)`,
      ),
    ],
    sql: [
      `CREATE SCHEMA ${quoteIdent(RUN_SCHEMA)}`,
      `CREATE SCHEMA ${quoteIdent(OLD_SCHEMA)}`,
      ...createCopyStatements(facts, { schema: RUN_SCHEMA, alter: request.alter }),
      ...createChangeLogStatements(log, captured),
      ...createCaptureFunctionStatements(log, captured),
      ...createCaptureTriggerStatements(log, captured, qualified(facts)),
    ],
  };
}

function backfill(facts: TableFacts, request: ParsedRequest): PlannedStage {
  return {
    stage: 'BACKFILL',
    does: `Copies the rows by ranges of heap blocks over ${request.workers} connections, about ${request.targetBatchMs} ms a transaction, leaving out what the change log names.`,
    locks: reading(facts, 'for one batch at a time'),
    sql: [],
  };
}

function syncSchemas(facts: TableFacts, request: ParsedRequest): PlannedStage {
  return {
    stage: 'SYNC_SCHEMAS',
    does: `Vacuums and analyses the copy, builds its indexes, ${request.workers} at once, and its constraints.`,
    locks: [],
    sql: [
      maintenanceStatement('VACUUM', { schema: RUN_SCHEMA, name: facts.name }),
      ...indexBuildStatements(facts, RUN_SCHEMA).map((build) => build.statement),
      ...finishCopyStatements(facts, RUN_SCHEMA),
    ],
  };
}

function postSyncUpdate(facts: TableFacts, request: ParsedRequest): PlannedStage {
  return {
    stage: 'POST_SYNC_UPDATE',
    does: `Applies the change log until it is small, analyses the copy, and vacuums it again if that was much${request.verify ? ', compares every row of it with the source' : ''}.`,
    locks: reading(facts, 'for one transaction at a time'),
    sql: [maintenanceStatement('ANALYZE', { schema: RUN_SCHEMA, name: facts.name })],
  };
}

function swap({ facts, request, alteredColumns }: StagesInput): PlannedStage {
  const others = [
    ...facts.views,
    ...[...facts.rules, ...facts.policies].map((one) => one.bearer),
    ...[...facts.foreignKeysOut, ...facts.foreignKeysIn].map((key) => key.partner),
  ].map(formatTableName);
  const { above, beside } = kinOf(facts);
  const locked = new Set([
    ...above.map(formatTableName),
    formatTableName(facts),
    ...beside.map(formatTableName),
    ...others,
  ]);
  const validate = [...facts.foreignKeysOut, ...facts.foreignKeysIn]
    .filter((key) => key.validated && key.enforced)
    .map((key) => `ALTER TABLE ${qualified(key.table)} VALIDATE CONSTRAINT ${quoteIdent(key.name)}`);
  const bound = `milliseconds; an attempt waits at most ${request.lockTimeoutMs} ms (lockTimeoutMs) and drains at most ${request.swapDrainBudgetMs} ms (swapDrainBudgetMs)`;
  return {
    stage: 'SWAP',
    does: `Applies the last of the change log, exchanges the two tables in one transaction and captures changes in reverse; then ${facts.materializedViews.length > 0 ? 'makes the materialized views anew, fills them, and ' : ''}validates the foreign keys one by one.`,
    locks: [
      ...serials(facts).map((sequence) =>
        lock(
          'SHARE ROW EXCLUSIVE',
          formatTableName(sequence),
          'milliseconds, before the exchange and after it, to change its owner',
        ),
      ),
      ...[...locked].map((table) => lock('ACCESS EXCLUSIVE', table, bound)),
      ...facts.materializedViews.map((view) =>
        lock(
          'ACCESS EXCLUSIVE',
          formatTableName(view),
          `milliseconds, when the new one has been filled; an attempt waits at most ${request.lockTimeoutMs} ms (lockTimeoutMs)`,
        ),
      ),
      ...(validate.length === 0
        ? []
        : [
            lock(
              'SHARE UPDATE EXCLUSIVE',
              'the referencing tables',
              'while a foreign key is validated; readers and writers go on',
            ),
          ]),
    ],
    sql: [...exchangeStatements(facts, alteredColumns), ...validate],
  };
}

/** The copy's facts as they will be by then: what the swap adds is not on it yet. */
function exchangeStatements(facts: TableFacts, alteredColumns: readonly AlteredColumn[]): string[] {
  const newType = new Map(alteredColumns.map((column) => [column.name, column.after.sql]));
  const replacement: TableFacts = {
    ...facts,
    schema: RUN_SCHEMA,
    columns: facts.columns.map((column) => ({ ...column, typeSql: newType.get(column.name) ?? column.typeSql })),
    foreignKeysOut: [],
    foreignKeysIn: [],
    triggers: [],
    views: [],
    materializedViews: [],
    rules: [],
    policies: [],
    functions: [],
    publications: [],
    statistics: facts.statistics.map((one) => ({ ...one, schema: RUN_SCHEMA })),
    inheritance: {
      children: [],
      parents: facts.inheritance.parents
        .slice(0, 1)
        .map((parent) => ({ ...parent, schema: RUN_SCHEMA, name: STANDIN_PARENT })),
    },
    constraints: facts.constraints.filter(
      (constraint) =>
        constraint.validated && !(constraint.deferrable && ['primary key', 'unique'].includes(constraint.type)),
    ),
  };
  const sequences = serials(facts).map((sequence) => ({
    sequence,
    ...releaseSequence(sequence, { live: facts, replacement }),
  }));
  // Serial sequences are nobody's while the tables change places.
  const live = { ...facts, sequences: facts.sequences.filter((sequence) => sequence.kind !== 'serial') };
  const sides = { live, replacement, parkSchema: OLD_SCHEMA };
  return [
    ...sequences.map((one) => one.statement),
    ...undressLive(sides),
    ...moveStatements(sides),
    ...dressReplacement(sides),
    ...sequences.flatMap(({ sequence, released }) => adoptSequence(released, sequence, facts)),
  ];
}

function cleanUp(facts: TableFacts, request: ParsedRequest): PlannedStage {
  return {
    stage: 'CLEAN_UP',
    does: request.keepOldTable
      ? 'Waits for clean-up or revert, since keepOldTable is set; then drops the old table and everything else of the run.'
      : 'Drops the reverse capture, the old table and everything else of the run.',
    locks: [
      lock(
        'ACCESS EXCLUSIVE',
        formatTableName(facts),
        `milliseconds, to drop the triggers; an attempt waits at most ${request.lockTimeoutMs} ms (lockTimeoutMs)`,
      ),
    ],
    sql: [
      `DROP TABLE ${qualified({ schema: OLD_SCHEMA, name: facts.name })}`,
      `DROP SCHEMA ${quoteIdent(OLD_SCHEMA)}`,
      `DROP SCHEMA ${quoteIdent(RUN_SCHEMA)}`,
    ],
  };
}
