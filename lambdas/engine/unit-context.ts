import type { TableFacts } from './catalog/table-facts.ts';
import type { Logger } from './log.ts';
import { CHANGE_LOG, oldTableSchema, REVERSE_CHANGE_LOG, runSchema } from './object-names.ts';
import type { OpenSession, Session } from './postgres/session.ts';
import type { Run } from './registry/runs.ts';
import type { ParsedRequest } from './request.ts';
import type { TableName } from './table-name.ts';

/** What a unit of a stage works with. One fresh connection per invocation; more by `openSession`. */
export interface UnitContext {
  readonly session: Session;
  readonly openSession: OpenSession;
  readonly request: ParsedRequest;
  readonly run: Run;
  readonly driver: string;
  readonly log: Logger;
  /** How long this unit may still work, ms: the lesser of its own time budget and what the invocation has left. */
  remainingMs(): number;
}

/** The tables and names of a run. */
export interface RunObjects {
  /** The name the application knows. */
  readonly source: TableName;
  readonly copy: TableName;
  readonly old: TableName;
  readonly changeLog: { readonly schema: string; readonly log: string };
  readonly reverseChangeLog: { readonly schema: string; readonly log: string };
}

export function runObjects(run: Pick<Run, 'runId' | 'source'>): RunObjects {
  const schema = runSchema(run.runId);
  return {
    source: run.source,
    copy: { schema, name: run.source.name },
    old: { schema: oldTableSchema(run.runId), name: run.source.name },
    changeLog: { schema, log: CHANGE_LOG },
    reverseChangeLog: { schema, log: REVERSE_CHANGE_LOG },
  };
}

/** The facts recorded at SETUP; every later stage has them (copied_only_after_setup). */
export function recordedFacts(run: Run): TableFacts {
  if (run.facts === null) {
    throw new Error(`run ${run.runId} has no facts although it is at ${run.stage}`);
  }
  return run.facts;
}

/** The copy's OID; every stage after SETUP has it. */
export function recordedCopyOid(run: Run): number {
  if (run.copyOid === null) {
    throw new Error(`run ${run.runId} has no copy although it is at ${run.stage}`);
  }
  return run.copyOid;
}

/** The usable key; PRE_VALIDATION refuses a table without one. */
export function recordedKey(facts: TableFacts): NonNullable<TableFacts['key']> {
  if (facts.key === null) {
    throw new Error(`${facts.schema}.${facts.name} has no usable key although PRE_VALIDATION passed it`);
  }
  return facts.key;
}

/** Columns that are copied: all but generated ones, which the copy computes for itself. */
export function copiedColumns(facts: TableFacts): string[] {
  return facts.columns.filter((column) => column.generated === null).map((column) => column.name);
}
