import { formatIdentifier } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';

export const triggerFunctions: Check<TableContext> = {
  code: 'MayNotExecuteTriggerFunction',
  title: 'the role may execute the functions of the table’s triggers',
  why: 'The triggers are created again on the new table, which takes EXECUTE on their functions.',
  async run({ session, facts, server }) {
    if (facts.triggers.length + (facts.partition?.clonedTriggers.length ?? 0) === 0) {
      return [];
    }
    const functions = await session.query<{ identity: string; schema: string; execute: boolean; usage: boolean }>(
      /* sql */ `
      SELECT DISTINCT p.oid::regprocedure::text AS identity,
             n.nspname::text AS schema,
             has_function_privilege(p.oid, 'EXECUTE') AS execute,
             has_schema_privilege(n.oid, 'USAGE') AS usage
      FROM pg_trigger AS t
      JOIN pg_proc AS p ON p.oid = t.tgfoid
      JOIN pg_namespace AS n ON n.oid = p.pronamespace
      WHERE t.tgrelid = $1::oid
        -- Up to 14 what a partition has of its parent's triggers is marked internal.
        AND (NOT t.tgisinternal OR (t.tgparentid <> 0 AND t.tgconstraint = 0))
      ORDER BY 1`,
      [facts.oid],
    );
    const role = formatIdentifier(server.role);
    return functions
      .filter((one) => !one.execute || !one.usage)
      .map((one) =>
        refuse(
          `Role ${server.role} may not execute the trigger function ${one.identity}.`,
          [
            one.usage ? null : `GRANT USAGE ON SCHEMA ${formatIdentifier(one.schema)} TO ${role};`,
            one.execute ? null : `GRANT EXECUTE ON FUNCTION ${one.identity} TO ${role};`,
          ]
            .filter((grant) => grant !== null)
            .join(' '),
        ),
      );
  },
};
