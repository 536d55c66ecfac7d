import { ROLES } from '../support/database.ts';
import { always, beforeSwap, type Meddling, OLD_SCHEMA, type Outcome, RUN_SCHEMA } from './meddling.ts';

/** Before the swap it stops the run; after it the clean-up takes all of it away, and only a revert would need it. */
const stopped = beforeSwap('CopyChangedError', 'carried', 'CopyChangedError');
const guarded = (early: Outcome) => ({
  ...always('refused 55006'),
  SETUP: early,
  BACKFILL: early,
  SYNC_SCHEMAS: early,
});

/** The table that follows: the copy, after the swap the old table. */
export const ON_THE_FOLLOWER: readonly Meddling[] = [
  { what: 'a column added', sql: ({ follower }) => `ALTER TABLE ${follower} ADD more int`, outcomes: stopped },
  { what: 'a column dropped', sql: ({ follower }) => `ALTER TABLE ${follower} DROP note`, outcomes: stopped },
  {
    what: 'a column renamed',
    sql: ({ follower }) => `ALTER TABLE ${follower} RENAME code TO label`,
    outcomes: stopped,
  },
  {
    what: 'a CHECK added',
    sql: ({ follower }) => `ALTER TABLE ${follower} ADD CONSTRAINT small CHECK (id < 0) NOT VALID`,
    outcomes: { ...stopped, REVERT: 'RevertImpossibleError' },
  },
  {
    what: 'an index dropped',
    sql: ({ follower }) => `DROP INDEX ${follower}_by_note`,
    outcomes: { ...stopped, SETUP: null, BACKFILL: null },
  },
  {
    what: 'an index created',
    sql: ({ follower }) => `CREATE INDEX more ON ${follower} (note, code)`,
    outcomes: stopped,
  },
  {
    what: 'a trigger put on it',
    sql: ({ follower }) => `
      CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := NULL; RETURN NEW; END';
      CREATE TRIGGER touch BEFORE INSERT ON ${follower} FOR EACH ROW EXECUTE FUNCTION public.touch()`,
    outcomes: { ...stopped, SYNC_SCHEMAS: 'VerificationFailedError' },
    undo: { from: null, sql: () => 'DROP FUNCTION public.touch' },
  },
  {
    what: 'a trigger put on it that fails',
    sql: ({ follower }) => `
      CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$no$$; END';
      CREATE TRIGGER touch BEFORE INSERT ON ${follower} FOR EACH ROW EXECUTE FUNCTION public.touch()`,
    outcomes: stopped,
    undo: { from: null, sql: () => 'DROP FUNCTION public.touch' },
  },
  {
    what: 'a foreign key to it',
    sql: ({ follower }) => `CREATE TABLE public.hanger (id bigint REFERENCES ${follower})`,
    outcomes: { ...stopped, SETUP: null, BACKFILL: null, CLEAN_UP: 'DependentObjectsError' },
    undo: { from: 'DependentObjectsError', sql: () => 'DROP TABLE public.hanger' },
  },
  {
    what: 'a view on it',
    sql: ({ follower }) => `CREATE VIEW public.hanger AS SELECT * FROM ${follower}`,
    outcomes: { ...stopped, CLEAN_UP: 'DependentObjectsError' },
    undo: { from: 'DependentObjectsError', sql: () => 'DROP VIEW public.hanger' },
  },
  {
    what: 'row security enabled and forced',
    sql: ({ follower }) =>
      `ALTER TABLE ${follower} ENABLE ROW LEVEL SECURITY; ALTER TABLE ${follower} FORCE ROW LEVEL SECURITY`,
    outcomes: stopped,
  },
  {
    what: 'another owner',
    by: 'superuser',
    sql: ({ follower }) => `ALTER TABLE ${follower} OWNER TO ${ROLES.reader}`,
    outcomes: stopped,
  },
  { what: 'made UNLOGGED', sql: ({ follower }) => `ALTER TABLE ${follower} SET UNLOGGED`, outcomes: stopped },
  { what: 'VACUUM FULL', sql: ({ follower }) => `VACUUM FULL ${follower}`, outcomes: always('carried') },
  { what: 'dropped', sql: ({ follower }) => `DROP TABLE ${follower}`, outcomes: stopped },
  {
    what: 'renamed',
    sql: ({ follower }) => `ALTER TABLE ${follower} RENAME TO thing`,
    outcomes: { ...stopped, CLEAN_UP: 'DependentObjectsError' },
    undo: {
      from: 'DependentObjectsError',
      sql: ({ follower }) => `ALTER TABLE ${follower.split('.')[0]}.thing RENAME TO item`,
    },
  },
  {
    what: 'its row deleted',
    sql: ({ follower }) => `DELETE FROM ${follower} WHERE id = 50`,
    outcomes: { ...guarded('VerificationFailedError'), SETUP: null },
  },
  {
    what: 'a row updated',
    sql: ({ follower }) => `UPDATE ${follower} SET note = 'x' WHERE id = 50`,
    outcomes: { ...guarded('VerificationFailedError'), SETUP: null },
  },
  {
    what: 'a row inserted',
    sql: ({ follower }) => `INSERT INTO ${follower} (id, no) VALUES (7777, 0)`,
    outcomes: guarded('VerificationFailedError'),
  },
  {
    what: 'TRUNCATE',
    sql: ({ follower }) => `TRUNCATE ${follower}`,
    outcomes: { ...guarded('VerificationFailedError'), SETUP: null },
  },
  {
    what: 'its guard dropped, and a row deleted',
    first: 'POST_SYNC_UPDATE',
    sql: ({ follower }) => `DROP TRIGGER shadowstep_guard ON ${follower}; DELETE FROM ${follower} WHERE id = 50`,
    outcomes: { ...stopped, SETUP: null, BACKFILL: null, SYNC_SCHEMAS: null },
  },
  {
    what: 'its guard disabled and enabled again, and a row deleted meanwhile',
    first: 'REVERT',
    sql: ({ follower }) => `
      ALTER TABLE ${follower} DISABLE TRIGGER shadowstep_guard; DELETE FROM ${follower} WHERE id = 50;
      ALTER TABLE ${follower} ENABLE ALWAYS TRIGGER shadowstep_guard`,
    outcomes: { ...stopped, SETUP: null, BACKFILL: null, SYNC_SCHEMAS: null },
  },
];

