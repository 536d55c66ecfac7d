import type { ChangeLogNames } from '../capture/change-log.ts';
import { guardMarkSql } from '../capture/guard.ts';
import { captureMarkSql } from '../capture/mark.ts';
import { LIGHT_FINGERPRINT_SQL } from '../catalog/light-fingerprint.ts';
import { structureMarkSql } from '../catalog/structure-mark.ts';
import { drainFunction } from '../drain/drain-function.ts';
import type { DrainJob } from '../drain/jobs.ts';
import { blockersSql, conflictingModes, firstSightsSql } from '../locks/blockers.ts';
import { quoteLiteral } from '../postgres/identifier.ts';
import type { WholeRowFunctions } from './whole-row-functions.ts';

/** SQLSTATEs of our own with which the block gives up; everything it did is rolled back. */
export const EXCHANGE_STATES = {
  /** A session that has been there for a moment holds a conflicting lock; DETAIL lists the blockers as JSON. */
  blocked: 'SH001',
  /** What was left in the log did not fit into the drain budget. */
  drainTooLong: 'SH002',
  /** The stage has moved, or another driver has the run. */
  movedOn: 'SH003',
  /** The log shows a TRUNCATE. */
  truncated: 'SH004',
  /** A grant, a dependent or a sequence changed since the fingerprint was compared (I-10). */
  changed: 'SH005',
} as const;

export interface ExchangeBlock {
  readonly runId: bigint;
  readonly stage: 'SWAP' | 'REVERT';
  readonly driver: string;
  readonly liveOid: number;
  readonly replacementOid: number;
  /** Statements that take ACCESS EXCLUSIVE on one relation each, in their order (lockOrder). */
  readonly lockStatements: readonly string[];
  readonly lockedOids: readonly number[];
  /** For all locks together, ms. */
  readonly lockWaitMs: number;
  readonly momentMs: number;
  readonly drainBudgetMs: number;
  readonly job: DrainJob;
  readonly lightFingerprint: string;
  /** Undress, move, dress: each is one EXECUTE. */
  readonly statements: readonly string[];
  /** Run after the statements with the registry row's update: what is to be validated afterwards. */
  readonly foreignKeysToValidate: readonly { readonly name: string; readonly statement: string }[];
  /** Recorded with the registry's row: what the statements have left to be followed. */
  readonly leftBehindViews: readonly unknown[];
  /** OID of the table that now bears capture triggers and whose mark is recorded under this name; null for none. */
  readonly triggerMark: { readonly tableOid: number; readonly names: ChangeLogNames; readonly mark: string } | null;
}

/**
 * The exchange of the two tables as one server-side block: no network latency under the lock. In the order of the design:
 * look before locking; lock in one fixed order within one time for all locks together (lock_timeout counts per lock);
 * the registry row (I-11, I-12); the last drain within its budget; the light fingerprint (I-10); undress, move, dress;
 * the registry in the same transaction. Ends with a SELECT of how long it waited for and held the locks.
 *
 * ACCESS EXCLUSIVE on every relation of `lockStatements` until the COMMIT that the caller sends with it.
 */
