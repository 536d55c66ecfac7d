import { conditionOf } from '../../postgres/conditions.ts';
import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext } from '../check.ts';
import { tryStatements } from '../try-statements.ts';

/** Names that are not found or may not be used; a lock that was not had says nothing about the definition. */
const OF_NAMES = /^(42|3F)/;

const TRIAL = 'shadowstep_trial';

export const readableDefinitions: Check<TableContext> = {
  code: 'DefinitionNotReadable',
  title: 'the role may use every schema and type that the definitions of those views and policies name',
  why: 'The swap has PostgreSQL read them anew, as this role.',
  async run({ session, facts, viewFacts, server, tableSql }) {
    const definitions = [
      ...[...facts.views, ...viewFacts.flatMap((view) => view.views)].map((view) => ({
        what: `View ${formatTableName(view)}`,
        query: view.definition,
      })),
      ...(viewFacts.length === 0 ? [] : facts.materializedViews).map((view) => ({
        what: `Materialized view ${formatTableName(view)}`,
        query: view.definition,
      })),
      ...facts.policies.flatMap(({ name, bearer, using, check }) =>
        [using, check]
          .filter((condition) => condition !== null)
          .map((condition) => ({
            what: `Policy ${formatIdentifier(name)} on ${formatTableName(bearer)}`,
            query: /* sql */ `SELECT FROM ONLY ${formatTableName(bearer)} WHERE ${condition};`,
          })),
      ),
    ];
    // PREPARE reads the names and runs nothing: whether the role may read the rows is not asked, and is not with
    // row_security = on, since off would make policies of other tables an error already here.
    const failures = await tryStatements(
      session,
      definitions.map(
        ({ query }) => /* sql */ `SET LOCAL row_security = on; PREPARE ${TRIAL} AS ${query} DEALLOCATE ${TRIAL}`,
      ),
    );
    return definitions.flatMap(({ what }, index) => {
      const failure = failures[index] ?? null;
      return failure === null || !OF_NAMES.test(failure.sqlstate)
        ? []
        : [
            refuse(
              `${what} follows ${tableSql}, and role ${server.role} cannot read its definition (SQLSTATE ${conditionOf(failure.sqlstate)}: ${failure.message}).`,
              `-- Grant role ${formatIdentifier(server.role)} what it lacks: ${failure.message}.`,
            ),
          ];
    });
  },
};
