import { CopyChangedError } from '../errors.ts';
import { OWN_WRITE, TRIGGER_PREFIX } from '../object-names.ts';
import { qualified, quoteIdent, quoteLiteral } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import type { Run } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import type { ChangeLogNames } from './change-log.ts';

const GUARD = quoteIdent(`${TRIGGER_PREFIX}guard`);

/** The trigger function that refuses writes by hand. */
export function guardFunction(names: ChangeLogNames): string {
  return qualified({ schema: names.schema, name: `${names.log}_guard` });
}

/**
 * The function behind the guards: what a person deletes from the log or changes in a table that was compared already would
 * be lost without a trace, and no catalog shows it. So it is refused, and says why. Never on a table of the application.
 */
export function createGuardFunctionStatement(names: ChangeLogNames): string {
  return /* sql */ `
    CREATE FUNCTION ${guardFunction(names)}() RETURNS trigger LANGUAGE plpgsql
      SET search_path = pg_catalog, pg_temp
    AS ${quoteLiteral(/* sql */ `
    BEGIN
      IF pg_catalog.current_setting('${OWN_WRITE}', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION USING ERRCODE = 'object_in_use',
          MESSAGE = pg_catalog.format('%I.%I belongs to a live run of shadowstep and is written to by that run only',
                                      TG_TABLE_SCHEMA, TG_TABLE_NAME),
          HINT = 'Rows changed here by hand would be lost or wrong after the swap. To give the run up, reset or revert it.';
      END IF;
      RETURN NULL;
    END `)}`;
}

/** Guards a whole table: the copy from the moment it is compared, the old table after the swap. */
export function guardTableStatements(names: ChangeLogNames, table: string): string[] {
  return guard(names, table, 'INSERT OR UPDATE OR DELETE OR TRUNCATE');
}

/** Guards a change log: the application appends to it, so INSERT stays free. */
export function guardLogStatements(names: ChangeLogNames, table: string): string[] {
  return guard(names, table, 'UPDATE OR DELETE OR TRUNCATE');
}

/**
 * A mark of a table's guard that changes when somebody drops, disables or re-enables it (row version of the catalog, as in
 * captureMarkSql): rows may have been changed by hand meanwhile, in nobody's sight. NULL when it is not there.
 *
 * @param tableOid SQL expression
 */
export function guardMarkSql(tableOid: string): string {
  return /* sql */ `(
    SELECT pg_catalog.concat_ws(':', t.oid, t.xmin, t.tgenabled)
    FROM pg_catalog.pg_trigger AS t
    WHERE t.tgrelid = ${tableOid} AND t.tgname = ${quoteLiteral(`${TRIGGER_PREFIX}guard`)}
  )`;
}

/** Throws CopyChangedError unless the guard of the table is the one whose mark was recorded under this name. */
export async function assertGuardIntact(
  client: Queryable,
  run: Run,
  tableOid: number,
  mark: 'copy_guard' | 'old_guard',
): Promise<void> {
  const [row] = await client.query<{ mark: string | null }>(
    /* sql */ `SELECT ${guardMarkSql('$1::pg_catalog.oid')} AS mark`,
    [tableOid],
  );
  if (row === undefined || row.mark === null || row.mark !== run.marks[mark]) {
    throw new CopyChangedError(
      formatTableName(run.source),
      `the trigger that keeps rows of ${mark === 'copy_guard' ? 'the copy' : 'the old table'} from being changed by hand was dropped or disabled`,
    );
  }
}

/** ACCESS EXCLUSIVE on the table, which the caller has. */
export function dropGuardStatement(table: string): string {
  return /* sql */ `DROP TRIGGER IF EXISTS ${GUARD} ON ${table}`;
}

function guard(names: ChangeLogNames, table: string, events: string): string[] {
  return [
    /* sql */ `CREATE TRIGGER ${GUARD} BEFORE ${events} ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ${guardFunction(names)}()`,
    /* sql */ `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${GUARD}`,
  ];
}