export function exchangeBlock(block: ExchangeBlock): string {
  const oids = `ARRAY[${block.lockedOids.join(', ')}]::pg_catalog.oid[]`;
  const modes = `ARRAY[${conflictingModes('ACCESS EXCLUSIVE').map(quoteLiteral).join(', ')}]::pg_catalog.text[]`;
  const aclSql = /* sql */ `
    SELECT pg_catalog.md5(pg_catalog.concat_ws('|',
      (SELECT c.relacl::pg_catalog.text FROM pg_catalog.pg_class AS c WHERE c.oid = ${block.liveOid}),
      (SELECT pg_catalog.string_agg(a.attnum || ':' || a.attacl::pg_catalog.text, ',' ORDER BY a.attnum)
       FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = ${block.liveOid} AND a.attacl IS NOT NULL)))`;
  const raise = (state: string, message: string, detail = `''`) =>
    `RAISE EXCEPTION USING ERRCODE = '${state}', MESSAGE = ${quoteLiteral(message)}, DETAIL = ${detail}`;
  const body = /* sql */ `
    DECLARE
      began timestamptz := pg_catalog.clock_timestamp();
      waiting_since timestamptz;
      locked_at timestamptz;
      blockers jsonb;
      wanted text;
      step text;
      drained record;
      pass_end bigint;
      total_drained bigint := 0;
      total_put_back bigint := 0;
      before text;
      grants_before text;
      grants_after text;
    BEGIN
      SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(b)) INTO blockers
      FROM (${blockersSql({
        oids,
        modes,
        momentMs: `${block.momentMs}::pg_catalog.float8`,
        firstSights: firstSightsSql(block.runId),
        withUnknownAge: false,
        withAutovacuum: false,
      })}) AS b;
      IF blockers IS NOT NULL THEN
        ${raise(EXCHANGE_STATES.blocked, 'blocked', 'blockers::pg_catalog.text')};
      END IF;

      waiting_since := pg_catalog.clock_timestamp();
      FOREACH wanted IN ARRAY ARRAY[${block.lockStatements.map(quoteLiteral).join(', ')}]::pg_catalog.text[] LOOP
        PERFORM pg_catalog.set_config('lock_timeout', GREATEST(1, (${Math.trunc(block.lockWaitMs)}
          - EXTRACT(epoch FROM pg_catalog.clock_timestamp() - waiting_since) * 1000)::pg_catalog.int4)::pg_catalog.text, true);
        EXECUTE wanted;
        locked_at := COALESCE(locked_at, pg_catalog.clock_timestamp());
      END LOOP;

      PERFORM FROM shadowstep.run
      WHERE run_id = ${block.runId} AND stage = ${quoteLiteral(block.stage)} AND driver = ${quoteLiteral(block.driver)}
        AND ${block.stage === 'SWAP' ? 'swapped_at' : 'reverted_at'} IS NULL
      FOR UPDATE;
      IF NOT FOUND THEN
        ${raise(EXCHANGE_STATES.movedOn, 'moved on')};
      END IF;
      PERFORM FROM shadowstep.drain_slot
      WHERE run_id = ${block.runId} AND change_log = ${quoteLiteral(block.job.names.log)} FOR UPDATE;

      pass_end := 9223372036854775807;
      LOOP
        SELECT * INTO drained FROM ${drainFunction(block.job.names)}(1000, pass_end);
        IF drained.truncated THEN
          ${raise(EXCHANGE_STATES.truncated, 'truncated')};
        END IF;
        EXIT WHEN drained.taken = 0;
        total_drained := total_drained + drained.taken;
        total_put_back := total_put_back + drained.put_back_keys;
        IF pg_catalog.clock_timestamp() > locked_at + ${Math.trunc(block.drainBudgetMs)} * interval '1 millisecond' THEN
          ${raise(EXCHANGE_STATES.drainTooLong, 'drain too long')};
        END IF;
      END LOOP;

      EXECUTE ${quoteLiteral(LIGHT_FINGERPRINT_SQL)} INTO before USING ${block.liveOid}::pg_catalog.oid;
      IF before IS DISTINCT FROM ${quoteLiteral(block.lightFingerprint)} THEN
        ${raise(EXCHANGE_STATES.changed, 'changed')};
      END IF;
      EXECUTE ${quoteLiteral(aclSql)} INTO grants_before;

      -- Bodies of functions that are made anew are read along the search_path of who calls them, not along ours.
      PERFORM pg_catalog.set_config('check_function_bodies', 'off', true);
      FOREACH step IN ARRAY ARRAY[${block.statements.map(quoteLiteral).join(',\n        ')}]::pg_catalog.text[] LOOP
        EXECUTE step;
      END LOOP;

      -- Up to 15 GRANT takes no lock on the table: one that came in between the comparison and here would be lost.
      EXECUTE ${quoteLiteral(aclSql)} INTO grants_after;
      IF grants_after IS DISTINCT FROM grants_before THEN
        ${raise(EXCHANGE_STATES.changed, 'changed')};
      END IF;

      UPDATE shadowstep.drain_slot
      SET keys_drained = keys_drained + total_drained, keys_put_back = keys_put_back + total_put_back
      WHERE run_id = ${block.runId} AND change_log = ${quoteLiteral(block.job.names.log)};
      ${block.foreignKeysToValidate
        .map(
          (key, index) => /* sql */ `
      INSERT INTO shadowstep.detached_statement (run_id, unit_no, stage, kind, object_name, statement, weight)
      SELECT ${block.runId}, COALESCE(pg_catalog.max(d.unit_no), 0) + 1, ${quoteLiteral(block.stage)}, 'foreign key',
             ${quoteLiteral(key.name)}, ${quoteLiteral(key.statement)}, ${block.foreignKeysToValidate.length - index}
      FROM shadowstep.detached_statement AS d WHERE d.run_id = ${block.runId};`,
        )
        .join('')}
      UPDATE shadowstep.run
      SET ${block.stage === 'SWAP' ? 'swapped_at' : 'reverted_at'} = pg_catalog.clock_timestamp(),
          bytes_after = pg_catalog.pg_total_relation_size(copy_oid),
          lock_attempts = 0, waiting_for = NULL,
          marks = marks || pg_catalog.jsonb_build_object('structure_mark', ${structureMarkSql(String(block.replacementOid))},
            'left_behind_views', ${quoteLiteral(JSON.stringify(block.leftBehindViews))}::pg_catalog.jsonb)
          ${
            block.triggerMark === null
              ? ''
              : `|| pg_catalog.jsonb_build_object(${quoteLiteral(block.triggerMark.mark)}, ${captureMarkSql(String(block.triggerMark.tableOid), block.triggerMark.names)},
                                                  'old_guard', ${guardMarkSql(String(block.liveOid))})`
          }
      WHERE run_id = ${block.runId};
      PERFORM pg_catalog.set_config('shadowstep.exchange', pg_catalog.jsonb_build_object(
        'looked_ms', EXTRACT(epoch FROM waiting_since - began) * 1000,
        'wait_ms', EXTRACT(epoch FROM locked_at - waiting_since) * 1000,
        'work_ms', EXTRACT(epoch FROM pg_catalog.clock_timestamp() - locked_at) * 1000,
        'drained', total_drained, 'put_back', total_put_back)::pg_catalog.text, true);
    END`;
  return `DO ${quoteLiteral(body)}`;
}

