import { z } from 'zod';
import { parseAlterEntry } from './alter/parse-alter.ts';
import { InvalidRequestError } from './errors.ts';
import { nearNames } from './near-names.ts';
import {
  BLOCKER_POLICIES,
  type BlockerPolicy,
  DEFAULT_LOG_BYTES,
  parseLogBytes,
  REQUEST_FIELDS,
  type RequestFieldName,
} from './request-fields.ts';
import { ACTIONS, type Action, STAGES, type StageName } from './stages.ts';
import { formatTableName, parseTableName, type TableName } from './table-name.ts';

/** The request after parsing: every field present, every default filled in. Shapes and units are in the docstrings. */
export interface ParsedRequest {
  readonly table: TableName;
  readonly action: Action;
  /**
   * ALTER TABLE sub-commands for the still empty copy, e.g. `ALTER COLUMN id TYPE bigint`. Syntax is checked while
   * parsing; what they name is checked by PRE_VALIDATION.
   */
  readonly alter: readonly string[];
  /** End well once this stage is done, leaving the run resumable. Not part of the request's identity. */
  readonly stopAfter: StageName | null;
  /** Keep the old table after the swap: the run stays at CLEAN_UP until `clean-up` or `revert` is asked for. */
  readonly keepOldTable: boolean;
  /** Connections that one unit uses for copying, index builds and verification. Default 2. */
  readonly workers: number;
  /** How long one attempt at a strong lock may hold others up, ms. Default 100. */
  readonly lockTimeoutMs: number;
  /** How long the last drain may take under the swap's lock, ms. Default 20. */
  readonly swapDrainBudgetMs: number;
  /** What a batch (one transaction of the backfill) should take, ms. Default 1000. */
  readonly targetBatchMs: number;
  /** How long one unit may work before it returns `more`, s. Default 60, at most 600. */
  readonly unitSeconds: number;
  /** Stop when the change log is larger than this, bytes. Default 16 GiB. */
  readonly maxLogBytes: bigint;
  /** Pause the backfill while a replica lags further behind than this, s; null: never asked. Not part of the identity. */
  readonly maxReplicaLagSeconds: number | null;
  /** Compare source and copy before the swap. Default true. */
  readonly verify: boolean;
  /** Swap after this many seconds even if older snapshots are still open; null waits for them. Default null. */
  readonly oldSnapshotPatienceSeconds: number | null;
  /**
   * What to do with a session whose lock holds the run up for longer than `blockerPatienceSeconds`: wait for it, cancel its
   * statement, or terminate it. Default wait. Not part of the request's identity: it may be changed while the run waits.
   */
  readonly blockers: BlockerPolicy;
  /** How long a session may hold the run up before it is cancelled or terminated, s. Default 60. Not part of the identity. */
  readonly blockerPatienceSeconds: number;
  /** Accept a FOR ALL TABLES publication. Default false. */
  readonly allowPublishedForAllTables: boolean;
  /** Make the materialized views that read the table anew after the swap, at the cost of a REFRESH each. Default false. */
  readonly recreateMaterializedViews: boolean;
  /** The event's or schedule's id: a delivery repeated late starts nothing. Not part of the request's identity. */
  readonly requestId: string | null;
}

/** Given to every execution started from another one by the console or an SDK; says nothing about the table. */
const STEP_FUNCTIONS_KEY = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

/** A longer key is cut off in a fault: it may be anything. */
const LONGEST_SHOWN_KEY = 40;

const requestSchema = z.strictObject({
  table: REQUEST_FIELDS.table.schema,
  action: REQUEST_FIELDS.action.schema,
  alter: REQUEST_FIELDS.alter.schema,
  stopAfter: REQUEST_FIELDS.stopAfter.schema,
  keepOldTable: REQUEST_FIELDS.keepOldTable.schema,
  workers: REQUEST_FIELDS.workers.schema,
  lockTimeoutMs: REQUEST_FIELDS.lockTimeoutMs.schema,
  swapDrainBudgetMs: REQUEST_FIELDS.swapDrainBudgetMs.schema,
  targetBatchMs: REQUEST_FIELDS.targetBatchMs.schema,
  unitSeconds: REQUEST_FIELDS.unitSeconds.schema,
  maxLogBytes: REQUEST_FIELDS.maxLogBytes.schema,
  maxReplicaLagSeconds: REQUEST_FIELDS.maxReplicaLagSeconds.schema,
  verify: REQUEST_FIELDS.verify.schema,
  oldSnapshotPatienceSeconds: REQUEST_FIELDS.oldSnapshotPatienceSeconds.schema,
  blockers: REQUEST_FIELDS.blockers.schema,
  blockerPatienceSeconds: REQUEST_FIELDS.blockerPatienceSeconds.schema,
  allowPublishedForAllTables: REQUEST_FIELDS.allowPublishedForAllTables.schema,
  recreateMaterializedViews: REQUEST_FIELDS.recreateMaterializedViews.schema,
  requestId: REQUEST_FIELDS.requestId.schema,
});

/** A JSON schema of what a request may hold, for editors and documentation. */
export function requestJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(requestSchema, { io: 'input' }) };
}

/**
 * Reads a request, which is not trusted. Every fault is reported together, unknown fields too; a fault says the type
 * of what was found, never a text, which may be a secret that strayed in. Throws InvalidRequestError.
 */
