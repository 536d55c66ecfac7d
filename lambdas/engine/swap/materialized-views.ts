import { readViewMark, readViewState, viewsThatRead } from '../catalog/materialized-view.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import { resolveTable } from '../catalog/resolve-table.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import {
  createViewSchema,
  createViewStatements,
  exchangeViewStatements,
  hindrancesOf,
  lockMaterializedView,
} from '../copy-table/materialized-views.ts';
import { PostgresError, SourceChangedError } from '../errors.ts';
import { type AttemptBound, attemptBound } from '../locks/attempt-bound.ts';
import { momentMs } from '../locks/blockers.ts';
import { lookBeforeLocking } from '../locks/first-sight.ts';
import { attemptUnderLock, notNow } from '../locks/not-now.ts';
import { goneViewSchema, newViewSchema } from '../object-names.ts';
import { conditionOf } from '../postgres/conditions.ts';
import { runDetachedStatements } from '../postgres/detached-statement.ts';
import { qualified, quoteIdent } from '../postgres/identifier.ts';
import type { Queryable } from '../postgres/session.ts';
import { errorNameOf, isCatalogRowTaken, sqlstateOf } from '../postgres/sqlstate.ts';
import {
  type DetachedStatement,
  forgetFailure,
  forgetStatements,
  insertStatement,
} from '../registry/detached-statements.ts';
import { insertEvent } from '../registry/events.ts';
import { lockRun, type Run, setMarks } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import { EXCHANGE_STATES } from './exchange-block.ts';
import { exchangeViewBlock, VIEW_EXCHANGE_RESULT_SQL } from './exchange-view-block.ts';
import { nameWhoHoldsUp, whileWatching } from './watch-detached.ts';

const KIND = 'materialized view' satisfies DetachedStatement['kind'];

/** A materialized view that the exchange of the tables has left on the table that stepped aside. */
export interface LeftBehindView {
  readonly oid: number;
  /** As printed when that table was still in its place, so that it names the one that is there now. */
  readonly definition: string;
}

/** What was planned for the one that is being made anew: mark `view_build`. */
interface ViewBuild {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly fingerprint: TableFacts['fingerprint'];
  readonly populated: boolean;
  readonly refreshMark: string;
  /** How often it was made before, and somebody refreshed the old one meanwhile. */
  readonly outdated: number;
}

/**
 * Who refreshes the old one more often than the new one can be filled gets the new one after so many times: its own
 * REFRESH has read the table that stepped aside, and the next one reads the right one.
 */
const MOST_OUTDATED = 3;

/**
 * Before the tables change places: throws SourceChangedError when a materialized view of the table in place could not
 * follow afterwards.
 */
export async function leftBehindViews(tx: Queryable, run: Run, live: TableFacts): Promise<LeftBehindView[]> {
  for (const { oid } of live.materializedViews) {
    const view = await readTableFacts(tx, oid);
    const hindrances = view === null ? [] : hindrancesOf(view);
    if (hindrances.length > 0) {
      throw new SourceChangedError(formatTableName(run.source), hindrances);
    }
  }
  return live.materializedViews.map(({ oid, definition }) => ({ oid, definition }));
}

/**
 * After the tables have changed places: the materialized views that read the one that stepped aside, one after the other.
 * Each is made anew beside itself over the table in place and filled, by a detached statement, while the old one goes on
 * answering; then the two change places in an attempt of milliseconds. A REFRESH of the old one in between makes it begin
 * anew, so that the data never grow older. Null when none is left.
 */
