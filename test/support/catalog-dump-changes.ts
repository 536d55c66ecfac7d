import { ROLES } from './database.ts';

/** A change of the fixture's database that a schema dump has to show. */
export interface CatalogChange {
  readonly what: string;
  readonly sql: string;
  /** Only from this major on. */
  readonly since?: number;
  /** False for what pg_dump does not print (for it would make no difference to a restored database, or is forgotten). */
  readonly pgDumpShows?: false;
}

/** On top of `createOrdersFixture`: one of everything that the changes need. */
export const CHANGE_GROUND = /* sql */ `
  CREATE VIEW public.open_orders AS SELECT order_id, code FROM public.orders WHERE status = 'open';
  CREATE MATERIALIZED VIEW public.order_totals AS SELECT status, sum(total) AS total FROM public.orders GROUP BY status;
  CREATE TYPE public.mood AS ENUM ('sad', 'glad');
  CREATE DOMAIN public.percentage AS integer CHECK (VALUE BETWEEN 0 AND 100);
  CREATE TYPE public.pair AS (a integer, b text);
  CREATE STATISTICS public.orders_status_customer (dependencies) ON status, customer_id FROM public.orders;
  CREATE POLICY everyone ON public.orders USING (true);
  CREATE PUBLICATION shop FOR TABLE public.orders;
  CREATE TABLE public.events (at date NOT NULL, what text) PARTITION BY RANGE (at);
  CREATE TABLE public.events_2024 PARTITION OF public.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE TABLE public.events_2025 (at date NOT NULL, what text);
  CREATE TABLE public.big_orders () INHERITS (public.orders);`;

