import { readFileSync } from 'node:fs';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../infra/config.ts';
import { synthesiseDefinition } from '../../infra/definition.ts';
import { TASKS } from '../../lambdas/engine/stages.ts';
import { FULL_CONFIG, IAM_DATABASE, resourcesOf, statementsOf, templateOf } from './synthesised-stack.ts';

const template = await templateOf();
const withIam = await templateOf({ ...FULL_CONFIG, database: IAM_DATABASE });

/** What may be asked for on every resource, because AWS knows no resource for it. */
const ACTIONS_WITHOUT_A_RESOURCE =
  /^(ec2:(Create|Describe|Delete)NetworkInterfaces?|ec2:DescribeSubnets|ec2:(Una|A)ssignPrivateIpAddresses|logs:\w+LogDeliver(y|ies)|logs:(PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)|xray:\w+)$/;

describe('the functions', () => {
  const functions = resourcesOf(template, 'AWS::Lambda::Function').map(({ Properties }) => Properties);

  it('are one per task, on Node 24 and arm64, all from one asset', () => {
    expect(functions.map(({ Handler }) => Handler).sort()).toEqual(
      TASKS.map((task) => `${task.toLowerCase().replaceAll('_', '-')}.handler`).sort(),
    );
    expect(functions.every(({ Runtime }) => Runtime === 'nodejs24.x')).toBe(true);
    expect(functions.every(({ Architectures }) => JSON.stringify(Architectures) === '["arm64"]')).toBe(true);
    expect(new Set(functions.map(({ Code }) => JSON.stringify(Code))).size).toBe(1);
  });

  it('lie in the given subnets and security group, and make no other', () => {
    for (const { VpcConfig } of functions) {
      expect(VpcConfig).toEqual({ SubnetIds: FULL_CONFIG.subnetIds, SecurityGroupIds: [FULL_CONFIG.securityGroupId] });
    }
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  it('have the given concurrency, and none reserved unless it is given', async () => {
    expect(functions.map(({ ReservedConcurrentExecutions }) => ReservedConcurrentExecutions)).toEqual(
      TASKS.map(() => 3),
    );
    const { reservedConcurrency: _, ...without } = FULL_CONFIG;
    for (const { Properties } of resourcesOf(await templateOf(without), 'AWS::Lambda::Function')) {
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });

  it('know where the secret is, and never what it holds', () => {
    for (const { Environment } of functions) {
      expect(Environment).toEqual({
        Variables: {
          DATABASE_HOST: 'db.example.internal',
          DATABASE_PORT: '5432',
          DATABASE_NAME: 'shop',
          DATABASE_SECRET_ARN: FULL_CONFIG.database.secretArn,
          NODE_OPTIONS: '--enable-source-maps',
        },
      });
    }
  });

  it('write into log groups of their own, kept as long as was asked for', () => {
    const groups = resourcesOf(template, 'AWS::Logs::LogGroup').map(({ Properties }) => Properties);
    expect(groups).toHaveLength(TASKS.length + 1);
    expect(groups.every(({ RetentionInDays }) => RetentionInDays === 30)).toBe(true);
    expect(new Set(functions.map(({ LoggingConfig }) => JSON.stringify(LoggingConfig))).size).toBe(TASKS.length);
  });
});

describe('the privileges', () => {
  it('are each function’s own: one role a function', () => {
    const roles = resourcesOf(template, 'AWS::Lambda::Function').map(({ Properties }) =>
      JSON.stringify(Properties.Role),
    );
    expect(new Set(roles).size).toBe(TASKS.length);
  });

  it('come from no managed policy', () => {
    for (const { Properties } of resourcesOf(template, 'AWS::IAM::Role')) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  it.each([
    ['with a secret', template],
    ['with IAM authentication', withIam],
  ])('%s hold no wildcard but where AWS knows no resource', (_name, stack: Template) => {
    for (const { actions, resources } of statementsOf(stack)) {
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
      const wide = resources.some((resource) => JSON.stringify(resource).includes('*'));
      if (wide) expect(actions.filter((action) => !ACTIONS_WITHOUT_A_RESOURCE.test(action))).toEqual([]);
    }
  });

  it('open one secret, with its key, to every function, and nothing of the database’s else', () => {
    const granted = (action: string) => statementsOf(template).filter(({ actions }) => actions.includes(action));
    expect(granted('secretsmanager:GetSecretValue').map(({ resources }) => resources)).toEqual(
      TASKS.map(() => [FULL_CONFIG.database.secretArn]),
    );
    expect(granted('kms:Decrypt').map(({ resources }) => resources)).toEqual(
      TASKS.map(() => [FULL_CONFIG.database.secretKmsKeyArn]),
    );
    expect(granted('rds-db:connect')).toEqual([]);
  });

  it('let in one database user, where IAM authenticates, and open no secret', () => {
    const granted = (action: string) => statementsOf(withIam).filter(({ actions }) => actions.includes(action));
    expect(granted('rds-db:connect')).toHaveLength(TASKS.length);
    for (const { resources } of granted('rds-db:connect')) {
      expect(JSON.stringify(resources)).toContain(':dbuser:db-ABCDEFGHIJKL/repacker"');
    }
    expect(granted('secretsmanager:GetSecretValue')).toEqual([]);
  });

  it('let the machine invoke exactly its functions and start exactly itself', () => {
    const invoke = statementsOf(template).filter(({ actions }) => actions.includes('lambda:InvokeFunction'));
    expect(invoke).toHaveLength(1);
    expect(invoke[0]?.resources).toHaveLength(TASKS.length);
    const start = statementsOf(template).filter(
      ({ actions, resources }) =>
        actions.includes('states:StartExecution') && JSON.stringify(resources).includes('shop-repack'),
    );
    expect(JSON.stringify(start[0]?.resources)).toContain(':stateMachine:shop-repack"');
  });

  it('stay within the permissions boundary, every role', () => {
    const roles = resourcesOf(template, 'AWS::IAM::Role');
    // The functions', the machine's, the rule's, the scheduler's.
    expect(roles).toHaveLength(TASKS.length + 3);
    for (const { Properties } of roles) {
      expect(Properties.PermissionsBoundary).toBe(FULL_CONFIG.permissionsBoundaryArn);
    }
  });
});

describe('the state machine', () => {
  it('is Standard, logs everything but data, and is traced', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'shop-repack',
      StateMachineType: 'STANDARD',
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: '/aws/vendedlogs/states/shop-repack' });
  });

  it('is made after its role has its policy, or the log group would be refused', () => {
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const policies = Object.keys(template.findResources('AWS::IAM::Policy'));
    expect((machine as { DependsOn: string[] }).DependsOn.filter((id) => policies.includes(id))).toHaveLength(1);
  });

  it('is the definition that the tests and the local runner interpret', async () => {
    const definitionString = resourcesOf(template, 'AWS::StepFunctions::StateMachine').map(
      ({ Properties }) => Properties.DefinitionString as { 'Fn::Join': [string, unknown[]] },
    );
    const parts = definitionString.flatMap((join) => join['Fn::Join'][1]);
    const states = JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'x')).join('')).States;
    const stripped = (value: unknown) =>
      JSON.stringify(value, (key, inner) => (key === 'Resource' || key === 'StateMachineArn' ? '' : inner));
    expect(stripped(states)).toBe(stripped((await synthesiseDefinition()).States));
  });
});

