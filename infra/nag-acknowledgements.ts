import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { RepackMachine } from './state-machine/repack-machine.ts';
import type { TaskFunctions } from './task-functions.ts';
import type { Triggers } from './triggers.ts';

/** Every rule of cdk-nag's AwsSolutions, and warning of CDK, that does not fit the stack, with the reason. */
export function acknowledgeFindings(functions: TaskFunctions, machine: RepackMachine, triggers: Triggers): void {
  acknowledge(
    functions,
    'AwsSolutions-IAM5[Resource::*]',
    "Lambda makes and removes the network interfaces of a function in a VPC with the function's role. Their ids are not " +
      'known before, and ec2:Describe* takes no resource. The actions are confined to network interfaces.',
  );
  acknowledge(
    functions,
    'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId',
    'The subnets exist already; nothing here reads or changes their route tables.',
  );
  acknowledge(
    machine,
    'AwsSolutions-IAM5[Resource::*]',
    "Log delivery (logs:*LogDelivery, *ResourcePolicy, DescribeLogGroups) and X-Ray's four actions take no resource, " +
      'says the Step Functions developer guide. Invoking and starting are on exact ARNs.',
  );
  acknowledge(
    triggers.undelivered,
    'AwsSolutions-SQS3',
    'This is the dead-letter queue itself; an alarm watches its depth.',
  );
}

function acknowledge(scope: IConstruct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason });
}