export const CHANGES: readonly CatalogChange[] = [
  { what: 'a grant on a table', sql: `GRANT TRUNCATE ON public.orders TO ${ROLES.app}` },
  { what: 'membership of an extension', sql: 'ALTER EXTENSION plpgsql ADD TABLE public.order_lines' },
  {
    what: 'an index that goes with an extension',
    sql: 'ALTER INDEX public.orders_placed_at DEPENDS ON EXTENSION plpgsql',
  },
  { what: 'a grant option', sql: `GRANT SELECT ON public.orders TO ${ROLES.app} WITH GRANT OPTION` },
  { what: 'a grant on a column', sql: `GRANT UPDATE (email) ON public.orders TO ${ROLES.reader}` },
  { what: 'a grant on a sequence', sql: `GRANT UPDATE ON SEQUENCE public.orders_order_id_seq TO ${ROLES.app}` },
  { what: 'a grant to PUBLIC on a schema', sql: 'GRANT CREATE ON SCHEMA public TO PUBLIC' },
  { what: 'a grant on a row type', sql: 'REVOKE USAGE ON TYPE public.orders FROM PUBLIC', pgDumpShows: false },
  { what: 'the owner', sql: `ALTER TABLE public.orders OWNER TO ${ROLES.reader}` },
  { what: 'a comment on a table', sql: `COMMENT ON TABLE public.orders IS 'Something else'` },
  { what: 'a comment on a column', sql: `COMMENT ON COLUMN public.orders.note IS 'Free text'` },
  { what: 'a comment on an index', sql: 'COMMENT ON INDEX public.orders_open_slot IS NULL' },
  { what: 'a comment on a constraint', sql: `COMMENT ON CONSTRAINT orders_pkey ON public.orders IS 'The key'` },
  { what: 'a comment on a policy', sql: `COMMENT ON POLICY everyone ON public.orders IS 'All of them'` },
  { what: 'a storage parameter', sql: 'ALTER TABLE public.orders SET (autovacuum_vacuum_scale_factor = 0.01)' },
  { what: 'a TOAST parameter', sql: 'ALTER TABLE public.orders SET (toast.autovacuum_enabled = false)' },
  { what: 'a column option', sql: 'ALTER TABLE public.orders ALTER COLUMN code SET (n_distinct = -1)' },
  { what: 'a statistics target', sql: 'ALTER TABLE public.orders ALTER COLUMN code SET STATISTICS 500' },
  { what: 'a storage mode', sql: 'ALTER TABLE public.orders ALTER COLUMN note SET STORAGE EXTERNAL' },
  { what: 'a compression', sql: 'ALTER TABLE public.orders ALTER COLUMN note SET COMPRESSION pglz' },
  { what: 'a default', sql: `ALTER TABLE public.orders ALTER COLUMN status SET DEFAULT 'open'` },
  { what: 'NOT NULL', sql: 'ALTER TABLE public.orders ALTER COLUMN customer_id DROP NOT NULL' },
  { what: 'a type', sql: 'ALTER TABLE public.orders ALTER COLUMN slot TYPE bigint' },
  { what: 'a collation', sql: 'ALTER TABLE public.orders ALTER COLUMN note TYPE text COLLATE "POSIX"' },
  { what: 'a column', sql: 'ALTER TABLE public.orders ADD COLUMN extra integer' },
  {
    what: 'a generated column',
    sql: 'ALTER TABLE public.order_lines ADD COLUMN twice integer GENERATED ALWAYS AS (quantity * 2) STORED',
  },
  { what: 'an identity', sql: 'ALTER TABLE public.order_lines ALTER COLUMN line_id SET GENERATED ALWAYS' },
  { what: 'a sequence option', sql: 'ALTER SEQUENCE public.orders_order_id_seq CACHE 20' },
  { what: 'the owner column of a sequence', sql: 'ALTER SEQUENCE public.orders_order_id_seq OWNED BY NONE' },
  { what: 'the type of a sequence', sql: 'ALTER SEQUENCE public.orders_order_id_seq AS integer' },
  { what: 'row security', sql: 'ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY' },
  { what: 'forced row security', sql: 'ALTER TABLE public.orders FORCE ROW LEVEL SECURITY' },
  { what: 'a policy', sql: `ALTER POLICY everyone ON public.orders TO ${ROLES.app}` },
  { what: 'the replica identity', sql: 'ALTER TABLE public.orders REPLICA IDENTITY FULL' },
  {
    what: 'the index of the replica identity',
    sql: 'ALTER TABLE public.orders REPLICA IDENTITY USING INDEX orders_code_key',
  },
  { what: 'the index to cluster on', sql: 'ALTER TABLE public.orders CLUSTER ON orders_placed_at' },
  { what: 'UNLOGGED', sql: 'ALTER TABLE public.order_lines SET UNLOGGED' },
  { what: 'an index', sql: 'CREATE INDEX ON public.orders (total)' },
  { what: 'an index option', sql: 'ALTER INDEX public.orders_placed_at SET (fillfactor = 70)' },
  {
    what: 'a statistics target of an index',
    sql: 'ALTER INDEX public.orders_email_lower ALTER COLUMN 1 SET STATISTICS 300',
  },
  { what: 'the name of an index', sql: 'ALTER INDEX public.orders_placed_at RENAME TO orders_placed_at1' },
  { what: 'a CHECK not validated', sql: 'ALTER TABLE public.orders ADD CHECK (slot > 0) NOT VALID' },
  {
    what: 'deferrability',
    sql: 'ALTER TABLE public.order_lines ALTER CONSTRAINT order_lines_order_fkey DEFERRABLE',
  },
  {
    what: 'a constraint not enforced',
    sql: 'ALTER TABLE public.order_lines ALTER CONSTRAINT order_lines_order_fkey NOT ENFORCED',
    since: 18,
  },
  { what: 'a trigger disabled', sql: 'ALTER TABLE public.orders DISABLE TRIGGER orders_touch' },
  {
    what: 'the triggers of a foreign key disabled',
    sql: 'ALTER TABLE public.customers DISABLE TRIGGER ALL',
    pgDumpShows: false,
  },
  { what: 'a rule', sql: 'CREATE RULE keep AS ON DELETE TO public.customers DO INSTEAD NOTHING' },
  { what: 'an option of a view', sql: 'ALTER VIEW public.open_orders SET (security_barrier)' },
  {
    what: 'the definition of a view',
    sql: 'CREATE OR REPLACE VIEW public.open_orders AS SELECT order_id, code FROM public.orders',
  },
  { what: 'an index of a materialized view', sql: 'CREATE UNIQUE INDEX ON public.order_totals (status)' },
  {
    what: 'a materialized view without data',
    sql: 'REFRESH MATERIALIZED VIEW public.order_totals WITH NO DATA',
    pgDumpShows: false,
  },
  { what: 'a label of an enum', sql: `ALTER TYPE public.mood ADD VALUE 'so so' BEFORE 'glad'` },
  { what: 'a constraint of a domain', sql: 'ALTER DOMAIN public.percentage ADD CONSTRAINT even CHECK (VALUE % 2 = 0)' },
  { what: 'an attribute of a type', sql: 'ALTER TYPE public.pair ADD ATTRIBUTE c date' },
  { what: 'the kinds of a statistics object', sql: 'DROP STATISTICS public.orders_status_customer' },
  {
    what: 'the target of a statistics object',
    sql: 'ALTER STATISTICS public.orders_status_customer SET STATISTICS 99',
  },
  { what: 'a member of a publication', sql: 'ALTER PUBLICATION shop ADD TABLE public.customers' },
  {
    what: 'a column list of a publication',
    sql: 'ALTER PUBLICATION shop SET TABLE public.orders (order_id)',
    since: 15,
  },
  {
    what: 'a row filter of a publication',
    sql: 'ALTER PUBLICATION shop SET TABLE public.orders WHERE (order_id > 5)',
    since: 15,
  },
  { what: 'an option of a publication', sql: `ALTER PUBLICATION shop SET (publish = 'insert')` },
  {
    what: 'a partition',
    sql: `ALTER TABLE public.events ATTACH PARTITION public.events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')`,
  },
  { what: 'a partition detached', sql: 'ALTER TABLE public.events DETACH PARTITION public.events_2024' },
  { what: 'inheritance', sql: 'ALTER TABLE public.big_orders NO INHERIT public.orders' },
  { what: 'a function', sql: 'ALTER FUNCTION public.touch_updated_at() SECURITY DEFINER' },
  {
    what: 'a function marked for an extension',
    sql: 'ALTER FUNCTION public.touch_updated_at() DEPENDS ON EXTENSION plpgsql',
  },
  {
    what: 'a grant on a function',
    sql: 'REVOKE EXECUTE ON FUNCTION public.touch_updated_at() FROM PUBLIC',
  },
  {
    what: 'an event trigger',
    sql: 'CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION public.on_ddl()',
  },
  {
    what: 'default privileges',
    sql: `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${ROLES.app}`,
  },
  { what: 'an extension', sql: 'CREATE EXTENSION hstore' },
  { what: 'a schema', sql: 'CREATE SCHEMA other' },
  {
    what: 'a capture trigger left behind',
    sql: `CREATE TRIGGER shadowstep_insert AFTER INSERT ON public.orders
            FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at()`,
  },
  {
    what: 'a comment on a trigger named as ours are',
    sql: `CREATE TRIGGER shadowstep_insert AFTER INSERT ON public.orders
            FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();
          COMMENT ON TRIGGER shadowstep_insert ON public.orders IS 'Left behind'`,
  },
  {
    what: 'a foreign key that references a table of ours',
    sql: `CREATE SCHEMA shadowstep_9;
          CREATE TABLE shadowstep_9.customers (customer_id bigint PRIMARY KEY);
          INSERT INTO shadowstep_9.customers SELECT customer_id FROM public.customers;
          ALTER TABLE public.orders DROP CONSTRAINT orders_customer_fkey;
          ALTER TABLE public.orders ADD CONSTRAINT orders_customer_fkey
            FOREIGN KEY (customer_id) REFERENCES shadowstep_9.customers`,
  },
];