export const EXCHANGE_RESULT_SQL = /* sql */ `SELECT pg_catalog.current_setting('shadowstep.exchange') AS result`;

/**
 * The event of the exchange, to be sent with it: in its transaction (I-11), since whoever comes after a death right behind
 * the COMMIT finds the tables exchanged and has no times to tell.
 */
export function recordExchangeStatement(
  runId: bigint,
  stage: 'SWAP' | 'REVERT',
  functions: Pick<WholeRowFunctions, 'touched' | 'left'>,
): string {
  const detail = {
    lock: 'ACCESS EXCLUSIVE',
    ...(functions.touched > 0 ? { functionsTouched: functions.touched } : {}),
    ...(functions.left.length > 0 ? { functionsLeft: functions.left } : {}),
  };
  return /* sql */ `
    INSERT INTO shadowstep.event (run_id, stage, kind, rows, lock_wait_ms, lock_held_ms, detail)
    SELECT ${runId}, ${quoteLiteral(stage)}, ${quoteLiteral(stage === 'SWAP' ? 'swapped' : 'reverted')},
           (t.times ->> 'drained')::pg_catalog.int8, (t.times ->> 'wait_ms')::pg_catalog.float8,
           (t.times ->> 'work_ms')::pg_catalog.float8, ${quoteLiteral(JSON.stringify(detail))}::pg_catalog.jsonb
    FROM (SELECT pg_catalog.current_setting('shadowstep.exchange')::pg_catalog.jsonb AS times) AS t`;
}
