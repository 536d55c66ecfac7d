import { quoteLiteral } from '../postgres/identifier.ts';
import type { Session } from '../postgres/session.ts';

/** Why a statement failed. */
export interface Failure {
  readonly sqlstate: string;
  /** The server's words: may hold row values, so that only who knows the statement may pass them on (I-13). */
  readonly message: string;
  /** Raised inside a function that the statement calls, not by the statement itself. */
  readonly inFunction: boolean;
}

/** Raised by us after a statement that worked, to roll it back; Appendix A has no class SS. */
const WORKED = 'SS000';

/**
 * Runs statements one after the other, read-only, each rolled back, and says why those that failed did; null for the others.
 * One round trip, no lock beyond what the statements take. It is a block on the server, not transactions of ours, because
 * SETUP asks in the middle of its own transaction; and the settings go with the subtransaction that is rolled back.
 * Only a cancelled statement (statement_timeout) ends it all.
 */
export async function tryStatements(session: Session, statements: readonly string[]): Promise<(Failure | null)[]> {
  if (statements.length === 0) {
    return [];
  }
  const body = /* sql */ `
    DECLARE
      tried text;
      failures jsonb := '[]';
      state text;
      said text;
      place text;
    BEGIN
      FOREACH tried IN ARRAY ARRAY[${statements.map(quoteLiteral).join(', ')}]::pg_catalog.text[] LOOP
        BEGIN
          PERFORM pg_catalog.set_config('transaction_read_only', 'on', true),
                  pg_catalog.set_config('check_function_bodies', 'on', true);
          EXECUTE tried;
          RAISE EXCEPTION USING ERRCODE = ${quoteLiteral(WORKED)};
        EXCEPTION WHEN OTHERS OR assert_failure THEN
          GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT, place = PG_EXCEPTION_CONTEXT;
        END;
        failures := failures || CASE WHEN state = ${quoteLiteral(WORKED)} THEN '[null]'::pg_catalog.jsonb
          ELSE pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('sqlstate', state, 'message', said,
            -- The innermost comes first: lines before the statement itself are those of functions that it calls.
            'inFunction', pg_catalog.strpos(pg_catalog.split_part(place, tried, 1), E'\\n') > 0)) END;
      END LOOP;
      PERFORM pg_catalog.set_config('shadowstep.tried', failures::pg_catalog.text, true);
    END`;
  const results = await session.script(
    /* sql */ `DO ${quoteLiteral(body)}; SELECT pg_catalog.current_setting('shadowstep.tried') AS failures`,
  );
  const failures = results.at(-1)?.[0]?.failures;
  if (typeof failures !== 'string') {
    throw new TypeError('The block that tries statements left no answer.');
  }
  return JSON.parse(failures) as (Failure | null)[];
}
