import type { TableFacts } from '../catalog/table-facts.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';

/** A function that an expression calls, directly or by an operator, and that is neither built in nor written in C. */
export interface CalledFunction {
  readonly oid: number;
  /** `public.norm(text)`: regprocedure under the pinned search_path, so qualified. */
  readonly signature: string;
  readonly schema: string;
  /** Its body has names in a string, which are looked up along the search_path each time it is called. */
  readonly followsSearchPath: boolean;
  /** Its body is such a string in language sql, which the server can check without calling it. */
  readonly checkable: boolean;
  readonly executable: boolean;
}

/** What is evaluated on rows of the table while the copy is made: by INSERT on it, or by the build of an index. */
export interface TableExpression {
  readonly kind: 'CHECK constraint' | 'generated column' | 'index';
  readonly name: string;
  /** A select list and the condition under which it is evaluated, as pg_get_expr() writes them. */
  readonly expression: string;
  readonly predicate: string | null;
  readonly functions: readonly CalledFunction[];
}

/**
 * The table's expressions that call a function of somebody's. Left out are defaults, which the application evaluates and
 * we never do, and CHECKs of domains: a value that already is of the domain is not checked again when it is copied.
 */
export function readTableExpressions(client: Queryable, tableOid: number): Promise<TableExpression[]> {
  return client.query<TableExpression>(
    /* sql */ `
    WITH expression AS (
      SELECT 'CHECK constraint' AS kind, k.conname::text AS name, pg_get_expr(k.conbin, k.conrelid) AS expression,
             NULL AS predicate, 'pg_constraint'::regclass AS class, k.oid, 0 AS column_number
      FROM pg_constraint AS k
      WHERE k.conrelid = $1::oid AND k.contype = 'c'
      UNION ALL
      SELECT 'generated column', a.attname::text, pg_get_expr(d.adbin, d.adrelid), NULL, 'pg_attrdef'::regclass, d.oid, d.adnum
      FROM pg_attrdef AS d
      JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
      WHERE d.adrelid = $1::oid AND a.attgenerated <> ''
      UNION ALL
      SELECT 'index', c.relname::text, COALESCE(pg_get_expr(x.indexprs, x.indrelid), ''),
             pg_get_expr(x.indpred, x.indrelid), 'pg_class'::regclass, x.indexrelid, 0
      FROM pg_index AS x
      JOIN pg_class AS c ON c.oid = x.indexrelid
      WHERE x.indrelid = $1::oid AND (x.indexprs IS NOT NULL OR x.indpred IS NOT NULL)
    ), called AS (
      SELECT e.class, e.oid, array_agg(DISTINCT p.oid) AS functions
      FROM expression AS e
      -- By the row of its expression from 15 on; in 14 it is the generated column itself that depends.
      JOIN pg_depend AS d
        ON (d.classid = e.class AND d.objid = e.oid)
        OR (e.column_number > 0 AND d.classid = 'pg_class'::regclass AND d.objid = $1::oid AND d.objsubid = e.column_number)
      LEFT JOIN pg_operator AS o ON d.refclassid = 'pg_operator'::regclass AND o.oid = d.refobjid
      JOIN pg_proc AS p ON p.oid = CASE WHEN d.refclassid = 'pg_proc'::regclass THEN d.refobjid ELSE o.oprcode END
      JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname NOT IN ('internal', 'c')
      GROUP BY e.class, e.oid
    )
    SELECT e.kind, e.name, e.expression, e.predicate, listed.functions
    FROM expression AS e
    JOIN called ON called.class = e.class AND called.oid = e.oid
    CROSS JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object(
               'oid', p.oid::int8,
               'signature', p.oid::regprocedure::text,
               'schema', n.nspname,
               'followsSearchPath', own.follows,
               'checkable', own.follows AND l.lanname = 'sql',
               'executable', has_function_privilege(p.oid, 'EXECUTE')) ORDER BY p.oid::regprocedure::text) AS functions
      FROM unnest(called.functions) AS called_function(oid)
      JOIN pg_proc AS p ON p.oid = called_function.oid
      JOIN pg_language AS l ON l.oid = p.prolang
      JOIN pg_namespace AS n ON n.oid = p.pronamespace
      CROSS JOIN LATERAL (
        SELECT p.prosqlbody IS NULL
               AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS s(setting) WHERE starts_with(s.setting, 'search_path='))
                 AS follows
      ) AS own
    ) AS listed
    ORDER BY 1, 2`,
    [tableOid],
  );
}

/** How many live rows of the table's first blocks are tried: enough to meet what every row meets. */
const ROWS_TRIED = 20;
const BLOCKS_READ = 1_000;

/**
 * Values with which an expression can be tried where there are no rows, by typcategory; the rest is NULL. The text is the
 * name of a table and of a type wherever it is looked up, so that a function that converts to one does not fail by it.
 */
const SAMPLES: Readonly<Record<string, string>> = {
  S: 'pg_class',
  N: '1',
  B: 'true',
  D: '2000-01-01',
  T: '1 hour',
  A: '{}',
  R: 'empty',
  I: '127.0.0.1',
};

export interface TriedRows {
  /** A row of NULLs and a row of made-up values: what the server says about them holds no row value (I-13). */
  readonly madeUp: readonly string[];
  /** The table's own first rows. */
  readonly own: string;
}

/**
 * FROM clauses whose alias is the table's name, since a whole-row reference bears it. LIMIT keeps the planner from answering
 * out of the very index that is tried.
 */
export async function triedRows(client: Queryable, facts: TableFacts): Promise<TriedRows> {
  const columns = await client.query<{ name: string; type: string; category: string }>(
    /* sql */ `
    -- Of a domain the type beneath: casting to the domain itself would evaluate its CHECKs.
    WITH RECURSIVE typed AS (
      SELECT a.attnum, a.attname, a.atttypid AS type_oid, a.atttypmod AS modifier
      FROM pg_attribute AS a
      WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT typed.attnum, typed.attname, d.typbasetype, d.typtypmod
      FROM typed
      JOIN pg_type AS d ON d.oid = typed.type_oid AND d.typtype = 'd'
    )
    SELECT typed.attname::text AS name, format_type(typed.type_oid, typed.modifier) AS type, t.typcategory AS category
    FROM typed
    JOIN pg_type AS t ON t.oid = typed.type_oid AND t.typtype <> 'd'
    ORDER BY typed.attnum`,
    [facts.oid],
  );
  const alias = quoteIdent(facts.name);
  const rowOf = (literal: (category: string) => string) =>
    `(SELECT ${[
      ...columns.map(({ name, type, category }) => `CAST(${literal(category)} AS ${type}) AS ${quoteIdent(name)}`),
      '0::pg_catalog.oid AS tableoid',
    ].join(', ')} OFFSET 0) AS ${alias}`;
  return {
    madeUp: [
      rowOf(() => 'NULL'),
      rowOf((category) => (SAMPLES[category] === undefined ? 'NULL' : `'${SAMPLES[category]}'`)),
    ],
    own: `(SELECT *, tableoid FROM ONLY ${qualified(facts)} WHERE ctid < '(${BLOCKS_READ},0)' LIMIT ${ROWS_TRIED}) AS ${alias}`,
  };
}

/** An expression over some rows: an index's only over those that it holds. */
export function evaluationSql({ kind, expression, predicate }: TableExpression, rows: string): string {
  const value = kind === 'index' ? `ROW(${expression})` : `(${expression})`;
  return /* sql */ `SELECT ${value} FROM ${rows}${predicate === null ? '' : ` WHERE (${predicate})`}`;
}