describe('the triggers', () => {
  it('start on the event of the given source, whose id becomes the requestId', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['com.example.operations'], 'detail-type': ['Repack requested'] },
      Targets: [
        {
          InputTransformer: {
            InputPathsMap: { detail: '$.detail', id: '$.id' },
            InputTemplate: '{"event":{"detail":<detail>,"identity":{"requestId":<id>}}}',
          },
          DeadLetterConfig: Match.anyValue(),
        },
      ],
    });
  });

  it('have no rule unless a source is given', async () => {
    const { eventSource: _, ...without } = FULL_CONFIG;
    (await templateOf(without)).resourceCountIs('AWS::Events::Rule', 0);
  });

  it('start each table at its time, with a requestId that a repeated attempt repeats', () => {
    template.resourceCountIs('AWS::Scheduler::Schedule', 2);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 ? * SUN *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      Target: {
        Input:
          '{"workers":4,"table":"public.orders","requestId":"<aws.scheduler.schedule-arn>@<aws.scheduler.scheduled-time>"}',
        DeadLetterConfig: Match.anyValue(),
      },
    });
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(7 days)',
      ScheduleExpressionTimezone: 'UTC',
      Target: { Input: Match.serializedJson(Match.objectLike({ table: '"My Schema"."My Table"' })) },
    });
  });

  it('leave what they cannot deliver in an encrypted queue that is reached by TLS alone', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'shop-undelivered', SqsManagedSseEnabled: true });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });
});

