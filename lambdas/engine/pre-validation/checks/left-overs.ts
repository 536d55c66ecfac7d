import { OWN_TRIGGER_CONDITION } from '../../catalog/others-sql.ts';
import type { Queryable } from '../../postgres/session.ts';
import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const leftOvers: Check<TableContext> = {
  code: 'LeftOvers',
  title: 'the table has no capture triggers of a run that the registry does not know',
  why: 'Somebody has deleted the run from the registry, or the registry itself: nobody drains what those triggers log.',
  async run({ session, registry, facts, tableSql }) {
    if (!registry.readable) {
      return []; // MayNotUseRegistry has said no already; this is asked once it has the GRANT.
    }
    const schemas = await session.query<{ schema: string }>(
      /* sql */ `
      SELECT DISTINCT n.nspname AS schema
      FROM pg_catalog.pg_trigger AS t
      JOIN pg_catalog.pg_proc AS f ON f.oid = t.tgfoid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = f.pronamespace
      WHERE t.tgrelid = $1 AND ${OWN_TRIGGER_CONDITION}
        ${
          registry.version > 0
            ? /* sql */ `AND NOT EXISTS (SELECT FROM shadowstep.run AS r
                             WHERE r.finished_at IS NULL AND n.nspname = 'shadowstep_' || r.run_id)`
            : ''
        }`,
      [facts.oid],
    );
    const released = schemas.length === 0 ? [] : await sequencesOwnedByNobody(session, facts.oid);
    return schemas.map(({ schema }) =>
      refuse(
        `Capture triggers of a lost run are on ${tableSql}; their functions are in schema ${formatIdentifier(schema)}.`,
        `-- Look first whether a table is in there that you want to keep.\n    ` +
          `DROP SCHEMA ${formatIdentifier(schema)} CASCADE; DROP SCHEMA IF EXISTS ${formatIdentifier(`${schema}_old`)} CASCADE;` +
          released.map((sequence) => `\n    ${sequence}`).join(''),
      ),
    );
  },
};

/**
 * The exchange releases serial sequences before it, and gives them to their columns after it; which ones, only the registry
 * knew. Proposes the SQL for those that a default of the table calls and no column owns.
 */
async function sequencesOwnedByNobody(session: Queryable, tableOid: number): Promise<string[]> {
  const found = await session.query<{ sequence: string; owner: string }>(
    /* sql */ `
    SELECT pg_catalog.format('%I.%I', sn.nspname, s.relname) AS sequence,
           pg_catalog.format('%I.%I.%I', n.nspname, c.relname, a.attname) AS owner
    FROM pg_catalog.pg_attrdef AS d
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    JOIN pg_catalog.pg_class AS c ON c.oid = d.adrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_depend AS calls
      ON calls.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND calls.objid = d.oid
     AND calls.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    JOIN pg_catalog.pg_class AS s ON s.oid = calls.refobjid AND s.relkind = 'S'
    JOIN pg_catalog.pg_namespace AS sn ON sn.oid = s.relnamespace
    WHERE d.adrelid = $1
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS owned
        WHERE owned.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND owned.objid = s.oid
          AND owned.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND owned.deptype IN ('a', 'i'))
    ORDER BY a.attnum`,
    [tableOid],
  );
  return found.map(
    ({ sequence, owner }) =>
      `-- If that column owned it before the swap that was under way:\n    ALTER SEQUENCE ${sequence} OWNED BY ${owner};`,
  );
}
