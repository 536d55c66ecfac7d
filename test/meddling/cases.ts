import type { ErrorName } from '../../lambdas/engine/errors.ts';
import type { StageName } from '../../lambdas/engine/stages.ts';
import { ROLES } from '../support/database.ts';

/** What a person does between two units of a run of `public.item`, and what has to come of it. */
export interface Meddling {
  readonly what: string;
  /** The stage after which it is done; nobody drives the run then. */
  readonly after: Extract<StageName, 'SETUP' | 'BACKFILL' | 'SYNC_SCHEMAS' | 'POST_SYNC_UPDATE'>;
  readonly sql: string;
  /** The statement itself is refused by the server, under this SQLSTATE; the run goes on. */
  readonly refused?: string;
  /** `carried`: the run ends well. Else the error with which the next unit stops. */
  readonly outcome: 'carried' | ErrorName;
  /** The application cannot be kept from failing: it was made to, by hand. */
  readonly applicationFails?: true;
}

const LOG = 'shadowstep_1.shadowstep_change_log';
const KEY_FUNCTION = 'shadowstep_1.shadowstep_change_log_key';

/** DDL on the source. More of it, each with its undoing, is in test/engine/swap-source-changed.pg.test.ts. */
export const ON_THE_SOURCE: readonly Meddling[] = [
  { what: 'a column dropped', after: 'SETUP', sql: 'ALTER TABLE public.item DROP note', outcome: 'SourceChangedError' },
  {
    what: 'a column dropped late',
    after: 'POST_SYNC_UPDATE',
    sql: 'ALTER TABLE public.item ADD later int; ALTER TABLE public.item DROP later',
    outcome: 'carried',
  },
  {
    what: 'the type of the key changed',
    after: 'BACKFILL',
    sql: 'ALTER TABLE public.item ALTER id TYPE numeric',
    refused: '0A000',
    outcome: 'carried',
  },
  {
    what: 'a column rewritten to another type',
    after: 'SETUP',
    sql: 'ALTER TABLE public.item ALTER note TYPE varchar(100)',
    outcome: 'SourceRewrittenError',
  },
  {
    what: 'VACUUM FULL before the backfill',
    after: 'SETUP',
    sql: 'VACUUM FULL public.item',
    outcome: 'SourceRewrittenError',
  },
  { what: 'VACUUM FULL after the backfill', after: 'BACKFILL', sql: 'VACUUM FULL public.item', outcome: 'carried' },
  {
    what: 'a publication of all tables',
    after: 'POST_SYNC_UPDATE',
    sql: 'CREATE PUBLICATION everything FOR ALL TABLES',
    outcome: 'SourceChangedError',
  },
  {
    what: 'a child attached',
    after: 'SYNC_SCHEMAS',
    sql: 'CREATE TABLE public.child () INHERITS (public.item)',
    outcome: 'SourceChangedError',
  },
];

