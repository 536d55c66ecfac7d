import { type ChangeLogNames, logTable } from '../capture/change-log.ts';
import { type CapturedKeyColumn, keyEqualsLog } from '../capture/key-columns.ts';
import { columnList, qualified, quoteLiteral } from '../postgres/identifier.ts';
import type { TableName } from '../table-name.ts';
import { type NarrowedColumn, refuseChangedValues } from './narrowed-columns.ts';

export interface DrainTarget {
  readonly names: ChangeLogNames;
  readonly key: readonly CapturedKeyColumn[];
  /** The table whose changes are in the log. */
  readonly captured: TableName;
  /** The table that is brought up to it. */
  readonly follower: TableName;
  /** Columns to carry: all but generated ones, which the follower computes. */
  readonly columns: readonly string[];
  /**
   * True when the follower has deferrable constraints (the old table keeps its own, the copy has an exclusion's): ON CONFLICT takes none of
   * those, so each key is put in by itself under a savepoint, its constraints checked at once.
   */
  readonly underSavepoints?: boolean;
  /** Columns whose type in the follower is the narrower one: a value that would change on its way is an error instead. */
  readonly narrowed?: readonly NarrowedColumn[];
}

export function drainFunction(names: ChangeLogNames): string {
  return qualified({ schema: names.schema, name: `${names.log}_drain` });
}

/**
 * The drain of one batch as a function in the run's schema, called by the drain units and under the swap's lock alike.
 * Its statements each take a newer snapshot (VOLATILE, READ COMMITTED), whatever changes later has a later log row (I-9):
 *
 * 1. take the oldest entries out of the log, unless it shows the marker of a TRUNCATE;
 * 2. delete those keys from the follower;
 * 3. insert them as the captured table has them now;
 * 4. what is there but could not be inserted goes back: the row in its way is stale itself, so it is in the log.
 *
 * Joins are pinned to nested loops over the key indexes: a batch is bounded, while the log's statistics always lag, and
 * one hash join over the whole table would cost more than the batch ever can.
 *
 * Assignment casts do the conversion between the two tables' column types. Back to a narrower type they fail, or they
 * round, cut and mask in silence: what would not come back as it was is raised as SQLSTATE 22000 (data_exception).
 */
export function createDrainFunctionStatement(target: DrainTarget): string {
  const { key } = target;
  const log = logTable(target.names);
  const captured = qualified(target.captured);
  const follower = qualified(target.follower);
  const logColumns = key.map((column) => column.logColumn).join(', ');
  const entryColumns = key.map((column) => `e.${column.logColumn}`).join(', ');
  const inFollower = keyEqualsLog(key, 'f', 'e');
  const inCaptured = keyEqualsLog(key, 's', 'e');
  const keys = /* sql */ `SELECT DISTINCT ${entryColumns} FROM pg_catalog.unnest(entries) AS e`;
  const insert = /* sql */ `
      INSERT INTO ${follower} (${columnList(target.columns)}) OVERRIDING SYSTEM VALUE
      SELECT ${columnList(target.columns, 's.')}`;
  const insertAtOnce = /* sql */ `${insert}
      FROM (${keys}) AS e JOIN ONLY ${captured} AS s ON ${inCaptured}
      ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS inserted = ROW_COUNT;`;
  const insertUnderSavepoints = /* sql */ `
      SET CONSTRAINTS ALL IMMEDIATE;
      inserted := 0;
      FOR one IN ${keys} LOOP
        BEGIN
          ${insert}
          FROM ONLY ${captured} AS s WHERE ${keyEqualsLog(key, 's', 'one')};
          GET DIAGNOSTICS put_in = ROW_COUNT;
          inserted := inserted + put_in;
        EXCEPTION WHEN unique_violation OR exclusion_violation THEN
          NULL; -- in the way is a stale row: this key goes back into the log
        END;
      END LOOP;`;
  const body = /* sql */ `
    DECLARE
      entries ${log}[];
      inserted bigint;
      one record;
      put_in bigint;
    BEGIN
      WITH gone AS (
        DELETE FROM ${log} AS l
        WHERE l.seq IN (SELECT o.seq FROM ${log} AS o WHERE o.seq <= until_seq ORDER BY o.seq LIMIT batch_size)
          AND NOT EXISTS (SELECT FROM ${log} AS marker WHERE marker.key_1 IS NOT DISTINCT FROM NULL)
        RETURNING l.seq, l.put_back, ${key.map((column) => `l.${column.logColumn}`).join(', ')}
      )
      SELECT pg_catalog.array_agg(ROW(g.seq, g.put_back, ${key.map((column) => `g.${column.logColumn}`).join(', ')})::${log}),
             pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE g.put_back = 0)
      INTO entries, taken, fresh
      FROM gone AS g;

      distinct_keys := 0;
      most_put_back := 0;
      put_back_keys := 0;
      truncated := taken = 0 AND EXISTS (SELECT FROM ${log} AS marker WHERE marker.key_1 IS NOT DISTINCT FROM NULL);
      IF taken = 0 THEN
        RETURN;
      END IF;

      DELETE FROM ${follower} AS f USING pg_catalog.unnest(entries) AS e WHERE ${inFollower};

      SELECT pg_catalog.count(*) INTO distinct_keys
      FROM (SELECT DISTINCT ${entryColumns} FROM pg_catalog.unnest(entries) AS e) AS d;

      ${target.underSavepoints === true ? insertUnderSavepoints : insertAtOnce}

      ${refuseChangedValues(
        target.narrowed ?? [],
        /* sql */ `
        (${keys}) AS e JOIN ONLY ${captured} AS s ON ${inCaptured} JOIN ONLY ${follower} AS f ON ${inFollower}`,
      )}

      IF inserted < distinct_keys THEN
        WITH back AS (
          INSERT INTO ${log} AS l (put_back, ${logColumns})
          SELECT pg_catalog.max(e.put_back) + 1, ${entryColumns}
          FROM pg_catalog.unnest(entries) AS e
          WHERE EXISTS (SELECT FROM ONLY ${captured} AS s WHERE ${inCaptured})
            AND NOT EXISTS (SELECT FROM ${follower} AS f WHERE ${inFollower})
          GROUP BY ${entryColumns}
          RETURNING l.put_back
        )
        SELECT pg_catalog.count(*), COALESCE(pg_catalog.max(b.put_back), 0) INTO put_back_keys, most_put_back FROM back AS b;
      END IF;
    END`;
  return /* sql */ `
    CREATE FUNCTION ${drainFunction(target.names)}(
      batch_size integer, until_seq bigint,
      OUT taken bigint, OUT fresh bigint, OUT distinct_keys bigint, OUT put_back_keys bigint,
      OUT most_put_back integer, OUT truncated boolean
    ) LANGUAGE plpgsql VOLATILE
      SET search_path = pg_catalog, pg_temp
      SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off
      SET plan_cache_mode = force_generic_plan
    AS ${quoteLiteral(body)}`;
}
