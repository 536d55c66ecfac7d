import { type CapturedKeyColumn, resolveCapturedKey } from '../capture/key-columns.ts';
import { hasTruncateMarker } from '../capture/truncated.ts';
import { RegistryChangedError, VerificationFailedError } from '../errors.ts';
import { qualified } from '../postgres/identifier.ts';
import type { Session } from '../postgres/session.ts';
import { insertEvent } from '../registry/events.ts';
import { lockRun, setMarks } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import { recordedCopyOid, recordedFacts, recordedKey, runObjects, type UnitContext } from '../unit-context.ts';
import { type Compared, type Comparison, compareRange } from './compare-range.ts';
import { readComparedColumns } from './compared-columns.ts';
import { resolveRangeKey } from './key-order.ts';
import { KEY_RANGES_ARE_WHOLE, openKeyRanges, planKeyRanges } from './key-ranges.ts';
import { openPlaceRanges, PLACE_RANGES_ARE_WHOLE, planPlaceRanges } from './place-ranges.ts';
import { kindOfRanges, type Range, type RangeKind, rangesAreWhole, rangeTable } from './ranges.ts';

/** Sorting or hashing of one range; per connection. */
const WORK_MEM = '64MB';

/**
 * Compares source and copy, range by range over several connections, until all are compared or `reserveMs` before the
 * unit's end. Resolves to true when every range was compared and found equal. Throws VerificationFailedError.
 */
export async function verifySlice(ctx: UnitContext, reserveMs: number): Promise<boolean> {
  const { run, session } = ctx;
  const objects = runObjects(run);
  const facts = recordedFacts(run);
  const key = recordedKey(facts);
  const copyOid = recordedCopyOid(run);
  const captured = await resolveCapturedKey(session, key, run.sourceOid);
  const kind = await plannedRanges(ctx, captured);
  const joinedBy = key.columns.filter((column) => column.equalsOperator === 'OPERATOR(pg_catalog.=)');
  const comparison: Comparison = {
    objects,
    copyOid,
    key: captured,
    keyColumns: key.columns.map((column) => column.name),
    columns: await readComparedColumns(
      session,
      run.sourceOid,
      copyOid,
      joinedBy.map((column) => column.name),
    ),
  };
  const open =
    kind === 'place'
      ? await openPlaceRanges(session, objects)
      : await openKeyRanges(session, objects, await resolveRangeKey(session, key, captured, run.sourceOid));
  const findings: bigint[] = [];
  let differences = 0n;
  const work = async (worker: Session) => {
    for (let range = open.shift(); range !== undefined; range = open.shift()) {
      if (ctx.remainingMs() <= reserveMs) {
        open.unshift(range);
        return;
      }
      const compared = await compareOne(ctx, worker, comparison, kind, range);
      if (compared === 'truncated') {
        open.unshift(range);
        return;
      }
      differences += compared.differences;
      if (compared.findingId !== null) {
        findings.push(compared.findingId);
      }
    }
  };
  await withWorkers(ctx, Math.min(ctx.request.workers, open.length), work);
  if (differences > 0n) {
    throw new VerificationFailedError(formatTableName(run.source), findings.map(String), differences);
  }
  if (open.length > 0) {
    return false;
  }
  await assertAllRanges(ctx, kind);
  return true;
}

/** Cuts the tables into ranges unless that is done; resolves to what they were cut by. */
async function plannedRanges(ctx: UnitContext, captured: readonly CapturedKeyColumn[]): Promise<RangeKind> {
  const { run, session } = ctx;
  if (run.marks.verification_planned === true) {
    const kind = kindIn(run.marks);
    await assertAllRanges(ctx, kind);
    return kind;
  }
  const objects = runObjects(run);
  const key = recordedKey(recordedFacts(run));
  return session.transaction({}, async (tx) => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    const { marks } = await readMarks(tx, run.runId);
    if (marks.verification_planned === true) return kindIn(marks);
    const kind = await kindOfRanges(
      tx,
      objects,
      key.columns.map((column) => column.name),
    );
    if (kind === 'place') await planPlaceRanges(tx, objects, captured, ctx.request.workers);
    else await planKeyRanges(tx, objects, await resolveRangeKey(session, key, captured, run.sourceOid));
    await setMarks(tx, run.runId, { verification_planned: true, ranges_by: kind });
    return kind;
  });
}

