import { ROLES } from '../support/database.ts';
import { always, beforeSwap, type Meddling } from './meddling.ts';

/** DDL would be lost by the swap, so it stops it; after the swap it is the new table's own, and only a revert would lose it. */
const lostBySwap = beforeSwap('SourceChangedError', 'carried', 'SourceChangedError');
/** The exchange of a revert carries it back. */
const carriedBack = beforeSwap('SourceChangedError', 'carried', 'carried');
/** Rows that have moved stop the backfill; afterwards the new definition stops the swap. */
const rewritten = { ...lostBySwap, SETUP: 'SourceRewrittenError' } as const;
const missing = beforeSwap('SourceMissingError', 'carried', 'SourceMissingError');

/** DDL on the source; after the swap on the new table, which bears its name. */
export const ON_THE_SOURCE: readonly Meddling[] = [
  {
    what: 'a column dropped',
    sql: () => 'ALTER TABLE public.item DROP note',
    outcomes: lostBySwap,
    item: { rest: ['no'] },
  },
  { what: 'a column added', sql: () => 'ALTER TABLE public.item ADD added int DEFAULT 5', outcomes: lostBySwap },
  {
    what: 'a column added and dropped again',
    sql: () => 'ALTER TABLE public.item ADD later int; ALTER TABLE public.item DROP later',
    outcomes: beforeSwap('carried', 'carried', 'carried'),
  },
  {
    what: 'the key column renamed',
    sql: () => 'ALTER TABLE public.item RENAME id TO ident',
    outcomes: lostBySwap,
    item: { key: 'ident' },
  },
  {
    what: 'another column renamed',
    sql: () => 'ALTER TABLE public.item RENAME code TO label',
    outcomes: lostBySwap,
    item: { code: 'label' },
  },
  {
    what: 'the type of the key changed',
    sql: () => 'ALTER TABLE public.item ALTER id TYPE numeric',
    outcomes: always('refused 0A000'),
  },
  {
    what: 'the key column dropped',
    sql: () => 'ALTER TABLE public.item DROP id',
    outcomes: always('refused 2BP01'),
  },
  {
    what: 'a column rewritten to another type',
    sql: () => 'ALTER TABLE public.item ALTER note TYPE varchar(100)',
    outcomes: rewritten,
  },
  {
    what: 'a default changed',
    sql: () => `ALTER TABLE public.item ALTER note SET DEFAULT 'new'`,
    outcomes: lostBySwap,
    item: { rest: ['no'] },
  },
  {
    what: 'the key made anew under another name',
    sql: () => 'ALTER TABLE public.item DROP CONSTRAINT item_pkey, ADD CONSTRAINT item_key PRIMARY KEY (id)',
    outcomes: lostBySwap,
  },
  { what: 'an index created', sql: () => 'CREATE INDEX item_more ON public.item (note, code)', outcomes: lostBySwap },
  { what: 'an index dropped', sql: () => 'DROP INDEX public.item_by_note', outcomes: lostBySwap },
  { what: 'an index renamed', sql: () => 'ALTER INDEX public.item_by_note RENAME TO item_notes', outcomes: lostBySwap },
  {
    what: 'a CHECK added',
    sql: () => 'ALTER TABLE public.item ADD CONSTRAINT positive CHECK (id > 0) NOT VALID',
    outcomes: lostBySwap,
  },
  {
    what: 'a trigger created',
    sql: () => `
      CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER touch BEFORE UPDATE ON public.item FOR EACH ROW EXECUTE FUNCTION public.touch()`,
    outcomes: carriedBack,
  },
  {
    what: 'a foreign key that leads to it',
    sql: () => 'CREATE TABLE public.child (id bigint REFERENCES public.item ON DELETE CASCADE)',
    outcomes: carriedBack,
    without: ['truncate'],
  },
  { what: 'a grant', sql: () => `GRANT SELECT ON public.item TO ${ROLES.reader}`, outcomes: carriedBack },
  {
    what: 'a comment',
    sql: () => `COMMENT ON COLUMN public.item.note IS 'new'`,
    outcomes: lostBySwap,
  },
  { what: 'a storage parameter', sql: () => 'ALTER TABLE public.item SET (fillfactor = 70)', outcomes: carriedBack },
  {
    what: 'another replica identity',
    sql: () => 'ALTER TABLE public.item REPLICA IDENTITY FULL',
    outcomes: lostBySwap,
  },
  {
    what: 'a policy created',
    sql: () => 'CREATE POLICY everybody ON public.item USING (true)',
    outcomes: carriedBack,
  },
  {
    what: 'row security enabled and forced',
    sql: () => `
      CREATE POLICY everybody ON public.item USING (true);
      ALTER TABLE public.item ENABLE ROW LEVEL SECURITY; ALTER TABLE public.item FORCE ROW LEVEL SECURITY`,
    outcomes: lostBySwap,
    without: ['copy'],
  },
  {
    what: 'another owner',
    by: 'superuser',
    sql: () => `ALTER TABLE public.item OWNER TO ${ROLES.reader}`,
    outcomes: beforeSwap('SourceChangedError', 'PrivilegeError', 'SourceChangedError'),
    undo: { from: 'PrivilegeError', sql: () => `ALTER TABLE public.item OWNER TO ${ROLES.owner}` },
  },
  {
    what: 'SELECT revoked from the owner',
    sql: () => `REVOKE SELECT ON public.item FROM ${ROLES.owner}`,
    outcomes: lostBySwap,
  },
  { what: 'made UNLOGGED', sql: () => 'ALTER TABLE public.item SET UNLOGGED', outcomes: rewritten },
  {
    what: 'made UNLOGGED and LOGGED again',
    sql: () => 'ALTER TABLE public.item SET UNLOGGED; ALTER TABLE public.item SET LOGGED',
    outcomes: { ...always('carried'), SETUP: 'SourceRewrittenError' },
  },
  { what: 'CLUSTER', sql: () => 'CLUSTER public.item USING item_by_note', outcomes: rewritten },
  {
    what: 'VACUUM FULL',
    sql: () => 'VACUUM FULL public.item',
    first: 'SETUP',
    outcomes: { ...always('carried'), SETUP: 'SourceRewrittenError' },
  },
  { what: 'TRUNCATE', sql: () => 'TRUNCATE public.item, public.account', outcomes: always('carried') },
  {
    what: 'a sequence owned by nobody',
    sql: () => 'ALTER SEQUENCE public.item_no_seq OWNED BY NONE',
    outcomes: carriedBack,
  },
  {
    what: 'a sequence owned by another column',
    sql: () => 'ALTER SEQUENCE public.item_no_seq OWNED BY public.item.id',
    outcomes: carriedBack,
  },
  {
    what: 'moved to another schema',
    sql: () =>
      'CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO PUBLIC; ALTER TABLE public.item SET SCHEMA elsewhere',
    outcomes: missing,
    item: { table: 'elsewhere.item' },
  },
  {
    what: 'renamed',
    sql: () => 'ALTER TABLE public.item RENAME TO thing',
    outcomes: missing,
    item: { table: 'public.thing' },
  },
  {
    what: 'dropped',
    sql: () => 'DROP TABLE public.item',
    outcomes: beforeSwap('refused 2BP01', 'refused 2BP01', 'refused 2BP01'),
  },
  { what: 'dropped by CASCADE', sql: () => 'DROP TABLE public.item CASCADE', outcomes: missing, item: null },
  {
    what: 'dropped and made anew under its name',
    sql: () => `
      DROP TABLE public.item CASCADE; TRUNCATE public.account;
      CREATE TABLE public.item (id bigint CONSTRAINT item_pkey PRIMARY KEY, code text CONSTRAINT item_code_key UNIQUE);
      GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON public.item TO ${ROLES.app}`,
    outcomes: missing,
    item: { rest: [] },
  },
  {
    what: 'replaced by another of its name',
    sql: () => `
      ALTER TABLE public.item RENAME TO thing;
      CREATE TABLE public.item (LIKE public.thing INCLUDING ALL)`,
    outcomes: missing,
    item: { table: 'public.thing' },
  },
  {
    what: 'a publication of all tables',
    by: 'superuser',
    sql: () => 'CREATE PUBLICATION everything FOR ALL TABLES',
    // The copy is published with them, and its definition is looked at first.
    outcomes: { ...lostBySwap, SETUP: 'CopyChangedError', BACKFILL: 'CopyChangedError' },
  },
  {
    what: 'a child attached',
    sql: () => 'CREATE TABLE public.child () INHERITS (public.item)',
    outcomes: lostBySwap,
  },
  { what: 'a view', sql: () => 'CREATE VIEW public.items AS SELECT id FROM public.item', outcomes: carriedBack },
  {
    what: 'a rule',
    sql: () => 'CREATE RULE nothing AS ON UPDATE TO public.item WHERE NEW.id < 0 DO ALSO NOTHING',
    outcomes: carriedBack,
    without: ['upsert', 'merge'],
  },
  {
    what: 'an event trigger that refuses all DDL',
    by: 'superuser',
    sql: () => `
      CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$no$$; END';
      CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION public.refuse()`,
    outcomes: always('DatabaseError'),
    undo: { from: 'DatabaseError', sql: () => 'DROP EVENT TRIGGER refuse; DROP FUNCTION public.refuse' },
  },
  {
    what: 'extended statistics',
    sql: () => 'CREATE STATISTICS public.both ON code, note FROM public.item',
    outcomes: lostBySwap,
  },
];
