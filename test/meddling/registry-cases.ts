import { always, beforeSwap, type Meddling, type Outcome } from './meddling.ts';

const stopped = beforeSwap('RegistryChangedError', 'carried', 'RegistryChangedError');
const onlyBeforeSwap = (outcome: Outcome) => beforeSwap(outcome, 'carried', 'carried');

/** Rows of the registry, edited by hand. */
export const ON_THE_REGISTRY: readonly Meddling[] = [
  {
    what: 'the stage moved on',
    sql: () => `UPDATE shadowstep.run SET stage = 'SWAP'`,
    outcomes: { ...onlyBeforeSwap('RegistryChangedError'), POST_SYNC_UPDATE: null },
  },
  {
    what: 'the stage moved back',
    sql: () => `UPDATE shadowstep.run SET stage = 'SETUP'`,
    outcomes: beforeSwap('RegistryChangedError', null, null),
  },
  {
    what: 'the stage moved back although swapped',
    sql: () => `UPDATE shadowstep.run SET stage = 'SETUP'`,
    outcomes: beforeSwap(null, 'RegistryChangedError', 'RegistryChangedError'),
    undo: { from: 'RegistryChangedError', sql: () => `UPDATE shadowstep.run SET stage = 'CLEAN_UP'` },
  },
  {
    what: 'the stage and its history moved on',
    sql: () => `
      UPDATE shadowstep.run SET stage = 'POST_SYNC_UPDATE';
      UPDATE shadowstep.stage SET stage = 'POST_SYNC_UPDATE' WHERE finished_at IS NULL`,
    outcomes: { ...beforeSwap('RegistryChangedError', null, null), SYNC_SCHEMAS: null, POST_SYNC_UPDATE: null },
  },
  {
    what: 'called swapped',
    sql: () => `UPDATE shadowstep.run SET stage = 'CLEAN_UP', swapped_at = now()`,
    outcomes: beforeSwap('RegistryChangedError', null, null),
  },
  {
    what: 'called not swapped',
    sql: () => `UPDATE shadowstep.run SET stage = 'SWAP', swapped_at = NULL`,
    outcomes: beforeSwap(null, 'RegistryChangedError', 'WrongStageError'),
    undo: {
      from: 'RegistryChangedError',
      sql: () => `UPDATE shadowstep.run SET stage = 'CLEAN_UP', swapped_at = now()`,
    },
  },
  {
    what: 'batches deleted',
    sql: () => 'DELETE FROM shadowstep.batch',
    outcomes: onlyBeforeSwap('RegistryChangedError'),
  },
  {
    what: 'batches marked done',
    sql: () => 'UPDATE shadowstep.batch SET next_block = end_block',
    first: 'SETUP',
    outcomes: { ...always('carried'), SETUP: 'VerificationFailedError' },
  },
  {
    what: 'batches marked not done',
    sql: () => 'UPDATE shadowstep.batch SET next_block = first_block',
    outcomes: { ...onlyBeforeSwap('RegistryChangedError'), SETUP: 'carried' },
  },
  { what: 'the drain slots deleted', sql: () => 'DELETE FROM shadowstep.drain_slot', outcomes: stopped },
  { what: 'the marks removed', sql: () => `UPDATE shadowstep.run SET marks = '{}'`, outcomes: stopped },
  {
    what: 'index builds deleted',
    sql: () => 'DELETE FROM shadowstep.detached_statement',
    outcomes: always('carried'),
  },
  {
    what: 'index builds called planned',
    sql: () => `UPDATE shadowstep.run SET marks = marks || '{"indexes_planned": true}'`,
    outcomes: { ...always('carried'), SETUP: 'RegistryChangedError', BACKFILL: 'RegistryChangedError' },
  },
  {
    what: 'the verification called done',
    sql: () => `UPDATE shadowstep.run SET marks = marks || '{"verification_planned": true, "verification": "passed"}'`,
    outcomes: {
      ...always('carried'),
      SETUP: null,
      BACKFILL: 'RegistryChangedError',
      SYNC_SCHEMAS: 'RegistryChangedError',
    },
  },
  {
    what: 'another copy named',
    sql: () => `UPDATE shadowstep.run SET copy_oid = 1`,
    outcomes: beforeSwap('CopyChangedError', null, null),
  },
  {
    what: 'another source named',
    sql: () => `UPDATE shadowstep.run SET source_oid = 'pg_catalog.pg_class'::regclass`,
    outcomes: beforeSwap('SourceMissingError', null, null),
    undo: { from: 'PrivilegeError', sql: () => `UPDATE shadowstep.run SET source_oid = 'public.item'::regclass` },
  },
  {
    what: 'the facts nulled',
    sql: () => 'UPDATE shadowstep.run SET facts = NULL',
    outcomes: always('refused 23514'),
  },
  {
    what: 'a second live run',
    sql: () => `
      INSERT INTO shadowstep.run (source_schema, source_name, source_oid, request, stage)
      SELECT source_schema, source_name, source_oid, request, 'SETUP' FROM shadowstep.run`,
    outcomes: always('refused 23505'),
  },
];
