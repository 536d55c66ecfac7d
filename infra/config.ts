import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { InvalidRequestError } from '../lambdas/engine/errors.ts';
import { parseRequest } from '../lambdas/engine/request.ts';
import { formatTableName, parseTableName } from '../lambdas/engine/table-name.ts';
import {
  certificateFile,
  endpoint,
  iamUser,
  identifier,
  scheduleExpression,
  secretArn,
  tableName,
  text,
  timeZone,
  wholeNumber,
} from './config-fields.ts';

const RETENTION_DAYS = Object.values(RetentionDays).filter((days): days is RetentionDays => typeof days === 'number');

const RETENTION_EXPECTED = `expected one of ${RETENTION_DAYS.join(', ')}`;

/** Looks at several fields together although one of them has a fault of its own: all faults are told at once. */
const EVEN_IF_FAULTY = { when: () => true };

const database = (folder: string) =>
  z
    .strictObject(
      {
        /** The writer's endpoint. Not a proxy's or a pooler's: sessions keep settings and locks. */
        endpoint,
        port: wholeNumber(1, 65535).default(5432),
        name: text("expected the database's name"),
        /** A secret with the keys username and password, as RDS makes them. Either this, or IAM authentication. */
        secretArn: secretArn.optional(),
        /** The secret's key, if it is a customer-managed one. */
        secretKmsKeyArn: identifier(
          /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
          'arn:aws:kms:REGION:ACCOUNT:key/ID',
        ).optional(),
        /** The database role that logs in with an IAM token (GRANT rds_iam). */
        iamUser: iamUser.optional(),
        /** The DbiResourceId (db-…) of an instance or the DbClusterResourceId (cluster-…) of a cluster. */
        dbiResourceId: identifier(/^(db|cluster)-[A-Z0-9]+$/, 'db-ABCDEFGHIJKL or cluster-ABCDEFGHIJKL').optional(),
        /** PEM file of the authorities to trust, relative to the configuration. Default: those of RDS. */
        caFile: certificateFile(folder).optional(),
      },
      { error: 'expected an object with endpoint, name, and secretArn or iamUser with dbiResourceId' },
    )
    .superRefine((value, context) => {
      if (!isObject(value)) return;
      const fault = (message: string) => context.addIssue({ code: 'custom', message });
      if ((value.secretArn === undefined) === (value.iamUser === undefined)) {
        fault('expected either secretArn or iamUser with dbiResourceId');
      }
      if (value.iamUser !== undefined && value.dbiResourceId === undefined) fault('iamUser needs dbiResourceId');
      if (value.iamUser === undefined && value.dbiResourceId !== undefined) fault('dbiResourceId needs iamUser');
      if (value.secretArn === undefined && value.secretKmsKeyArn !== undefined)
        fault('secretKmsKeyArn needs secretArn');
    }, EVEN_IF_FAULTY);

/** Fields of a request that a schedule gives itself. */
const GIVEN_BY_THE_SCHEDULE = ['table', 'action', 'requestId'];

const schedule = z.strictObject(
  {
    table: tableName,
    expression: scheduleExpression,
    timeZone: timeZone.default('UTC'),
    /** The rest of the request: every field but `table`, `action` and `requestId`. */
    request: z
      .record(z.string(), z.json(), { error: 'expected an object with further fields of the request' })
      .superRefine(async (fields, context) => {
        const fault = (message: string) => context.addIssue({ code: 'custom', message });
        const given = GIVEN_BY_THE_SCHEDULE.filter((field) => field in fields);
        if (given.length > 0) fault(`must not hold ${given.join(', ')}: the schedule gives it`);
        for (const message of await requestFaults(fields)) fault(message);
      })
      .default({}),
  },
  { error: 'expected an object with table and expression' },
);

/** What the machine would say when the schedule fires; the table is looked at by itself. */
async function requestFaults(fields: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !GIVEN_BY_THE_SCHEDULE.includes(name)));
  try {
    await parseRequest({ ...own, table: 'public.orders' });
    return [];
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.faults;
    throw error;
  }
}

const listOf = <T extends z.ZodType>(item: T, what: string) => z.array(item, { error: `expected a list of ${what}` });

