import { isDeepStrictEqual } from 'node:util';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import { adoptSequence, type ReleasedSequence, releaseSequence } from '../copy-table/sequences.ts';
import { momentMs } from '../locks/blockers.ts';
import { CLOCK_SQL, lockTimes, recordStrongLock } from '../locks/lock-times.ts';
import { attemptUnderLock } from '../locks/not-now.ts';
import type { Queryable } from '../postgres/session.ts';
import { lockRun, type Run, setMarks } from '../registry/runs.ts';
import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import type { Exchange } from './exchange.ts';

/** The serial sequences that nobody owns at the moment, as the registry has them. */
export function releasedSequences(run: Pick<Run, 'marks'>): readonly ReleasedSequence[] {
  return (run.marks.released_sequences as readonly ReleasedSequence[] | undefined) ?? [];
}

/** True when the sequences that are still owned differ from those recorded; a released one was compared at its release. */
export function ownedSequencesChanged(run: Run, recorded: TableFacts, live: TableFacts): boolean {
  const released = new Set(releasedSequences(run).map((sequence) => sequence.oid));
  return !isDeepStrictEqual(
    recorded.sequences.filter((sequence) => !released.has(sequence.oid)),
    live.sequences,
  );
}

/**
 * Before the exchange: releases one serial sequence of the live table, in a transaction of its own under lockTimeoutMs.
 * `more` when there was one, `wait` when its users did not let go, null when none is left. ALTER SEQUENCE inside the
 * exchange would starve it: transactions that call nextval themselves before they insert hold the sequence while they
 * wait for the table (reproduced at 300 a second: no attempt ended).
 */
export async function releaseOneSequence(ctx: UnitContext, exchange: Exchange): Promise<UnitOutcome | null> {
  const { run } = ctx;
  const oid = await findOwnedSequence(ctx.session, exchange.liveOid);
  if (oid === null) {
    return null;
  }
  return underSequenceLock(ctx, oid, async (tx) => {
    const now = await readTableFacts(tx, exchange.liveOid);
    const replacement = await readTableFacts(tx, exchange.replacementOid);
    const current = now?.sequences.find((one) => one.oid === oid);
    if (now === null || replacement === null || current === undefined) {
      return [];
    }
    await exchange.assertUnchanged(now);
    const { released, statement } = releaseSequence(current, { live: now, replacement });
    await setMarks(tx, run.runId, { released_sequences: [...releasedSequences(run), released] });
    return [statement];
  });
}

/** A sequence that a column of the table owns, the first by its OID; an identity's is not meant. Asked before each attempt. */
async function findOwnedSequence(client: Queryable, tableOid: number): Promise<number | null> {
  const [row] = await client.query<{ oid: number }>(
    /* sql */ `
    SELECT s.oid
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.refobjid = $1 AND d.refobjsubid > 0 AND d.deptype = 'a'
    ORDER BY s.oid
    LIMIT 1`,
    [tableOid],
  );
  return row?.oid ?? null;
}

/**
 * After the exchange, or for the reset: gives one released sequence to the column of the table in place. `more`, `wait`,
 * or null, as above. One that is gone, or that somebody has given to a column meanwhile, is left as it is.
 */
export async function adoptOneSequence(ctx: UnitContext, tableOid: number): Promise<UnitOutcome | null> {
  const { run } = ctx;
  const [released, ...others] = releasedSequences(run);
  if (released === undefined) {
    return null;
  }
  return underSequenceLock(ctx, released.oid, async (tx) => {
    await setMarks(tx, run.runId, { released_sequences: others });
    const table = await readTableFacts(tx, tableOid);
    const [sequence] = await tx.query<{ schema: string; name: string; typeSql: string }>(
      /* sql */ `
      SELECT n.nspname AS schema, s.relname AS name, pg_catalog.format_type(q.seqtypid, NULL) AS "typeSql"
      FROM pg_catalog.pg_class AS s
      JOIN pg_catalog.pg_namespace AS n ON n.oid = s.relnamespace
      JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = s.oid
      WHERE s.oid = $1
        AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_depend AS d
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.oid
            AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i'))`,
      [released.oid],
    );
    const owned = table?.columns.some((column) => column.name === released.column) === true;
    return table === null || sequence === undefined || !owned ? [] : adoptSequence(released, sequence, table);
  });
}

/**
 * One attempt at ALTER SEQUENCE, which takes SHARE ROW EXCLUSIVE on the sequence and waits for the transactions that have
 * called nextval; it looks first, as every attempt at a strong lock does. The statements are sent in one round trip
 * together with COMMIT.
 */
async function underSequenceLock(
  ctx: UnitContext,
  oid: number,
  prepare: (tx: Queryable) => Promise<readonly string[]>,
): Promise<UnitOutcome> {
  const { run, session, request } = ctx;
  return attemptUnderLock(ctx, [oid], 'SHARE ROW EXCLUSIVE', momentMs(request.lockTimeoutMs), async () => {
    const times = await session.transaction({ lockTimeoutMs: request.lockTimeoutMs }, async (tx) => {
      await lockRun(tx, run, ctx.driver, 'UPDATE');
      const [first, ...rest] = await prepare(tx);
      if (first === undefined) {
        return null;
      }
      return lockTimes(await session.script([CLOCK_SQL, first, CLOCK_SQL, ...rest, CLOCK_SQL, 'COMMIT'].join(';\n')));
    });
    if (times !== null) {
      await recordStrongLock(ctx, times, { lock: 'SHARE ROW EXCLUSIVE', sequence: oid });
    }
    return { status: 'more', message: 'a sequence changed its owner' };
  });
}
