import { VIEW_MARK_SQL } from '../catalog/materialized-view.ts';
import { quoteLiteral } from '../postgres/identifier.ts';
import { EXCHANGE_STATES } from './exchange-block.ts';

export interface ExchangeViewBlock {
  readonly viewOid: number;
  /** Statements that take ACCESS EXCLUSIVE on one view each, in their order. */
  readonly lockStatements: readonly string[];
  /** For all locks together, ms. */
  readonly lockWaitMs: number;
  /** VIEW_MARK_SQL as it was read before. */
  readonly mark: string;
  readonly statements: readonly string[];
}

/**
 * The exchange of one materialized view as one server-side block: locks within one time for all of them, compares the
 * view with what was read before (SQLSTATE SH005 when it has changed), and exchanges. ACCESS EXCLUSIVE on the view and the
 * views over it until the COMMIT that the caller sends with it. VIEW_EXCHANGE_RESULT_SQL tells its times.
 */
export function exchangeViewBlock(block: ExchangeViewBlock): string {
  const strings = (texts: readonly string[]) =>
    `ARRAY[${texts.map(quoteLiteral).join(',\n        ')}]::pg_catalog.text[]`;
  const body = /* sql */ `
    DECLARE
      began timestamptz := pg_catalog.clock_timestamp();
      locked_at timestamptz;
      step text;
      mark text;
    BEGIN
      FOREACH step IN ARRAY ${strings(block.lockStatements)} LOOP
        PERFORM pg_catalog.set_config('lock_timeout', GREATEST(1, (${Math.trunc(block.lockWaitMs)}
          - EXTRACT(epoch FROM pg_catalog.clock_timestamp() - began) * 1000)::pg_catalog.int4)::pg_catalog.text, true);
        EXECUTE step;
        locked_at := COALESCE(locked_at, pg_catalog.clock_timestamp());
      END LOOP;
      EXECUTE ${quoteLiteral(VIEW_MARK_SQL)} INTO mark USING ${block.viewOid}::pg_catalog.oid;
      IF mark IS DISTINCT FROM ${quoteLiteral(block.mark)} THEN
        RAISE EXCEPTION USING ERRCODE = '${EXCHANGE_STATES.changed}', MESSAGE = 'changed';
      END IF;
      FOREACH step IN ARRAY ${strings(block.statements)} LOOP
        EXECUTE step;
      END LOOP;
      PERFORM pg_catalog.set_config('shadowstep.view_exchange', pg_catalog.jsonb_build_object(
        'wait_ms', EXTRACT(epoch FROM locked_at - began) * 1000,
        'held_ms', EXTRACT(epoch FROM pg_catalog.clock_timestamp() - locked_at) * 1000)::pg_catalog.text, true);
    END`;
  return `DO ${quoteLiteral(body)}`;
}

export const VIEW_EXCHANGE_RESULT_SQL = /* sql */ `SELECT pg_catalog.current_setting('shadowstep.view_exchange') AS result`;