const configSchema = (folder: string) =>
  z
    .strictObject(
      {
        /** Begins the name of everything that the stack makes. */
        namePrefix: text(
          'expected at most 30 lower-case letters, digits and hyphens, a letter first',
          /^[a-z][a-z0-9-]{0,29}$/,
        ).default('shadowstep'),
        vpcId: identifier(/^vpc-[0-9a-f]{8,17}$/, 'vpc-0123456789abcdef0'),
        subnetIds: listOf(
          identifier(/^subnet-[0-9a-f]{8,17}$/, 'subnet-0123456789abcdef0'),
          'subnets, such as subnet-0123456789abcdef0',
        ).min(1, 'expected at least one subnet'),
        /** One per subnet, in the subnets' order. */
        availabilityZones: listOf(text('expected a zone, e.g. eu-central-1a'), 'zones, such as eu-central-1a'),
        /** Must be let into the database's port, and out to it (and to Secrets Manager, if a secret is used). */
        securityGroupId: identifier(/^sg-[0-9a-f]{8,17}$/, 'sg-0123456789abcdef0'),
        database: database(folder),
        permissionsBoundaryArn: identifier(
          /^arn:[\w-]+:iam::\d{12}:policy\/.+/,
          'arn:aws:iam::ACCOUNT:policy/NAME',
        ).optional(),
        logRetentionDays: z
          .int({ error: RETENTION_EXPECTED })
          .refine((days): days is RetentionDays => RETENTION_DAYS.includes(days), RETENTION_EXPECTED)
          .default(RetentionDays.THREE_MONTHS),
        /** Upper bound of each task's simultaneous invocations, that is, of runs at the same stage. Default: none. */
        reservedConcurrency: wholeNumber(1, 10_000).optional(),
        /** The `source` of the events with detail-type "Repack requested". Default: no rule. */
        eventSource: text('expected the source of events, e.g. com.example.operations')
          .refine((source) => !source.startsWith('aws.'), "must not begin with aws.: those are AWS's own events")
          .optional(),
        schedules: listOf(schedule, 'schedules').default([]),
        /** Told of alarms. Each has to confirm the subscription. */
        notifyEmails: listOf(z.email({ error: 'expected an e-mail address' }), 'e-mail addresses').default([]),
      },
      { error: 'expected an object; infra/config.example.json shows one' },
    )
    .superRefine((value, context) => {
      if (!isObject(value)) return;
      const { availabilityZones: zones, subnetIds: subnets, schedules } = value;
      if (Array.isArray(zones) && Array.isArray(subnets) && zones.length !== subnets.length) {
        context.addIssue({
          code: 'custom',
          path: ['availabilityZones'],
          message: `expected one availability zone per subnet: ${subnets.length}, found ${zones.length}`,
        });
      }
      for (const table of repeatedTables(Array.isArray(schedules) ? schedules : [])) {
        context.addIssue({
          code: 'custom',
          path: ['schedules'],
          message: `expected one schedule per table; ${table} has more`,
        });
      }
    }, EVEN_IF_FAULTY);

/** `public.orders` and `PUBLIC."orders"` are one table. */
function repeatedTables(schedules: readonly unknown[]): Set<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const one of schedules) {
    const read = isObject(one) && typeof one.table === 'string' ? parseTableName(one.table) : null;
    if (read === null || 'fault' in read) continue;
    const table = formatTableName(read.table);
    if (seen.has(table)) repeated.add(table);
    seen.add(table);
  }
  return repeated;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The stack's configuration after parsing, every default filled in. */
export type StackConfig = z.infer<ReturnType<typeof configSchema>>;
export type ScheduleConfig = StackConfig['schedules'][number];
export type DatabaseConfig = StackConfig['database'];

export class StackConfigError extends Error {
  override readonly name = 'StackConfigError';
  constructor(
    readonly origin: string,
    readonly faults: readonly string[],
  ) {
    super(`${origin} cannot be used as the configuration:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/**
 * Rejects with StackConfigError and every fault of `raw`, unknown keys and the schedules' requests included. `origin` says
 * where it came from; `database.caFile` is sought from `folder`, and comes back as an absolute path.
 */
export async function parseConfig(raw: unknown, origin: string, folder = '.'): Promise<StackConfig> {
  const parsed = await configSchema(folder).safeParseAsync(raw, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new StackConfigError(origin, parsed.error.issues.flatMap(describeIssue));
}

/** Reads the file of `-c config=FILE.json`. */
export async function readConfigFile(file: string): Promise<StackConfig> {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StackConfigError(file, [error instanceof Error ? error.message : String(error)]);
  }
  return parseConfig(raw, file, dirname(file));
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const at = issue.path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${at === '' ? key : `${at}.${key}`}: unknown key`);
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined && at !== '';
  return [`${at === '' ? 'the whole' : at}: ${missing ? 'is missing; ' : ''}${issue.message}`];
}