/** Changes that are none: the dump must stay as it was. */
export const NO_CHANGES: readonly CatalogChange[] = [
  { what: 'writes', sql: `UPDATE public.orders SET note = 'x'; SELECT nextval('public.orders_order_id_seq')` },
  {
    what: 'a grant that is taken back',
    sql: `GRANT SELECT ON public.events TO ${ROLES.app}; REVOKE SELECT ON public.events FROM ${ROLES.app}`,
  },
  {
    what: 'a column that comes and goes',
    sql: 'ALTER TABLE public.orders ADD COLUMN extra integer; ALTER TABLE public.orders DROP COLUMN extra',
  },
  { what: 'VACUUM FULL', sql: 'VACUUM FULL public.orders' },
  { what: 'REINDEX', sql: 'REINDEX TABLE public.orders' },
  {
    what: 'objects of ours in schemas of ours',
    sql: `CREATE SCHEMA shadowstep;
          CREATE TABLE shadowstep.run (run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state text NOT NULL);
          COMMENT ON TABLE shadowstep.run IS 'One line per run';
          COMMENT ON CONSTRAINT run_pkey ON shadowstep.run IS 'Its number';
          COMMENT ON SCHEMA shadowstep IS 'Ours';
          CREATE FUNCTION shadowstep.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
          CREATE SCHEMA shadowstep_1`,
  },
  {
    what: 'a table made anew with the same definition',
    sql: `DROP TABLE public.events_2025;
          CREATE TABLE public.events_2025 (gap integer, at date NOT NULL, what text);
          ALTER TABLE public.events_2025 DROP COLUMN gap, OWNER TO ${ROLES.owner}`,
  },
];
