import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, QueryLanguage, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { TASKS, type TaskName } from '../../lambdas/engine/stages.ts';
import { buildWorkflow } from './workflow.ts';

/**
 * 2,000 units of at most 600 s, each followed by a wait of at most 60 s, end within 15.3 days: an execution that is
 * three weeks old has not run anew when it should have. (The local interpreter's timers overflow at 24.8 days.)
 */
const MACHINE_TIMEOUT_DAYS = 21;

export interface RepackMachineProps {
  readonly namePrefix: string;
  readonly functions: Record<TaskName, IFunction>;
  readonly logRetentionDays: RetentionDays;
}

/** The Standard state machine with its role and its log group. */
export class RepackMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: RepackMachineProps) {
    super(scope, id);
    // Fixed, because the machine starts itself: a reference to its own construct would be circular.
    const stateMachineName = `${props.namePrefix}-repack`;
    const self = StateMachine.fromStateMachineName(this, 'Self', stateMachineName);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName,
      stateMachineType: StateMachineType.STANDARD,
      comment: 'Rebuilds or changes a live PostgreSQL table. The input is a request, e.g. {"table": "public.orders"}.',
      queryLanguage: QueryLanguage.JSON_PATH,
      definitionBody: DefinitionBody.fromChainable(buildWorkflow(this, { functions: props.functions, self })),
      timeout: Duration.days(MACHINE_TIMEOUT_DAYS),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          // This beginning spares the account's CloudWatch Logs resource policy, which is limited in size.
          logGroupName: `/aws/vendedlogs/states/${stateMachineName}`,
          retention: props.logRetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
      // CDK's own grants would add `<function>:*`, every version and alias; this machine calls the functions as such.
      role: this.role(props, stateMachineName).withoutPolicyUpdates(),
    });
  }

  private role(props: RepackMachineProps, stateMachineName: string): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: 'Shadowstep: invoke the task functions, start the machine anew, write its log and traces',
    });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'InvokeTheTasks',
        actions: ['lambda:InvokeFunction'],
        resources: TASKS.map((task) => props.functions[task].functionArn),
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        sid: 'StartAnew',
        actions: ['states:StartExecution'],
        resources: [
          Stack.of(this).formatArn({
            service: 'states',
            resource: 'stateMachine',
            resourceName: stateMachineName,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        sid: 'LogDeliveryAndTraces',
        // None of these actions can be narrowed to a resource: see nag-acknowledgements.ts.
        actions: [
          'logs:CreateLogDelivery',
          'logs:GetLogDelivery',
          'logs:UpdateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:DescribeResourcePolicies',
          'logs:DescribeLogGroups',
          'xray:PutTraceSegments',
          'xray:PutTelemetryRecords',
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
        ],
        resources: ['*'],
      }),
    );
    return role;
  }
}