export async function followMaterializedViews(ctx: UnitContext, asideOid: number): Promise<UnitOutcome | null> {
  const { run, session } = ctx;
  const leftBehind = (run.marks.left_behind_views as readonly LeftBehindView[] | undefined) ?? [];
  if (leftBehind.length === 0) {
    return null;
  }
  const [oid] = await viewsThatRead(
    session,
    leftBehind.map((view) => view.oid),
    asideOid,
  );
  const next = leftBehind.find((view) => view.oid === oid);
  if (next === undefined) {
    return null;
  }
  const build = (run.marks.view_build as ViewBuild | null | undefined) ?? null;
  if (build?.oid !== next.oid) {
    return planBuild(ctx, next, 0);
  }
  const [statement] = await runDetachedStatements(whileWatching(ctx), 1, [KIND]);
  if (statement === undefined) {
    return planBuild(ctx, next, 0);
  }
  if (statement.sqlstate !== null) {
    await stopAtFailure(ctx, build, statement);
  }
  if (!statement.finished) {
    return (
      (await nameWhoHoldsUp(ctx)) ?? {
        status: 'more',
        message: `materialized view ${formatTableName(build)} is being made anew`,
      }
    );
  }
  return exchangeView(ctx, next, build);
}

/** Drops what was begun for a view, in the caller's transaction: a revert turns the whole thing round. */
export async function dropUnfinishedView(tx: Queryable, run: Run): Promise<void> {
  const build = (run.marks.view_build as ViewBuild | null | undefined) ?? null;
  await forgetStatements(tx, run.runId, KIND);
  if (build !== null) {
    const schema = newViewSchema(run.runId);
    await tx.query(/* sql */ `DROP MATERIALIZED VIEW IF EXISTS ${qualified({ schema, name: build.name })}`);
    await tx.query(/* sql */ `DROP SCHEMA IF EXISTS ${quoteIdent(schema)}`);
    await setMarks(tx, run.runId, { view_build: null });
  }
}

/** Records what is to be sent, beside an empty schema for it. */
async function planBuild(ctx: UnitContext, left: LeftBehindView, outdated: number): Promise<UnitOutcome> {
  const { run, session } = ctx;
  const schema = newViewSchema(run.runId);
  return session.transaction({}, async (tx): Promise<UnitOutcome> => {
    await lockRun(tx, run, ctx.driver, 'UPDATE');
    await dropUnfinishedView(tx, run);
    // Before the facts, and before the snapshot that fills it: a REFRESH that is not in here is noticed later.
    const state = await readViewState(tx, left.oid);
    const view = await readTableFacts(tx, left.oid);
    if (state === null || view === null) {
      return { status: 'more', message: 'a materialized view was dropped meanwhile' };
    }
    const hindrances = hindrancesOf(view);
    if (hindrances.length > 0) {
      throw new SourceChangedError(formatTableName(run.source), hindrances);
    }
    for (const statement of createViewSchema(view, schema)) {
      await tx.query(statement);
    }
    const { populated, storage, refreshMark } = state;
    await insertStatement(tx, run.runId, run.stage, {
      kind: KIND,
      objectName: formatTableName(view),
      statement: createViewStatements({ view, definition: left.definition, storage, schema, populated }).join(';\n'),
      weight: 0n,
    });
    const build: ViewBuild = {
      oid: left.oid,
      schema: view.schema,
      name: view.name,
      fingerprint: view.fingerprint,
      populated,
      refreshMark,
      outdated,
    };
    await setMarks(tx, run.runId, { view_build: build });
    return { status: 'more', message: `materialized view ${formatTableName(view)} is to be made anew` };
  });
}

