import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';

const RETENTION_DAYS = Object.values(RetentionDays).filter((days): days is RetentionDays => typeof days === 'number');

const identifier = (pattern: RegExp, example: string) =>
  z.string().regex(pattern, `expected something like ${example}`);

/** The name as SQL writes it; the parser of requests looks at it more closely when the schedule fires. */
const tableName = z.string().regex(/^[^.]+\.[^.]+$|^"/, 'expected schema.table as SQL writes it, e.g. public.orders');

const database = z
  .strictObject({
    /** The writer's endpoint. Not a proxy's or a pooler's: sessions keep settings and locks. */
    endpoint: z.string().min(1),
    port: z.int().min(1).max(65535).default(5432),
    name: z.string().min(1),
    /** A secret with the keys username and password, as RDS makes them. Either this, or IAM authentication. */
    secretArn: identifier(
      /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:.+/,
      'arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME',
    ).optional(),
    /** The secret's key, if it is a customer-managed one. */
    secretKmsKeyArn: identifier(
      /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/.+/,
      'arn:aws:kms:REGION:ACCOUNT:key/ID',
    ).optional(),
    /** The database role that logs in with an IAM token (GRANT rds_iam). */
    iamUser: z.string().min(1).optional(),
    /** The DbiResourceId (db-…) of an instance or the DbClusterResourceId (cluster-…) of a cluster. */
    dbiResourceId: identifier(/^(db|cluster)-[A-Z0-9]+$/, 'db-ABCDEFGHIJKL or cluster-ABCDEFGHIJKL').optional(),
    /** PEM file of the authorities to trust, relative to the configuration. Default: those of RDS. */
    caFile: z.string().min(1).optional(),
  })
  .superRefine((value, context) => {
    const fault = (message: string) => context.addIssue({ code: 'custom', message });
    if ((value.secretArn === undefined) === (value.iamUser === undefined)) {
      fault('expected either secretArn or iamUser with dbiResourceId');
    }
    if (value.iamUser !== undefined && value.dbiResourceId === undefined) fault('iamUser needs dbiResourceId');
    if (value.iamUser === undefined && value.dbiResourceId !== undefined) fault('dbiResourceId needs iamUser');
    if (value.secretArn === undefined && value.secretKmsKeyArn !== undefined) fault('secretKmsKeyArn needs secretArn');
  });

const schedule = z.strictObject({
  table: tableName,
  expression: z
    .string()
    .regex(/^(cron|rate)\(.+\)$/, 'expected cron(…) or rate(…) as EventBridge Scheduler writes them'),
  timeZone: z.string().refine(isTimeZone, 'expected an IANA time zone, e.g. Europe/Berlin').default('UTC'),
  /** The rest of the request: every field but `table`, `action` and `requestId`. */
  request: z
    .record(z.string(), z.json())
    .refine(
      (value) => !['table', 'action', 'requestId'].some((key) => key in value),
      'must not hold table, action or requestId: the schedule gives them',
    )
    .default({}),
});

const configSchema = z
  .strictObject({
    /** Begins the name of everything that the stack makes. */
    namePrefix: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,29}$/, 'expected at most 30 lower-case letters, digits and hyphens')
      .default('shadowstep'),
    vpcId: identifier(/^vpc-[0-9a-f]{8,17}$/, 'vpc-0123456789abcdef0'),
    subnetIds: z.array(identifier(/^subnet-[0-9a-f]{8,17}$/, 'subnet-0123456789abcdef0')).min(1),
    /** One per subnet, in the subnets' order. */
    availabilityZones: z.array(z.string().min(1)).min(1),
    /** Must be let into the database's port, and out to it (and to Secrets Manager, if a secret is used). */
    securityGroupId: identifier(/^sg-[0-9a-f]{8,17}$/, 'sg-0123456789abcdef0'),
    database,
    permissionsBoundaryArn: identifier(
      /^arn:[\w-]+:iam::\d{12}:policy\/.+/,
      'arn:aws:iam::ACCOUNT:policy/NAME',
    ).optional(),
    logRetentionDays: z
      .int()
      .refine(
        (days): days is RetentionDays => RETENTION_DAYS.includes(days),
        `expected one of ${RETENTION_DAYS.join(', ')}`,
      )
      .default(RetentionDays.THREE_MONTHS),
    /** Upper bound of each task's simultaneous invocations, that is, of runs at the same stage. Default: none. */
    reservedConcurrency: z.int().min(1).optional(),
    /** The `source` of the events with detail-type "Repack requested". Default: no rule. */
    eventSource: z
      .string()
      .min(1)
      .refine((source) => !source.startsWith('aws.'), "must not begin with aws.: those are AWS's own events")
      .optional(),
    schedules: z.array(schedule).default([]),
    /** Told of alarms. Each has to confirm the subscription. */
    notifyEmails: z.array(z.email()).default([]),
  })
  .refine((value) => value.availabilityZones.length === value.subnetIds.length, {
    path: ['availabilityZones'],
    message: 'expected one availability zone per subnet',
  })
  .refine((value) => new Set(value.schedules.map(({ table }) => table)).size === value.schedules.length, {
    path: ['schedules'],
    message: 'expected one schedule per table',
  });

/** The stack's configuration after parsing, every default filled in. */
export type StackConfig = z.infer<typeof configSchema>;
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

/** Throws StackConfigError with every fault of `raw`, unknown keys included. `origin` says where it came from. */
export function parseConfig(raw: unknown, origin: string): StackConfig {
  const parsed = configSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new StackConfigError(origin, parsed.error.issues.flatMap(describeIssue));
}

/** Reads the file of `-c config=FILE.json`; a `database.caFile` in it comes back as an absolute path. */
export function readConfigFile(file: string): StackConfig {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StackConfigError(file, [error instanceof Error ? error.message : String(error)]);
  }
  const config = parseConfig(raw, file);
  const { caFile } = config.database;
  if (caFile === undefined) return config;
  return { ...config, database: { ...config.database, caFile: resolve(dirname(file), caFile) } };
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const at = issue.path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${at === '' ? key : `${at}.${key}`}: unknown key`);
  }
  return [`${at === '' ? 'the whole' : at}: ${issue.message}`];
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
