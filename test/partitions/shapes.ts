import { ROLES } from '../support/database.ts';

/** A partitioned table with a key (id, at), a leaf of it to repack, and values that its rows may have. */
export interface PartitionedShape {
  readonly name: string;
  /** SQL of the owner. The root is public.sales with columns id, at, region, note. */
  readonly ddl: string;
  readonly leaf: string;
  /** Values of (at, region) of which some lead to the leaf and some elsewhere. */
  readonly places: readonly (readonly [string, string])[];
}

const COLUMNS = `
  id bigint NOT NULL,
  at date NOT NULL,
  region varchar(10) COLLATE "C" NOT NULL DEFAULT 'eu',
  note text CONSTRAINT note_is_short CHECK (length(note) < 100)`;

/** What hangs on the root and on a leaf in every shape. */
function hung(leaf: string, key: string): string {
  return /* sql */ `
  ALTER TABLE public.sales ADD CONSTRAINT sales_pkey PRIMARY KEY (${key});
  CREATE INDEX sales_note ON public.sales (lower(note) DESC, at) WHERE note IS NOT NULL;
  CREATE INDEX sales_covering ON public.sales USING btree (region) INCLUDE (note);
  CREATE FUNCTION public.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
  CREATE FUNCTION public.pass() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER of_all AFTER INSERT OR UPDATE OR DELETE ON public.sales FOR EACH ROW EXECUTE FUNCTION public.noted();
  CREATE TRIGGER off_here BEFORE INSERT ON public.sales FOR EACH ROW EXECUTE FUNCTION public.pass();
  CREATE TRIGGER always_there AFTER UPDATE ON public.sales FOR EACH ROW EXECUTE FUNCTION public.noted();
  ALTER TABLE public.sales ENABLE ALWAYS TRIGGER always_there;
  ALTER TABLE ${leaf} DISABLE TRIGGER off_here;
  COMMENT ON TRIGGER of_all ON ${leaf} IS 'of all, here too';
  CREATE TRIGGER only_here AFTER INSERT ON ${leaf} FOR EACH ROW WHEN (NEW.id < 0) EXECUTE FUNCTION public.noted();
  ALTER TABLE ${leaf} ADD CONSTRAINT only_here CHECK (id > -1000000), ALTER COLUMN note SET STATISTICS 300,
    ALTER COLUMN note SET DEFAULT 'none', SET (fillfactor = 80);
  CREATE INDEX only_here_too ON ${leaf} (at, id);
  COMMENT ON TABLE ${leaf} IS 'a leaf';
  COMMENT ON CONSTRAINT note_is_short ON ${leaf} IS 'short here';
  GRANT SELECT ON ${leaf} TO ${ROLES.reader};
  GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON public.sales TO ${ROLES.app};`;
}

const BY_YEAR = [
  ['2024-05-05', 'eu'],
  ['2025-05-05', 'eu'],
  ['2025-11-30', 'us'],
  ['2026-05-05', 'eu'],
  ['2030-05-05', 'eu'],
] as const;