/** One attempt. `more` when it is done, or has to be made anew since somebody has refreshed or changed the old one. */
async function exchangeView(ctx: UnitContext, left: LeftBehindView, build: ViewBuild): Promise<UnitOutcome> {
  const { run, session, request } = ctx;
  const schemas = { made: newViewSchema(run.runId), gone: goneViewSchema(run.runId) };
  const name = formatTableName(build);
  // First: whoever is in the middle of a REFRESH would be waited for by the reading of the facts, without a name.
  const refreshing = await lookBeforeLocking(ctx, [left.oid], 'ACCESS SHARE', momentMs(request.lockTimeoutMs));
  if (refreshing.length > 0) {
    return notNow(ctx, refreshing, 0);
  }
  const before = await readTableFacts(session, left.oid);
  const locked = [left.oid, ...(before?.views ?? []).map((view) => view.oid)];
  let bound: AttemptBound | null = null;
  const attempt = async (): Promise<UnitOutcome> => {
    const times = await session.transaction({ asynchronousCommit: true }, async (tx) => {
      await lockRun(tx, run, ctx.driver, 'UPDATE');
      // First: what changes while the facts are read, or later, is not in the mark.
      const mark = await readViewMark(tx, left.oid);
      const state = await readViewState(tx, left.oid);
      const view = await readTableFacts(tx, left.oid);
      const made = await resolveTable(tx, { schema: schemas.made, name: build.name });
      const replacement = made === null ? null : await readTableFacts(tx, made.oid);
      if (view === null || state === null || replacement === null || !isUpToDate(build, view, state)) {
        return null;
      }
      const statements = exchangeViewStatements(view, replacement, schemas);
      await setMarks(tx, run.runId, { view_build: null });
      await forgetStatements(tx, run.runId, KIND);
      bound = attemptBound(request.lockTimeoutMs, 0, statements.length);
      const block = exchangeViewBlock({
        viewOid: left.oid,
        lockStatements: lockMaterializedView(view),
        lockWaitMs: bound.lockWaitMs,
        mark,
        statements,
      });
      const results = await session.script(
        [
          `SET LOCAL statement_timeout = ${Math.trunc(bound.longestMs)}`,
          block,
          VIEW_EXCHANGE_RESULT_SQL,
          'COMMIT',
        ].join(';\n'),
      );
      return JSON.parse(String(results[2]?.[0]?.result)) as { wait_ms: number; held_ms: number };
    });
    if (times === null) {
      return planBuild(ctx, left, build.outdated + 1);
    }
    await insertEvent(session, run.runId, {
      stage: run.stage,
      kind: 'materialized view made anew',
      lockWaitMs: times.wait_ms,
      lockHeldMs: times.held_ms,
      detail: { lock: 'ACCESS EXCLUSIVE', view: name },
    });
    return { status: 'more', message: `materialized view ${name} reads the table in place` };
  };
  try {
    return await attemptUnderLock(
      ctx,
      locked,
      'ACCESS EXCLUSIVE',
      momentMs(request.lockTimeoutMs),
      attempt,
      () => bound,
    );
  } catch (error) {
    if (sqlstateOf(error) === EXCHANGE_STATES.changed || isCatalogRowTaken(error)) {
      return notNow(ctx, [], 0);
    }
    throw error;
  }
}

function isUpToDate(
  build: ViewBuild,
  view: TableFacts,
  state: { readonly populated: boolean; readonly refreshMark: string },
): boolean {
  const refreshed = state.refreshMark !== build.refreshMark && build.outdated < MOST_OUTDATED;
  const changed = Object.keys(view.fingerprint).some(
    (section) => view.fingerprint[section] !== build.fingerprint[section],
  );
  return !changed && !refreshed && state.populated === build.populated;
}

/** The failure is forgotten first, so that a resumed run tries again. */
async function stopAtFailure(ctx: UnitContext, build: ViewBuild, failed: DetachedStatement): Promise<never> {
  await forgetFailure(ctx.session, ctx.run.runId, failed.unitNo);
  throw new PostgresError(
    errorNameOf(failed.sqlstate ?? ''),
    `Making materialized view ${formatTableName(build)} anew failed with SQLSTATE ${conditionOf(failed.sqlstate ?? 'unknown')}. ` +
      'The tables have changed places already and the application is served; the view has the rows of its last REFRESH and ' +
      'still reads the table that stepped aside. Mend the cause and resume, or revert the run.',
    failed.sqlstate,
    null,
  );
}
