import { OWN_TRIGGER_CONDITION } from '../../catalog/others-sql.ts';
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
    return schemas.map(({ schema }) =>
      refuse(
        `Capture triggers of a lost run are on ${tableSql}; their functions are in schema ${formatIdentifier(schema)}.`,
        `-- Look first whether a table is in there that you want to keep.\n    ` +
          `DROP SCHEMA ${formatIdentifier(schema)} CASCADE; DROP SCHEMA IF EXISTS ${formatIdentifier(`${schema}_old`)} CASCADE;`,
      ),
    );
  },
};