export const PARTITIONED_SHAPES: readonly PartitionedShape[] = [
  {
    name: 'a range beside a default partition',
    leaf: 'public.sales_2025',
    places: BY_YEAR,
    ddl: /* sql */ `
      CREATE TABLE public.sales (${COLUMNS}) PARTITION BY RANGE (at);
      CREATE TABLE public.sales_2024 PARTITION OF public.sales FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
      CREATE TABLE public.sales_2025 PARTITION OF public.sales FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      CREATE TABLE public.sales_2026 PARTITION OF public.sales FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      CREATE TABLE public.sales_rest PARTITION OF public.sales DEFAULT;
      ${hung('public.sales_2025', 'id, at')}`,
  },
  {
    name: 'the default partition',
    leaf: 'public.sales_rest',
    places: BY_YEAR,
    ddl: /* sql */ `
      CREATE TABLE public.sales (${COLUMNS}) PARTITION BY RANGE (at);
      CREATE TABLE public.sales_2025 PARTITION OF public.sales FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
      CREATE TABLE public.sales_2026 PARTITION OF public.sales FOR VALUES FROM ('2026-01-01') TO (MAXVALUE);
      CREATE TABLE public.sales_rest PARTITION OF public.sales DEFAULT;
      ${hung('public.sales_rest', 'id, at')}`,
  },
  {
    name: 'a list below a range, beside a default, its columns in another order',
    leaf: 'public.sales_2025_eu',
    places: BY_YEAR,
    ddl: /* sql */ `
      CREATE TABLE public.sales (${COLUMNS}) PARTITION BY RANGE (at);
      CREATE TABLE public.sales_2025 PARTITION OF public.sales FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
        PARTITION BY LIST (region);
      CREATE TABLE public.sales_2025_eu (gone int, note text CONSTRAINT note_is_short CHECK (length(note) < 100),
        region varchar(10) COLLATE "C" NOT NULL, at date NOT NULL, id bigint NOT NULL);
      ALTER TABLE public.sales_2025_eu DROP COLUMN gone;
      ALTER TABLE public.sales_2025 ATTACH PARTITION public.sales_2025_eu FOR VALUES IN ('eu', 'uk');
      CREATE TABLE public.sales_2025_rest PARTITION OF public.sales_2025 DEFAULT;
      CREATE TABLE public.sales_rest PARTITION OF public.sales DEFAULT;
      ${hung('public.sales_2025_eu', 'id, at, region')}`,
  },
  {
    name: 'one of two hash partitions',
    leaf: 'public.sales_h0',
    places: BY_YEAR,
    ddl: /* sql */ `
      CREATE TABLE public.sales (${COLUMNS}) PARTITION BY HASH (at);
      CREATE TABLE public.sales_h0 PARTITION OF public.sales FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE public.sales_h1 PARTITION OF public.sales FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      ${hung('public.sales_h0', 'id, at')}`,
  },
];

/** Leaves on two levels, a default partition on each; `leaf` is the one that has most hung on it. */
export const WHOLE_SHAPE: PartitionedShape = {
  name: 'partitions of several levels',
  leaf: 'public.sales_2025_eu',
  places: BY_YEAR,
  ddl: /* sql */ `
    CREATE TABLE public.sales (${COLUMNS}) PARTITION BY RANGE (at);
    CREATE TABLE public.sales_rest PARTITION OF public.sales DEFAULT;
    CREATE TABLE public.sales_2025 PARTITION OF public.sales FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')
      PARTITION BY LIST (region);
    CREATE TABLE public.sales_2025_rest PARTITION OF public.sales_2025 DEFAULT;
    CREATE TABLE public.sales_2025_eu (gone int, note text CONSTRAINT note_is_short CHECK (length(note) < 100),
      region varchar(10) COLLATE "C" NOT NULL, at date NOT NULL, id bigint NOT NULL);
    ALTER TABLE public.sales_2025_eu DROP COLUMN gone;
    ALTER TABLE public.sales_2025 ATTACH PARTITION public.sales_2025_eu FOR VALUES IN ('eu', 'uk');
    ${hung('public.sales_2025_eu', 'id, at, region')}`,
};

/** The leaves of `WHOLE_SHAPE` in the order of their turn. */
export const WHOLE_LEAVES = ['public.sales_2025_eu', 'public.sales_2025_rest', 'public.sales_rest'] as const;

/** Two leaves and as little else as can be. */
export const SMALL_WHOLE: PartitionedShape = {
  name: 'two small partitions',
  leaf: 'public.sales_2025',
  places: BY_YEAR,
  ddl: /* sql */ `
    CREATE TABLE public.sales (${COLUMNS}, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
    CREATE TABLE public.sales_2025 PARTITION OF public.sales FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);
    CREATE TABLE public.sales_2024 PARTITION OF public.sales FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');`,
};

/** Rows in every place; ids from 1, of writers beyond a million. */
export function fill(shape: PartitionedShape, rows: number): string {
  const places = shape.places.map(([at, region]) => `('${at}'::date, '${region}')`).join(', ');
  return /* sql */ `
    INSERT INTO public.sales (id, at, region, note)
    SELECT i, p.at, p.region, 'row ' || i
    FROM generate_series(1, ${rows}) AS i
    CROSS JOIN LATERAL (
      SELECT * FROM (VALUES ${places}) AS v(at, region) OFFSET (i % ${shape.places.length}) LIMIT 1
    ) AS p;
    UPDATE public.sales SET note = note || '!' WHERE id % 3 = 0;
    DELETE FROM public.sales WHERE id % 5 = 4;`;
}
