import { changedSections } from '../catalog/compare-fingerprints.ts';
import { readTableFacts } from '../catalog/read-table-facts.ts';
import type { TableFacts } from '../catalog/table-facts.ts';
import { CopyChangedError, RegistryChangedError } from '../errors.ts';
import type { Queryable } from '../postgres/session.ts';
import { setMarks } from '../registry/runs.ts';
import { formatTableName } from '../table-name.ts';
import { recordedCopyOid, recordedFacts, type UnitContext } from '../unit-context.ts';

type Fingerprint = TableFacts['fingerprint'];

/** What SYNC_SCHEMAS itself changes on the copy. */
export const FINISHED_BY_US: ReadonlySet<string> = new Set([
  'indexes',
  'constraints',
  'replica identity',
  'grants',
  'sequences',
  'statistics',
]);

/** What leaves the old table after the swap, by our own doing. */
export const LEAVES_OLD_TABLE: ReadonlySet<string> = new Set(['materialized views']);

/** Remembers the copy's definition as SETUP has made it, in the transaction that made it. */
export async function rememberNewCopy(ctx: UnitContext, tx: Queryable, copyOid: number): Promise<void> {
  const made = await readTableFacts(tx, copyOid);
  await setMarks(tx, ctx.run.runId, { new_copy: made?.fingerprint ?? {} });
}

/**
 * Remembers the copy's definition as SYNC_SCHEMAS has finished it, in the transaction that did. What a person did to the
 * copy up to here (a column, a trigger, a foreign key, an index more or less) would else take the table's place: throws
 * CopyChangedError, or RegistryChangedError when what SETUP remembered is gone.
 */
export async function rememberFinishedCopy(ctx: UnitContext, tx: Queryable): Promise<void> {
  const { run } = ctx;
  const finished = await readTableFacts(tx, recordedCopyOid(run));
  const made = remembered(ctx, 'new_copy', 'the definition of the copy');
  const changed = changedSections(made, finished?.fingerprint ?? {}).filter((section) => !FINISHED_BY_US.has(section));
  const expected = new Set(recordedFacts(run).indexes.map((index) => index.name));
  const found = new Set((finished?.indexes ?? []).filter((index) => index.valid).map((index) => index.name));
  if ([...expected, ...found].some((name) => !(expected.has(name) && found.has(name)))) {
    changed.push('indexes');
  }
  const ours = new Set(recordedFacts(run).constraints.map((constraint) => constraint.name));
  if (finished?.constraints.some((constraint) => constraint.type === 'check' && !ours.has(constraint.name))) {
    changed.push('constraints');
  }
  if (finished?.statistics.length !== recordedFacts(run).statistics.length) {
    changed.push('statistics');
  }
  if (changed.length > 0) {
    throw new CopyChangedError(formatTableName(run.source), `the definition of the copy (${changed.join(', ')})`);
  }
  await setMarks(tx, run.runId, { finished_copy: finished?.fingerprint ?? {} });
}

/**
 * Throws CopyChangedError unless the table that is to take the place is what we left: the copy as SYNC_SCHEMAS finished it,
 * or, in a revert, the old table as it was right after the swap.
 */
export function assertAsRemembered(
  ctx: UnitContext,
  mark: 'finished_copy' | 'old_table',
  replacement: TableFacts,
): void {
  const what = mark === 'finished_copy' ? 'the definition of the copy' : 'the definition of the old table';
  const changed = changedSections(remembered(ctx, mark, what), replacement.fingerprint).filter(
    (section) => mark !== 'old_table' || !LEAVES_OLD_TABLE.has(section),
  );
  if (changed.length > 0) {
    throw new CopyChangedError(formatTableName(ctx.run.source), `${what} (${changed.join(', ')})`);
  }
}

function remembered(ctx: UnitContext, mark: string, what: string): Fingerprint {
  const fingerprint = ctx.run.marks[mark];
  if (typeof fingerprint !== 'object' || fingerprint === null) {
    throw new RegistryChangedError(formatTableName(ctx.run.source), String(ctx.run.runId), what);
  }
  return fingerprint as Fingerprint;
}