/** What holds the copy, the log, the triggers and their functions together. */
export const ON_WHAT_IS_OURS: readonly Meddling[] = [
  {
    what: 'a column added to the copy',
    after: 'SETUP',
    sql: 'ALTER TABLE shadowstep_1.item ADD more int',
    outcome: 'CopyChangedError',
  },
  {
    what: 'an index of the copy dropped',
    after: 'POST_SYNC_UPDATE',
    sql: 'DROP INDEX shadowstep_1.item_by_note',
    outcome: 'CopyChangedError',
  },
  {
    what: 'a foreign key to the copy',
    after: 'POST_SYNC_UPDATE',
    sql: 'CREATE TABLE public.hanger (id bigint REFERENCES shadowstep_1.item)',
    outcome: 'CopyChangedError',
  },
  {
    what: 'a view on the copy',
    after: 'POST_SYNC_UPDATE',
    sql: 'CREATE VIEW public.hanger AS SELECT * FROM shadowstep_1.item',
    outcome: 'CopyChangedError',
  },
  {
    what: 'a row of the copy deleted before it is compared',
    after: 'SYNC_SCHEMAS',
    sql: 'DELETE FROM shadowstep_1.item WHERE id = 50',
    outcome: 'VerificationFailedError',
  },
  ...[
    'DELETE FROM shadowstep_1.item WHERE id = 50',
    'TRUNCATE shadowstep_1.item',
    `UPDATE shadowstep_1.item SET note = 'x'`,
    'INSERT INTO shadowstep_1.item (id) VALUES (7777)',
  ].map(
    (sql): Meddling => ({
      what: `${sql.split(' ')[0]} of the copy after it was compared`,
      after: 'POST_SYNC_UPDATE',
      sql,
      refused: '55006',
      outcome: 'carried',
    }),
  ),
  ...[`DELETE FROM ${LOG}`, `TRUNCATE ${LOG}`, `UPDATE ${LOG} SET key_1 = 0`].map(
    (sql): Meddling => ({
      what: `${sql.split(' ')[0]} of the log`,
      after: 'BACKFILL',
      sql,
      refused: '55006',
      outcome: 'carried',
    }),
  ),
  { what: 'the log dropped', after: 'BACKFILL', sql: `DROP TABLE ${LOG}`, refused: '2BP01', outcome: 'carried' },
  {
    what: 'the log dropped by CASCADE',
    after: 'SYNC_SCHEMAS',
    sql: `DROP TABLE ${LOG} CASCADE`,
    outcome: 'CopyChangedError',
  },
  {
    what: 'a key column of the log dropped',
    after: 'SETUP',
    sql: `ALTER TABLE ${LOG} DROP key_1`,
    refused: '2BP01',
    outcome: 'carried',
  },
  {
    what: 'a key column of the log renamed',
    after: 'SETUP',
    sql: `ALTER TABLE ${LOG} RENAME key_1 TO id`,
    outcome: 'CopyChangedError',
  },
  { what: 'the log renamed', after: 'SETUP', sql: `ALTER TABLE ${LOG} RENAME TO thing`, outcome: 'CopyChangedError' },
  {
    what: 'the log moved',
    after: 'BACKFILL',
    sql: `ALTER TABLE ${LOG} SET SCHEMA public`,
    outcome: 'CopyChangedError',
  },
  {
    what: 'our schema renamed',
    after: 'POST_SYNC_UPDATE',
    sql: 'ALTER SCHEMA shadowstep_1 RENAME TO other',
    outcome: 'CopyChangedError',
  },
  {
    what: 'our schema renamed for a while',
    after: 'POST_SYNC_UPDATE',
    sql: `ALTER SCHEMA shadowstep_1 RENAME TO other; UPDATE public.item SET note = 'meanwhile' WHERE id = 60;
          ALTER SCHEMA other RENAME TO shadowstep_1`,
    outcome: 'carried',
  },
  {
    what: 'INSERT into the log revoked',
    after: 'SETUP',
    sql: `REVOKE ALL ON ${LOG} FROM ${ROLES.owner}`,
    outcome: 'CopyChangedError',
  },
  {
    what: 'a column added to the log',
    after: 'SETUP',
    sql: `ALTER TABLE ${LOG} ADD more text`,
    outcome: 'CopyChangedError',
  },
  {
    what: 'a unique index on the log',
    after: 'BACKFILL',
    sql: `CREATE UNIQUE INDEX once ON ${LOG} (key_1)`,
    outcome: 'CopyChangedError',
    applicationFails: true,
  },
  {
    what: 'a NOT NULL column in the log',
    after: 'SETUP',
    sql: `ALTER TABLE ${LOG} ADD more text NOT NULL`,
    outcome: 'CopyChangedError',
    applicationFails: true,
  },
  {
    what: 'a CHECK on the log',
    after: 'SYNC_SCHEMAS',
    sql: `ALTER TABLE ${LOG} ADD CHECK (key_1 < 0) NOT VALID`,
    outcome: 'CopyChangedError',
    applicationFails: true,
  },
  {
    what: 'a rule on the log',
    after: 'POST_SYNC_UPDATE',
    sql: `CREATE RULE nothing AS ON INSERT TO ${LOG} DO INSTEAD NOTHING; DROP RULE nothing ON ${LOG}`,
    outcome: 'CopyChangedError',
  },
  {
    what: 'EXECUTE revoked',
    after: 'SETUP',
    sql: `REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA shadowstep_1 FROM PUBLIC`,
    outcome: 'CopyChangedError',
    applicationFails: true,
  },
  {
    what: 'a capture function replaced by one that logs nothing',
    after: 'POST_SYNC_UPDATE',
    sql: `CREATE OR REPLACE FUNCTION ${KEY_FUNCTION}(bigint, ${LOG}) RETURNS boolean LANGUAGE sql AS 'SELECT false'`,
    outcome: 'CopyChangedError',
  },
  {
    what: 'a capture function dropped',
    after: 'SETUP',
    sql: `DROP FUNCTION ${KEY_FUNCTION}`,
    refused: '2BP01',
    outcome: 'carried',
  },
  {
    what: 'a trigger disabled and enabled again',
    after: 'POST_SYNC_UPDATE',
    sql: `ALTER TABLE public.item DISABLE TRIGGER shadowstep_update; UPDATE public.item SET note = 'unlogged' WHERE id = 60; ALTER TABLE public.item ENABLE ALWAYS TRIGGER shadowstep_update`,
    outcome: 'CopyChangedError',
  },
  {
    what: 'a trigger enabled for replicas only',
    after: 'BACKFILL',
    sql: 'ALTER TABLE public.item ENABLE REPLICA TRIGGER shadowstep_delete',
    outcome: 'CopyChangedError',
  },
  {
    what: 'our schema dropped',
    after: 'POST_SYNC_UPDATE',
    sql: 'DROP SCHEMA shadowstep_1 CASCADE',
    outcome: 'CopyChangedError',
  },
];