/** Runs of before there were two kinds have ranges of keys. */
function kindIn(marks: Readonly<Record<string, unknown>>): RangeKind {
  return marks.ranges_by === 'place' ? 'place' : 'key';
}

async function assertAllRanges({ run, session }: UnitContext, kind: RangeKind): Promise<void> {
  const objects = runObjects(run);
  const whole = kind === 'place' ? PLACE_RANGES_ARE_WHOLE(objects) : KEY_RANGES_ARE_WHOLE(objects);
  if (!(await rangesAreWhole(session, objects, whole))) {
    throw new RegistryChangedError(formatTableName(run.source), String(run.runId), 'ranges of the comparison are gone');
  }
}

async function withWorkers(ctx: UnitContext, count: number, work: (session: Session) => Promise<void>): Promise<void> {
  const extra: Session[] = [];
  try {
    while (extra.length < count - 1) {
      extra.push(await ctx.openSession(`${ctx.run.runId}/verify`));
    }
    const results = await Promise.allSettled([ctx.session, ...extra].map(work));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) {
      throw failed.reason;
    }
  } finally {
    await Promise.all(extra.map((session) => session.end()));
  }
}

/**
 * One range in one transaction. The tables are locked (ACCESS SHARE) before the snapshot is taken, and the snapshot is asked
 * for a TRUNCATE's mark: TRUNCATE is not MVCC-safe (manual, section 13.6), so that an older snapshot would see the source
 * emptied and no mark of it, and every row of the copy as one too many. `truncated` when there is one: the drain follows it.
 */
async function compareOne(
  ctx: UnitContext,
  session: Session,
  comparison: Comparison,
  kind: RangeKind,
  range: Range,
): Promise<Compared | 'truncated'> {
  const { objects } = comparison;
  const started = performance.now();
  const compared = await session.transaction(
    { isolation: 'REPEATABLE READ', statementTimeoutMs: Math.max(1_000, ctx.remainingMs()) },
    async (tx) => {
      await session.script(
        `LOCK TABLE ONLY ${qualified(objects.source)}, ONLY ${qualified(objects.copy)} IN ACCESS SHARE MODE;
         SET LOCAL work_mem = '${WORK_MEM}'${
           // Two indexes in the order of the keys need no hash table: one of wide rows spills.
           kind === 'key' ? '; SET LOCAL enable_hashjoin = off' : ''
         }`,
      );
      if (await hasTruncateMarker(tx, objects.changeLog)) {
        return 'truncated';
      }
      return compareRange(tx, ctx.run.runId, comparison, range);
    },
  );
  if (compared === 'truncated') {
    return compared;
  }
  // A mark that is lost with the server's memory has its range compared once more.
  await session.transaction({ asynchronousCommit: true }, async (tx) => {
    await lockRun(tx, ctx.run, ctx.driver, 'KEY SHARE');
    // A range with differences stays open: a resumed run compares it again instead of passing it by.
    await tx.query(
      /* sql */ `
      UPDATE ${rangeTable(comparison.objects)}
      SET rows_compared = CASE WHEN $3::pg_catalog.int8 = 0 THEN $2::pg_catalog.int8 END, differences = $3
      WHERE range_no = $1`,
      [range.rangeNo, compared.rows, compared.differences],
    );
    await insertEvent(tx, ctx.run.runId, {
      stage: ctx.run.stage,
      kind: 'verified',
      rows: compared.rows,
      durationMs: performance.now() - started,
      detail: { range: range.rangeNo, differences: String(compared.differences) },
    });
  });
  return compared;
}

async function readMarks(
  tx: Pick<Session, 'query'>,
  runId: bigint,
): Promise<{ marks: Readonly<Record<string, unknown>> }> {
  const [row] = await tx.query<{ marks: Record<string, unknown> }>(
    /* sql */ `SELECT marks FROM shadowstep.run WHERE run_id = $1`,
    [runId],
  );
  return { marks: row?.marks ?? {} };
}
