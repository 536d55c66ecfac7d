import type pg from 'pg';

/** Rows are shown as far as this, and a digest of the whole. */
const SHOWN_CHARACTERS = 200;

/**
 * Every row of every table in some schemas, as text, sorted: what two databases must have alike. Each value by its output
 * function with all its digits, so that 1.0 and 1.00, 0 and −0, NULL and an empty text differ. By the superuser, whom no
 * policy hides anything from; of a partitioned or inherited table each part by itself.
 */
export async function rowsOf(client: pg.ClientBase, schemas: readonly string[]): Promise<Record<string, string[]>> {
  const { rows: tables } = await client.query<{ name: string }>(
    /* sql */ `
    SELECT format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'm') AND c.relispopulated
    ORDER BY 1`,
    [schemas],
  );
  const rowsByTable: Record<string, string[]> = {};
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(/* sql */ `
      SELECT left(one.as_text, ${SHOWN_CHARACTERS}) || ' ' || md5(one.as_text) AS row
      FROM (SELECT t::text AS as_text FROM ONLY ${name} AS t) AS one
      ORDER BY one.as_text COLLATE "C"`);
    rowsByTable[name] = rows.map((one) => one.row);
  }
  return rowsByTable;
}

/**
 * What the planner knows by ANALYZE: the columns and expressions of some schemas' tables that have statistics, inherited
 * ones apart, and their extended statistics that have been filled.
 */
export async function plannerStatisticsOf(client: pg.ClientBase, schemas: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    /* sql */ `
    SELECT format('%s column %s%s', s.starelid::regclass, a.attname, CASE WHEN s.stainherit THEN ' with children' END) AS line
    FROM pg_statistic AS s
    JOIN pg_class AS c ON c.oid = s.starelid
    JOIN pg_attribute AS a ON a.attrelid = s.starelid AND a.attnum = s.staattnum
    WHERE c.relnamespace = ANY ($1::text[]::regnamespace[])
    UNION ALL
    SELECT format('extended %I.%I', e.stxnamespace::regnamespace, e.stxname)
    FROM pg_statistic_ext AS e
    JOIN pg_statistic_ext_data AS d ON d.stxoid = e.oid
    WHERE e.stxnamespace = ANY ($1::text[]::regnamespace[])
    ORDER BY 1`,
    [schemas],
  );
  return rows.map((row) => row.line);
}