describe('the alarms', () => {
  const machineArn = { Ref: Object.keys(template.findResources('AWS::StepFunctions::StateMachine'))[0] };
  const queue = Object.keys(template.findResources('AWS::SQS::Queue'))[0];
  const topic = Object.keys(template.findResources('AWS::SNS::Topic'))[0];

  it.each([
    ['ExecutionFailed', 'AWS/States', 'ExecutionsFailed', { Name: 'StateMachineArn', Value: machineArn }],
    ['ExecutionTimedOut', 'AWS/States', 'ExecutionsTimedOut', { Name: 'StateMachineArn', Value: machineArn }],
    [
      'StartUndelivered',
      'AWS/SQS',
      'ApproximateNumberOfMessagesVisible',
      { Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } },
    ],
  ])('%s watches this deployment’s own metric', (name, namespace, metric, dimension) => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: `shop-${name}`,
      Namespace: namespace,
      MetricName: metric,
      Dimensions: [dimension],
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: topic }],
    });
  });

  it('each have a section in the runbook', () => {
    const runbook = readFileSync('infra/RUNBOOK.md', 'utf8');
    const names = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => String(Properties.AlarmName));
    expect(names).toHaveLength(3);
    for (const name of names) expect(runbook).toContain(`\n## ${name.replace('shop-', '')}\n`);
  });

  it('may publish to their topic: its policy has taken the place of the one that SNS gives by itself', () => {
    const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm'));
    expect(alarms).toHaveLength(3);
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [{ Ref: topic }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Sid: 'AlarmsOfThisStack',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: topic },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnEquals: { 'aws:SourceArn': alarms.map((alarm) => ({ 'Fn::GetAtt': [alarm, 'Arn'] })) },
            },
          },
        ]),
      },
    });
  });

  it('tell the given addresses by a topic that takes TLS alone, and make no topic without addresses', async () => {
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'operations@example.com' });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny' })]) },
    });
    const silent = await templateOf({ ...FULL_CONFIG, notifyEmails: [] });
    silent.resourceCountIs('AWS::SNS::Topic', 0);
    silent.resourceCountIs('AWS::CloudWatch::Alarm', 3);
  });
});

describe('the template', () => {
  it('is plain ASCII: IAM refuses other characters in descriptions, and CloudFormation shows them as question marks', () => {
    expect(JSON.stringify(template.toJSON())).toMatch(/^[\x20-\x7e]*$/);
  });

  it('names everything with a fixed name after the prefix, so that two deployments fit in one account', async () => {
    const other = JSON.stringify((await templateOf({ ...FULL_CONFIG, namePrefix: 'other' })).toJSON());
    expect((await parseConfig(FULL_CONFIG, 'the test')).namePrefix).toBe('shop');
    expect(other).not.toMatch(/shop-(?!AbCdEf)/);
  });
});