/** The log into which the application's writes go now. */
export const ON_THE_LOG: readonly Meddling[] = [
  { what: 'DELETE', sql: ({ log }) => `DELETE FROM ${log}`, outcomes: always('refused 55006') },
  { what: 'TRUNCATE', sql: ({ log }) => `TRUNCATE ${log}`, outcomes: always('refused 55006') },
  { what: 'UPDATE', sql: ({ log }) => `UPDATE ${log} SET key_1 = 0`, outcomes: always('refused 55006') },
  { what: 'dropped', sql: ({ log }) => `DROP TABLE ${log}`, outcomes: always('refused 2BP01') },
  {
    what: 'a key column dropped',
    sql: ({ log }) => `ALTER TABLE ${log} DROP key_1`,
    outcomes: always('refused 2BP01'),
  },
  {
    what: 'a key column of another type',
    sql: ({ log }) => `ALTER TABLE ${log} ALTER key_1 TYPE numeric`,
    outcomes: always('refused 0A000'),
  },
  { what: 'dropped by CASCADE', sql: ({ log }) => `DROP TABLE ${log} CASCADE`, outcomes: stopped },
  { what: 'a key column renamed', sql: ({ log }) => `ALTER TABLE ${log} RENAME key_1 TO id`, outcomes: stopped },
  {
    what: 'renamed',
    sql: ({ log }) => `ALTER TABLE ${log} RENAME TO thing`,
    outcomes: { ...stopped, CLEAN_UP: 'DependentObjectsError' },
    undo: {
      from: 'DependentObjectsError',
      sql: ({ log }) => `ALTER TABLE ${RUN_SCHEMA}.thing RENAME TO ${log.split('.')[1]}`,
    },
  },
  {
    what: 'moved',
    sql: ({ log }) => `ALTER TABLE ${log} SET SCHEMA public`,
    outcomes: { ...stopped, CLEAN_UP: 'DependentObjectsError' },
    undo: {
      from: 'DependentObjectsError',
      sql: ({ log }) => `ALTER TABLE public.${log.split('.')[1]} SET SCHEMA ${RUN_SCHEMA}`,
    },
  },
  { what: 'INSERT revoked', sql: ({ log }) => `REVOKE ALL ON ${log} FROM ${ROLES.owner}`, outcomes: stopped },
  {
    what: 'another owner',
    by: 'superuser',
    sql: ({ log }) => `ALTER TABLE ${log} OWNER TO ${ROLES.reader}`,
    outcomes: stopped,
  },
  {
    what: 'row security forced',
    sql: ({ log }) => `ALTER TABLE ${log} ENABLE ROW LEVEL SECURITY; ALTER TABLE ${log} FORCE ROW LEVEL SECURITY`,
    outcomes: stopped,
  },
  { what: 'a column added', sql: ({ log }) => `ALTER TABLE ${log} ADD more text`, outcomes: stopped },
  { what: 'an index dropped', sql: ({ log }) => `DROP INDEX ${log}_by_key`, outcomes: stopped },
  {
    what: 'a rule for a while',
    sql: ({ log }) => `CREATE RULE nothing AS ON INSERT TO ${log} DO INSTEAD NOTHING; DROP RULE nothing ON ${log}`,
    outcomes: stopped,
  },
  {
    what: 'a trigger put on it',
    sql: ({ log }) => `
      CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER touch BEFORE INSERT ON ${log} FOR EACH ROW EXECUTE FUNCTION public.touch()`,
    outcomes: stopped,
    undo: { from: null, sql: () => 'DROP FUNCTION public.touch' },
  },
  {
    what: 'its guard dropped',
    sql: ({ log }) => `DROP TRIGGER shadowstep_guard ON ${log}; DELETE FROM ${log}`,
    outcomes: stopped,
  },
  { what: 'VACUUM FULL', sql: ({ log }) => `VACUUM FULL ${log}`, outcomes: stopped },
  {
    what: 'a unique index',
    sql: ({ log }) => `CREATE UNIQUE INDEX once ON ${log} (key_1)`,
    outcomes: stopped,
    applicationFails: true,
  },
  {
    what: 'a NOT NULL column',
    sql: ({ log }) =>
      `ALTER TABLE ${log} ADD more text NOT NULL DEFAULT ''; ALTER TABLE ${log} ALTER more DROP DEFAULT`,
    outcomes: stopped,
    applicationFails: true,
  },
  {
    what: 'a CHECK',
    sql: ({ log }) => `ALTER TABLE ${log} ADD CHECK (key_1 < 0) NOT VALID`,
    outcomes: stopped,
    applicationFails: true,
  },
];

