import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StackConfig } from './config.ts';
import { Monitoring } from './monitoring.ts';
import { acknowledgeFindings } from './nag-acknowledgements.ts';
import { RepackMachine } from './state-machine/repack-machine.ts';
import { TaskFunctions } from './task-functions.ts';
import { Triggers } from './triggers.ts';

export interface ShadowstepStackProps extends StackProps {
  readonly config: StackConfig;
  /** The bundle of all handlers. */
  readonly code: Code;
}

/** Everything that a deployment is. */
export class ShadowstepStack extends Stack {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: ShadowstepStackProps) {
    const { config, code, ...stackProps } = props;
    super(scope, id, {
      description: 'Shadowstep: online table repack and schema change for PostgreSQL',
      ...stackProps,
    });
    const functions = new TaskFunctions(this, 'Tasks', { config, code });
    const machine = new RepackMachine(this, 'Machine', {
      namePrefix: config.namePrefix,
      functions: functions.byTask,
      logRetentionDays: config.logRetentionDays,
    });
    this.stateMachine = machine.stateMachine;
    const triggers = new Triggers(this, 'Triggers', { config, stateMachine: machine.stateMachine });
    new Monitoring(this, 'Monitoring', {
      config,
      stateMachine: machine.stateMachine,
      undelivered: triggers.undelivered,
    });
    acknowledgeFindings(functions, machine, triggers);
    if (config.permissionsBoundaryArn !== undefined) {
      PermissionsBoundary.of(this).apply(
        ManagedPolicy.fromManagedPolicyArn(this, 'PermissionsBoundary', config.permissionsBoundaryArn),
      );
    }
    new CfnOutput(this, 'StateMachineArn', {
      value: machine.stateMachine.stateMachineArn,
      description: 'Start an execution with the request as input, e.g. {"table": "public.orders"}',
    });
  }
}