/** Rows of the registry, edited by hand. */
export const ON_THE_REGISTRY: readonly Meddling[] = [
  {
    what: 'the stage moved on',
    after: 'SETUP',
    sql: `UPDATE shadowstep.run SET stage = 'SWAP'`,
    outcome: 'RegistryChangedError',
  },
  {
    what: 'the stage moved back',
    after: 'POST_SYNC_UPDATE',
    sql: `UPDATE shadowstep.run SET stage = 'BACKFILL'`,
    outcome: 'RegistryChangedError',
  },
  { what: 'batches deleted', after: 'SETUP', sql: 'DELETE FROM shadowstep.batch', outcome: 'RegistryChangedError' },
  {
    what: 'batches marked done',
    after: 'SETUP',
    sql: 'UPDATE shadowstep.batch SET next_block = end_block',
    outcome: 'VerificationFailedError',
  },
  {
    what: 'a drain slot deleted',
    after: 'SYNC_SCHEMAS',
    sql: 'DELETE FROM shadowstep.drain_slot',
    outcome: 'RegistryChangedError',
  },
  {
    what: 'the marks removed',
    after: 'POST_SYNC_UPDATE',
    sql: `UPDATE shadowstep.run SET marks = '{}'`,
    outcome: 'RegistryChangedError',
  },
  {
    what: 'the facts nulled',
    after: 'BACKFILL',
    sql: 'UPDATE shadowstep.run SET facts = NULL',
    refused: '23514',
    outcome: 'carried',
  },
];

/** What is set for the role, or for the database, that the tool's sessions begin with. */
export const SETTINGS: readonly (readonly [string, string])[] = [
  ['statement_timeout', '1s'],
  ['lock_timeout', '1ms'],
  ['idle_in_transaction_session_timeout', '1ms'],
  ['default_transaction_read_only', 'on'],
  ['default_transaction_isolation', 'serializable'],
  ['default_transaction_deferrable', 'on'],
  ['row_security', 'on'],
  ['DateStyle', 'SQL, DMY'],
  ['IntervalStyle', 'iso_8601'],
  ['extra_float_digits', '-15'],
  ['bytea_output', 'escape'],
  ['standard_conforming_strings', 'off'],
  ['quote_all_identifiers', 'on'],
  ['plan_cache_mode', 'force_generic_plan'],
  ['jit_above_cost', '0'],
  ['enable_seqscan', 'off'],
  ['enable_tidscan', 'off'],
  ['TimeZone', 'Pacific/Apia'],
  ['client_encoding', 'LATIN1'],
  ['check_function_bodies', 'off'],
  ['synchronous_commit', 'off'],
  ['transform_null_equals', 'on'],
  ['array_nulls', 'off'],
  ['xmlbinary', 'hex'],
  ['backslash_quote', 'off'],
  ['client_min_messages', 'debug5'],
];