/** Triggers, functions and schemas. */
export const ON_WHAT_CAPTURES: readonly Meddling[] = [
  {
    what: 'a trigger dropped',
    sql: () => 'DROP TRIGGER shadowstep_delete ON public.item',
    outcomes: stopped,
  },
  {
    what: 'a trigger renamed',
    sql: () => 'ALTER TRIGGER shadowstep_delete ON public.item RENAME TO other',
    outcomes: { ...stopped, CLEAN_UP: 'DependentObjectsError' },
    undo: { from: 'DependentObjectsError', sql: () => 'DROP TRIGGER other ON public.item' },
  },
  {
    what: 'all triggers disabled',
    sql: () => 'ALTER TABLE public.item DISABLE TRIGGER USER',
    outcomes: stopped,
  },
  {
    what: 'a trigger disabled and enabled again',
    sql: () => `
      ALTER TABLE public.item DISABLE TRIGGER shadowstep_update; UPDATE public.item SET note = 'unlogged' WHERE id = 60;
      UPDATE public.account SET note = 'unlogged' WHERE id = 60;
      ALTER TABLE public.item ENABLE ALWAYS TRIGGER shadowstep_update`,
    outcomes: stopped,
  },
  {
    what: 'a trigger enabled for replicas only',
    sql: () => 'ALTER TABLE public.item ENABLE REPLICA TRIGGER shadowstep_delete',
    outcomes: stopped,
  },
  {
    what: 'a function replaced by one that logs nothing',
    sql: ({ log, functions }) =>
      `CREATE OR REPLACE FUNCTION ${functions}_key(bigint, ${log}) RETURNS boolean LANGUAGE sql AS 'SELECT false'`,
    outcomes: stopped,
  },
  {
    what: 'a function dropped',
    sql: ({ functions }) => `DROP FUNCTION ${functions}_key`,
    outcomes: always('refused 2BP01'),
  },
  {
    what: 'a function dropped by CASCADE',
    sql: ({ functions }) => `DROP FUNCTION ${functions}_key CASCADE`,
    outcomes: stopped,
  },
  { what: 'the drain dropped', sql: ({ functions }) => `DROP FUNCTION ${functions}_drain`, outcomes: stopped },
  {
    what: 'a function of another owner',
    by: 'superuser',
    sql: ({ functions }) => `ALTER FUNCTION ${functions}_key OWNER TO ${ROLES.reader}`,
    outcomes: stopped,
  },
  {
    what: 'a function SECURITY INVOKER',
    sql: ({ functions }) => `ALTER FUNCTION ${functions}_update SECURITY INVOKER`,
    outcomes: stopped,
  },
  {
    what: 'EXECUTE revoked',
    sql: () => `REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA ${RUN_SCHEMA} FROM PUBLIC`,
    outcomes: stopped,
    applicationFails: true,
  },
  {
    what: 'USAGE of our schema revoked',
    sql: () => `REVOKE ALL ON SCHEMA ${RUN_SCHEMA} FROM ${ROLES.owner}, PUBLIC`,
    outcomes: { ...stopped, CLEAN_UP: 'PrivilegeError' },
    undo: { from: 'PrivilegeError', sql: () => `GRANT ALL ON SCHEMA ${RUN_SCHEMA} TO ${ROLES.owner}` },
  },
  {
    what: 'our schema of another owner',
    by: 'superuser',
    sql: () => `ALTER SCHEMA ${RUN_SCHEMA} OWNER TO ${ROLES.reader}`,
    outcomes: { ...stopped, CLEAN_UP: 'PrivilegeError' },
    undo: { from: 'PrivilegeError', sql: () => `ALTER SCHEMA ${RUN_SCHEMA} OWNER TO ${ROLES.owner}` },
  },
  {
    what: 'our schema renamed',
    sql: () => `ALTER SCHEMA ${RUN_SCHEMA} RENAME TO other`,
    outcomes: { ...stopped, CLEAN_UP: 'DependentObjectsError' },
    undo: { from: 'DependentObjectsError', sql: () => `ALTER SCHEMA other RENAME TO ${RUN_SCHEMA}` },
  },
  {
    what: 'our schema renamed for a while',
    sql: () => `
      ALTER SCHEMA ${RUN_SCHEMA} RENAME TO other; UPDATE public.item SET note = 'meanwhile' WHERE id = 60;
      UPDATE public.account SET note = 'meanwhile' WHERE id = 60; ALTER SCHEMA other RENAME TO ${RUN_SCHEMA}`,
    outcomes: stopped,
  },
  { what: 'our schema dropped', sql: () => `DROP SCHEMA ${RUN_SCHEMA} CASCADE`, outcomes: stopped },
  {
    what: 'the schema for the old table dropped',
    sql: () => `DROP SCHEMA ${OLD_SCHEMA} CASCADE`,
    outcomes: stopped,
  },
  {
    what: 'a table of the same name in the way of the exchange',
    sql: ({ park }) => `CREATE TABLE ${park}.item_by_note ()`,
    outcomes: { ...stopped, SETUP: null, BACKFILL: null, SYNC_SCHEMAS: null, CLEAN_UP: 'DependentObjectsError' },
    undo: { from: 'DependentObjectsError', sql: ({ park }) => `DROP TABLE ${park}.item_by_note` },
  },
  {
    what: 'a table put into our schema',
    sql: () => `CREATE TABLE ${RUN_SCHEMA}.hanger ()`,
    outcomes: always('DependentObjectsError'),
    undo: { from: 'DependentObjectsError', sql: () => `DROP TABLE ${RUN_SCHEMA}.hanger` },
  },
];