export async function parseRequest(input: unknown): Promise<ParsedRequest> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InvalidRequestError([`must be an object such as {"table": "public.orders"}; found ${found(input)}`]);
  }
  const { [STEP_FUNCTIONS_KEY]: _startedBy, ...fields } = input as Record<string, unknown>;
  const parsed = requestSchema.safeParse(fields);
  const faults = parsed.success ? [] : shapeFaults(parsed.error.issues, fields);
  const faulty = (field: RequestFieldName) =>
    !parsed.success && parsed.error.issues.some((issue) => issue.path[0] === field);

  const name = typeof fields.table === 'string' ? parseTableName(fields.table) : null;
  if (name !== null && 'fault' in name) {
    faults.push(fault('table', `${name.fault}; it ${mustBe('table')}`));
  }
  const table = name !== null && 'table' in name ? name.table : null;
  const alter = faulty('alter') ? [] : alterEntries(fields.alter);
  faults.push(...(await alterFaults(alter, table)));
  const maxLogBytes = faulty('maxLogBytes') ? null : parseLogBytes(logBytesOf(fields.maxLogBytes));
  if (maxLogBytes === null && !faulty('maxLogBytes')) {
    faults.push(fault('maxLogBytes', `${mustBe('maxLogBytes')}; found ${found(fields.maxLogBytes)}`));
  }
  if (faults.length > 0 || !parsed.success || table === null || maxLogBytes === null) {
    throw new InvalidRequestError(faults);
  }
  return { ...parsed.data, table, alter, maxLogBytes };
}

function alterEntries(value: unknown): string[] {
  const entries = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return entries.map((entry) => String(entry).trim());
}

function logBytesOf(value: unknown): number | string {
  return value === undefined ? DEFAULT_LOG_BYTES : (value as number | string);
}

/** Syntax only. Entries are read against a stand-in when the table's name is itself at fault. */
async function alterFaults(entries: readonly string[], table: TableName | null): Promise<string[]> {
  const results = await Promise.all(
    entries.map((entry) => parseAlterEntry(table ?? { schema: 'public', name: 'orders' }, entry)),
  );
  return results.flatMap((result, at) => ('fault' in result ? [fault('alter', result.fault, `alter[${at}]`)] : []));
}

function shapeFaults(issues: readonly z.core.$ZodIssue[], fields: Record<string, unknown>): string[] {
  const known = Object.keys(REQUEST_FIELDS);
  const faults = new Map<string, string>();
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        faults.set(`unknown ${key}`, unknownField(key, known));
      }
      continue;
    }
    const field = issue.path[0] as RequestFieldName;
    const at = issue.path.slice(1).map((part) => `[${String(part)}]`);
    faults.set(
      field,
      fault(
        field,
        `${mustBe(field)}; found ${found(fields[field])}${meant(field, fields[field])}`,
        `${field}${at.join('')}`,
      ),
    );
  }
  return [...faults.values()];
}

function unknownField(key: string, known: readonly string[]): string {
  const [near] = nearNames(key, known);
  const shown = key.length > LONGEST_SHOWN_KEY ? `${key.slice(0, LONGEST_SHOWN_KEY)}…` : key;
  return `${JSON.stringify(shown)}: is not a field of a request. ${
    near === undefined ? `The fields are ${known.join(', ')}.` : `Did you mean ${JSON.stringify(near)}?`
  }`;
}

function fault(field: RequestFieldName, says: string, where: string = field): string {
  return `${where}: ${says}. Example: ${JSON.stringify(field)}: ${REQUEST_FIELDS[field].example}`;
}

function mustBe(field: RequestFieldName): string {
  return `must be ${REQUEST_FIELDS[field].expects}`;
}

/** Shown where it can be nothing but a number or a flag; a text is only ever called a text. */
function found(value: unknown): string {
  if (value === undefined) {
    return 'nothing';
  }
  if (typeof value === 'number') {
    return `the number ${value}`;
  }
  if (value === null || typeof value === 'boolean') {
    return String(value);
  }
  return Array.isArray(value) ? 'a list' : typeof value === 'string' ? 'a string' : 'an object';
}

/** For `"swap"` or `"cleanup"`: names one of the known values, so that nothing of the input is repeated. */
function meant(field: RequestFieldName, value: unknown): string {
  const known: Partial<Record<RequestFieldName, readonly string[]>> = {
    stopAfter: STAGES,
    action: ACTIONS,
    blockers: BLOCKER_POLICIES,
  };
  const values = known[field] ?? [];
  const [near] = typeof value === 'string' ? nearNames(value, values) : [];
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
}

/**
 * The fields that two requests must have alike to be the same run's, as JSON can keep them: bigint as a string, the
 * table in its canonical spelling. Left out is what says when a request came and what it asks for next, and the lag, since
 * a person must be able to go on without a standby that is gone for good.
 */
export function requestIdentity(request: ParsedRequest): Record<string, unknown> {
  const {
    stopAfter: _stopAfter,
    requestId: _requestId,
    action: _action,
    blockers: _blockers,
    blockerPatienceSeconds: _blockerPatienceSeconds,
    maxReplicaLagSeconds: _maxReplicaLagSeconds,
    ...rest
  } = request;
  return { ...rest, table: formatTableName(rest.table), maxLogBytes: rest.maxLogBytes.toString() };
}

/** Names of the fields that differ between two identities, also one read back from JSON. */
export function differingFields(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names.filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}
