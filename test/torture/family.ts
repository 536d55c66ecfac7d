import {
  type ForeignKeyAction,
  type Reference,
  SHAPE_DEFINITIONS,
  type Shape,
  type ShapeDefinition,
} from './shapes.ts';

export type TableRole = 'main' | 'up' | `down_${number}`;

export interface FamilyTable {
  /** In schema public. */
  readonly name: TableRole;
  readonly keyColumns: readonly string[];
  /** All columns in the order of the definition, with types for values: as wide as an alteration may make them. */
  readonly types: Readonly<Record<string, string>>;
}

export interface FamilyForeignKey extends Reference {
  readonly child: TableRole;
  readonly columns: readonly string[];
  readonly parent: TableRole;
}

/**
 * A table, `public.main`, with every kind of constraint, the table it refers to, `public.up`, and those that refer to it,
 * `public.down_1` and so on.
 */
export interface Family {
  readonly shape: Shape;
  readonly definition: ShapeDefinition;
  readonly main: FamilyTable;
  readonly up: FamilyTable;
  readonly downs: readonly FamilyTable[];
  readonly tables: readonly FamilyTable[];
  readonly foreignKeys: readonly FamilyForeignKey[];
  /** Keys of `main` that all writers fight over, one statement at a time. */
  readonly hotKeys: readonly (readonly string[])[];
  /** What SET DEFAULT falls back to. Nobody changes these two rows. */
  readonly sentinel: { readonly main: readonly string[]; readonly up: string };
  /** Odd while a TRUNCATE is being committed, and so moved by two when it has been. */
  truncations: number;
  /** Columns of `main` that have another type than at the beginning, for good. */
  readonly altered: Set<string>;
  /** Columns of `main`, integers once, in which writers put what only a bigint holds. */
  readonly beyondInteger: Set<string>;
}

const UP_TYPES = { id: 'integer', owner: 'integer', rev: 'text' } as const;

export function familyOf(shape: Shape): Family {
  const definition = SHAPE_DEFINITIONS[shape];
  const keyColumns = definition.key.map((column) => column.name);
  const keyTypes = Object.fromEntries(definition.key.map((column) => [column.name, column.type]));
  const main: FamilyTable = {
    name: 'main',
    keyColumns,
    types: {
      ...keyTypes,
      owner: 'integer',
      code: 'text',
      label: 'text',
      slot: 'bigint',
      live: 'boolean',
      span: 'int4range',
      rank: 'numeric',
      amount: 'numeric(12,2)',
      note: 'text',
      up_a: 'integer',
      up_b: 'integer',
      rev: 'text',
    },
  };
  const up: FamilyTable = { name: 'up', keyColumns: ['id'], types: UP_TYPES };
  const downs = definition.inbound.map(
    (_, index): FamilyTable => ({
      name: `down_${index + 1}`,
      keyColumns: ['line'],
      types: { line: 'bigint', owner: 'integer', rev: 'text', ...prefixed(keyTypes) },
    }),
  );
  return {
    shape,
    definition,
    main,
    up,
    downs,
    tables: [main, up, ...downs],
    foreignKeys: [
      { child: 'main', columns: ['up_a'], parent: 'up', ...definition.outbound[0] },
      { child: 'main', columns: ['up_b'], parent: 'up', ...definition.outbound[1] },
      ...definition.inbound.map(
        (reference, index): FamilyForeignKey => ({
          child: `down_${index + 1}`,
          columns: keyColumns.map((column) => `main_${column}`),
          parent: 'main',
          ...reference,
        }),
      ),
    ],
    hotKeys: [1, 2, 3, 4, 5, 6].map((n) => definition.keyOf(900_000_000 + n)),
    sentinel: { main: definition.keyOf(999_999_999), up: '0' },
    truncations: 0,
    altered: new Set(),
    beyondInteger: new Set(),
  };
}

export function familyColumns(table: FamilyTable): string[] {
  return Object.keys(table.types);
}

export function tableOf(family: Family, name: TableRole): FamilyTable {
  const table = family.tables.find((one) => one.name === name);
  if (table === undefined) throw new RangeError(`There is no table ${name}`);
  return table;
}

export function defaultOf(family: Family, key: FamilyForeignKey): readonly string[] {
  return key.parent === 'up' ? [family.sentinel.up] : family.sentinel.main;
}

