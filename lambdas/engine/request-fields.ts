import { z } from 'zod';
import { ACTIONS, STAGES } from './stages.ts';

const MIB = 1024n * 1024n;
const SMALLEST_LOG_BYTES = MIB;
const LARGEST_LOG_BYTES = 2n ** 63n - 1n;
export const DEFAULT_LOG_BYTES = (16n * 1024n * MIB).toString();
const A_WEEK_SECONDS = 7 * 24 * 3600;
const A_DAY_SECONDS = 24 * 3600;
const MOST_ALTER_ENTRIES = 100;

/** What becomes of a session that holds a lock which the run needs. */
export const BLOCKER_POLICIES = ['wait', 'cancel', 'terminate'] as const;

export type BlockerPolicy = (typeof BLOCKER_POLICIES)[number];

const LONGEST_ENTRY_CHARACTERS = 10_000;

/** One field of a request: what it may hold, and how a fault speaks of it. */
export interface RequestField {
  readonly schema: z.ZodType;
  /** Completes "must be …". */
  readonly expects: string;
  /** As JSON writes it. */
  readonly example: string;
}

function wholeNumber(from: number, to: number, fallback: number, description: string, reason: string) {
  return {
    schema: z.int().min(from).max(to).default(fallback).describe(description),
    expects: `a whole number from ${from} to ${to} (${reason})`,
    example: String(fallback),
  };
}

function yesOrNo(fallback: boolean, description: string) {
  return {
    schema: z.boolean().default(fallback).describe(description),
    expects: 'true or false',
    example: String(fallback),
  };
}

/**
 * Every field of a request, its default and its range. Each range has a reason: below it the tool does no work, above
 * it the application would notice or one invocation would not get to its end.
 */
export const REQUEST_FIELDS = {
  table: {
    schema: z.string().describe('Schema and name as SQL writes them: public.orders, "My Schema"."My Table".'),
    expects: 'a schema-qualified name as SQL writes it',
    example: '"public.orders"',
  },
  action: {
    schema: z.enum(ACTIONS).default('repack').describe('What to do with the table.'),
    expects: `one of ${ACTIONS.join(', ')}`,
    example: '"repack"',
  },
  alter: {
    schema: z
      .union([
        z.string().max(LONGEST_ENTRY_CHARACTERS),
        z.array(z.string().max(LONGEST_ENTRY_CHARACTERS)).max(MOST_ALTER_ENTRIES),
      ])
      .default([])
      .describe('ALTER TABLE sub-commands for the still empty copy, one or a list.'),
    expects: `a list of at most ${MOST_ALTER_ENTRIES} ALTER TABLE sub-commands, or a single one`,
    example: '["ALTER COLUMN id TYPE bigint"]',
  },
  stopAfter: {
    schema: z
      .enum(STAGES)
      .nullable()
      .default(null)
      .describe('End well once this stage is done; the run can go on later.'),
    expects: `null or one of ${STAGES.join(', ')}`,
    example: '"POST_SYNC_UPDATE"',
  },
  keepOldTable: yesOrNo(false, 'Keep the old table after the swap, until clean-up or revert is asked for.'),
  workers: wholeNumber(
    1,
    16,
    2,
    'Connections that one unit uses for copying, index builds and verification.',
    'the database does the work: more connections than it has spare processors only take them from the application',
  ),
  lockTimeoutMs: wholeNumber(
    10,
    1000,
    100,
    'How long one attempt at a strong lock may hold others up, ms.',
    'whoever asks meanwhile queues behind the attempt; it must stay under deadlock_timeout, 1 s by default',
  ),
  swapDrainBudgetMs: wholeNumber(
    1,
    1000,
    20,
    'How long the last drain may take under the lock of the swap, ms.',
    'readers and writers wait that long; what does not fit is drained before the next attempt',
  ),
  targetBatchMs: wholeNumber(
    50,
    60_000,
    1000,
    'What one batch, a transaction of the backfill, should take, ms.',
    'shorter ones are mostly overhead, longer ones hold the vacuum horizon of the database back',
  ),
  unitSeconds: wholeNumber(
    5,
    600,
    60,
    'How long one unit may work before it returns, s.',
    'an invocation of a Lambda function ends after 15 minutes, and the unit must have returned well before',
  ),
  maxLogBytes: {
    schema: z
      .union([z.number(), z.string()])
      .default(DEFAULT_LOG_BYTES)
      .describe('Stop when the change log is larger than this, bytes; a string where JSON numbers end.'),
    expects: `whole bytes from ${SMALLEST_LOG_BYTES} (1 MiB: a smaller log is full at once), as a number or a string of digits`,
    example: `"${DEFAULT_LOG_BYTES}"`,
  },
  maxReplicaLagSeconds: {
    schema: z
      .int()
      .min(1)
      .max(A_DAY_SECONDS)
      .nullable()
      .default(null)
      .describe('Pause the backfill while a replica lags further behind, s; null asks for no lag.'),
    expects: `null or a whole number from 1 to ${A_DAY_SECONDS} (the lag is looked at once a second)`,
    example: '10',
  },
  verify: yesOrNo(true, 'Compare source and copy before the swap.'),
  oldSnapshotPatienceSeconds: {
    schema: z
      .int()
      .min(0)
      .max(A_WEEK_SECONDS)
      .nullable()
      .default(null)
      .describe('Swap after this many seconds even if older snapshots are still open; null waits for them.'),
    expects: `null or a whole number from 0 to ${A_WEEK_SECONDS} (a week)`,
    example: 'null',
  },
  blockers: {
    schema: z
      .enum(BLOCKER_POLICIES)
      .default('wait')
      .describe('Wait for a session that holds a lock we need, cancel its statement, or terminate it.'),
    expects: `one of ${BLOCKER_POLICIES.join(', ')}`,
    example: '"cancel"',
  },
  blockerPatienceSeconds: wholeNumber(
    0,
    A_WEEK_SECONDS,
    60,
    'How long a session may hold the run up before it is cancelled or terminated, s.',
    'counted from when the run first met it; at most a week',
  ),
  allowPublishedForAllTables: yesOrNo(
    false,
    'Accept a FOR ALL TABLES publication, whose subscribers would be sent our tables.',
  ),
  recreateMaterializedViews: yesOrNo(
    false,
    'Make materialized views of the table anew after the swap, and fill them: each costs as much as a REFRESH of it.',
  ),
  requestId: {
    schema: z
      .string()
      .min(1)
      .max(256)
      .nullable()
      .default(null)
      .describe('Id of the event or schedule: a delivery repeated late starts nothing.'),
    expects: 'null or a string of 1 to 256 characters',
    example: '"6f1d0c5e-1"',
  },
} as const satisfies Readonly<Record<string, RequestField>>;

export type RequestFieldName = keyof typeof REQUEST_FIELDS;

/** Bytes as a number or a string of digits; null when it is neither or out of range. */
export function parseLogBytes(value: number | string): bigint | null {
  const readable = typeof value === 'number' ? Number.isSafeInteger(value) && value >= 0 : /^[0-9]{1,19}$/.test(value);
  if (!readable) {
    return null;
  }
  const bytes = BigInt(value);
  return bytes >= SMALLEST_LOG_BYTES && bytes <= LARGEST_LOG_BYTES ? bytes : null;
}
