import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { parseConfig } from '../../infra/config.ts';
import { ShadowstepStack } from '../../infra/shadowstep-stack.ts';

/** A configuration that uses everything; tests take away or exchange what they are about. */
export const FULL_CONFIG = {
  namePrefix: 'shop',
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  availabilityZones: ['eu-central-1a', 'eu-central-1b'],
  securityGroupId: 'sg-0123456789abcdef0',
  database: {
    endpoint: 'db.example.internal',
    name: 'shop',
    secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf',
    secretKmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
  },
  permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
  logRetentionDays: 30,
  reservedConcurrency: 3,
  eventSource: 'com.example.operations',
  schedules: [
    { table: 'public.orders', expression: 'cron(0 3 ? * SUN *)', timeZone: 'Europe/Berlin', request: { workers: 4 } },
    { table: '"My Schema"."My Table"', expression: 'rate(7 days)' },
  ],
  notifyEmails: ['operations@example.com'],
};

export const IAM_DATABASE = {
  endpoint: 'db.example.internal',
  name: 'shop',
  iamUser: 'repacker',
  dbiResourceId: 'db-ABCDEFGHIJKL',
};

/** The stack, not bundled: its functions hold a placeholder. */
export async function templateOf(config: unknown = FULL_CONFIG): Promise<Template> {
  // Where CDK writes; left alone it makes a folder of its own for each App and never removes it.
  const outdir = mkdtempSync(join(tmpdir(), 'shadowstep-synth-'));
  try {
    const stack = new ShadowstepStack(new App({ analyticsReporting: false, outdir }), 'Shop', {
      config: await parseConfig(config, 'the test'),
      code: Code.fromInline('// placeholder'),
    });
    return Template.fromStack(stack);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

export function resourcesOf(template: Template, type: string): Resource[] {
  return Object.values(template.findResources(type)) as Resource[];
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** Every statement of every policy, as lists of actions and resources. */
export function statementsOf(template: Template): { actions: string[]; resources: unknown[] }[] {
  return resourcesOf(template, 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement)
    .map(({ Action, Resource }) => ({ actions: [Action].flat(), resources: [Resource].flat() }));
}