/** For a superuser, in an empty database; `owner` is to own the tables, `app` to use them. */
export function familyDdl(family: Family, owner: string, app: string): string {
  const { definition } = family;
  const keyList = definition.key.map((column) => column.name).join(', ');
  const defaultUp = (index: 0 | 1) =>
    definition.outbound[index].action === 'SET DEFAULT' ? ` DEFAULT ${family.sentinel.up}` : '';
  const downs = definition.inbound.map((reference, index) => {
    const columns = definition.key.map((column, place) => {
      const fallback =
        reference.action === 'SET DEFAULT' ? ` DEFAULT ${literal(family.sentinel.main[place] ?? '')}` : '';
      return `main_${column.name} ${column.referring}${fallback}`;
    });
    const name = `public.down_${index + 1}`;
    return /* sql */ `
    CREATE TABLE ${name} (
      line bigserial CONSTRAINT down_${index + 1}_pkey PRIMARY KEY,
      owner integer NOT NULL,
      rev text NOT NULL,
      ${columns.join(',\n      ')},
      CONSTRAINT down_${index + 1}_main FOREIGN KEY (${definition.key.map((column) => `main_${column.name}`).join(', ')})
        REFERENCES public.main (${keyList}) ${actions(reference)}
    );
    ALTER TABLE ${name} OWNER TO ${owner};
    GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ${name} TO ${app};
    GRANT USAGE ON SEQUENCE public.down_${index + 1}_line_seq TO ${app};`;
  });
  return /* sql */ `
    CREATE TABLE public.up (id integer CONSTRAINT up_pkey PRIMARY KEY, owner integer NOT NULL, rev text NOT NULL);
    CREATE TABLE public.main (
      ${definition.key.map((column) => `${column.name} ${column.definition} NOT NULL`).join(',\n      ')},
      owner integer NOT NULL,
      code text CONSTRAINT main_code UNIQUE,
      label text,
      slot integer,
      live boolean NOT NULL DEFAULT true,
      span int4range,
      rank integer${definition.rankConstraint === null ? '' : ` CONSTRAINT main_rank UNIQUE DEFERRABLE ${definition.rankConstraint}`},
      amount numeric(12,2) NOT NULL DEFAULT 0,
      note text,
      up_a integer${defaultUp(0)} CONSTRAINT main_up_a REFERENCES public.up ${actions(definition.outbound[0])},
      up_b integer${defaultUp(1)} CONSTRAINT main_up_b REFERENCES public.up ${actions(definition.outbound[1])},
      rev text NOT NULL,
      CONSTRAINT main_span EXCLUDE USING gist (span WITH &&),
      CONSTRAINT main_key ${definition.primary ? 'PRIMARY KEY' : 'UNIQUE'} (${keyList})
    );
    CREATE UNIQUE INDEX main_label ON public.main (lower(label));
    CREATE UNIQUE INDEX main_slot ON public.main (slot) WHERE live;
    CREATE INDEX main_owner ON public.main (owner);
    ${definition.primary ? '' : 'ALTER TABLE public.main REPLICA IDENTITY USING INDEX main_key;'}
    ALTER TABLE public.up OWNER TO ${owner};
    ALTER TABLE public.main OWNER TO ${owner};
    GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON public.up, public.main TO ${app};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${app};
    ${downs.join('\n')}`;
}

/** The two rows of SET DEFAULT, unless they are there. */
export function sentinelStatements(family: Family): string[] {
  const { definition, sentinel } = family;
  const keyList = definition.key.map((column) => column.name).join(', ');
  return [
    /* sql */ `INSERT INTO public.up (id, owner, rev) VALUES (${sentinel.up}, -1, 'sentinel') ON CONFLICT (id) DO NOTHING`,
    /* sql */ `
    INSERT INTO public.main (${keyList}, owner, rev) VALUES (${sentinel.main.map(literal).join(', ')}, -1, 'sentinel')
    ON CONFLICT (${keyList}) DO NOTHING`,
  ];
}

/** Rows that nobody touches again, some 6 to a block, so that the backfill has something to do. */
export function coldRowsStatement(family: Family, count: number): string {
  return /* sql */ `
    INSERT INTO public.main (${family.definition.key.map((column) => column.name).join(', ')}, owner, rev, note)
    SELECT ${family.definition.coldKeys}, -1, 'cold', repeat(md5(i::text), 38) FROM generate_series(1, ${count}) AS i`;
}

function actions(reference: Reference): string {
  const action: ForeignKeyAction = reference.action;
  return `ON DELETE ${action} ON UPDATE ${action}${reference.deferred ? ' DEFERRABLE INITIALLY DEFERRED' : ''}`;
}

function prefixed(types: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [`main_${name}`, type]));
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
