import { conditionOf } from '../../postgres/conditions.ts';
import { formatIdentifier, formatTableName } from '../../table-name.ts';
import { type Check, refuse, type TableContext, type Verdict } from '../check.ts';
import {
  type CalledFunction,
  evaluationSql,
  readTableExpressions,
  type TableExpression,
  triedRows,
} from '../expressions.ts';
import { type Failure, tryStatements } from '../try-statements.ts';

/** What the values of a row rarely bring about: a name that is not found, or that the role may not use. */
const OF_NAMES = /^(42|3F)/;
const NO_PRIVILEGE = '42501';

interface Trial {
  readonly sql: string;
  /** What is tried: the body of a function, made-up rows, the table's own. */
  readonly on: 'body' | 'made-up rows' | 'own rows';
}

export const evaluableExpressions: Check<TableContext> = {
  code: 'ExpressionFails',
  title: 'every CHECK, generated column and index can be evaluated with search_path = pg_catalog, pg_temp',
  why: 'The copy is filled and indexed so; a function whose body names others without their schema does not find them then.',
  async run(context) {
    const { session, facts } = context;
    const expressions = await readTableExpressions(session, facts.oid);
    if (expressions.length === 0) {
      return [];
    }
    const rows = await triedRows(session, facts);
    const trials = expressions.map((expression): Trial[] => [
      ...expression.functions.filter((one) => one.checkable && one.executable).map(checkOfBody),
      ...rows.madeUp.map((row): Trial => ({ sql: evaluationSql(expression, row), on: 'made-up rows' })),
      // Forced row security is refused by its own check, and here it would be an error of every expression.
      ...(facts.forceRowSecurity ? [] : [{ sql: evaluationSql(expression, rows.own), on: 'own rows' } as const]),
    ]);
    const failures = await tryStatements(
      session,
      trials.flat().map((trial) => trial.sql),
    );
    let at = 0;
    return expressions.flatMap((expression, index): Verdict[] => {
      const tried = (trials[index] ?? []).map((trial) => ({ trial, failure: failures[at++] ?? null }));
      const failed = tried.find(({ trial, failure }) => failure !== null && counts(expression, trial, failure));
      return failed?.failure ? [verdict(context, expression, failed.trial, failed.failure)] : [];
    });
  },
};

/** The validator of language sql reads the names of a body along the search_path, and calls nothing. */
function checkOfBody(one: CalledFunction): Trial {
  return { sql: /* sql */ `SELECT pg_catalog.fmgr_sql_validator(${one.oid})`, on: 'body' };
}

/**
 * On made-up rows a conversion may fail that succeeds on every real one ('a'::regclass), so it must have happened in a
 * function that still follows the search_path: then the remedy ends the refusal in any case.
 */
function counts(expression: TableExpression, trial: Trial, failure: Failure): boolean {
  return (
    OF_NAMES.test(failure.sqlstate) &&
    (trial.on !== 'made-up rows' || (failure.inFunction && expression.functions.some((one) => one.followsSearchPath)))
  );
}

function verdict(context: TableContext, expression: TableExpression, trial: Trial, failure: Failure): Verdict {
  const { facts, tableSql } = context;
  const name =
    expression.kind === 'index'
      ? formatTableName({ schema: facts.schema, name: expression.name })
      : formatIdentifier(expression.name);
  // Of the table's own rows the server may have quoted a value (I-13).
  const said = trial.on === 'own rows' ? '' : `: ${failure.message}`;
  return refuse(
    `The ${expression.kind} ${name} of ${tableSql} cannot be evaluated with search_path = pg_catalog, pg_temp ` +
      `(SQLSTATE ${conditionOf(failure.sqlstate)}${said}).`,
    remedy(context, expression, failure),
  );
}

/** The path is a guess, the function's and the table's schema: the next PRE_VALIDATION tries it. */
function remedy({ facts, server }: TableContext, expression: TableExpression, failure: Failure): string {
  const role = formatIdentifier(server.role);
  const grants = expression.functions
    .filter((one) => failure.sqlstate === NO_PRIVILEGE && !one.executable)
    .map((one) => `GRANT EXECUTE ON FUNCTION ${one.signature} TO ${role};`);
  const paths = expression.functions
    .filter((one) => failure.sqlstate !== NO_PRIVILEGE && one.followsSearchPath)
    .map((one) => {
      const schemas = [...new Set([one.schema, facts.schema])].filter((schema) => schema !== 'pg_catalog');
      return `ALTER FUNCTION ${one.signature} SET search_path = ${[...schemas, 'pg_temp'].map(formatIdentifier).join(', ')};`;
    });
  if (grants.length > 0) {
    return grants.join(' ');
  }
  return paths.length > 0
    ? `${paths.join(' ')} -- the schemas of all that its body names`
    : failure.sqlstate === NO_PRIVILEGE
      ? `-- Grant role ${role} what ${expression.functions.map((one) => one.signature).join(', ')} uses.`
      : `-- Mend ${expression.functions.map((one) => one.signature).join(', ')}.`;
}
