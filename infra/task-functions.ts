import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type ISecurityGroup, type ISubnet, type IVpc, SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { TASKS, type TaskName } from '../lambdas/engine/stages.ts';
import type { StackConfig } from './config.ts';
import { DATABASE_CA_FILE, handlerFile } from './function-files.ts';
import { TASK_COMMENTS } from './state-machine/task-comments.ts';
import { FUNCTION_TIMEOUT_SECONDS } from './state-machine/workflow.ts';

/**
 * Rows never pass through the function; the memory buys CPU for TLS and the start. The engine stays under 200 MB.
 */
const MEMORY_MIB = 512;

export interface TaskFunctionsProps {
  readonly config: StackConfig;
  /** The bundle of all handlers: one asset for all functions. */
  readonly code: Code;
}

/** One function per task of the state machine, each with a role and a log group of its own, all on one asset. */
export class TaskFunctions extends Construct {
  readonly byTask: Record<TaskName, LambdaFunction>;
  private readonly vpc: IVpc;
  private readonly subnets: ISubnet[];
  private readonly securityGroup: ISecurityGroup;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TaskFunctionsProps,
  ) {
    super(scope, id);
    const { config } = props;
    this.vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: config.vpcId,
      availabilityZones: config.availabilityZones,
    });
    this.subnets = config.subnetIds.map((subnetId, index) =>
      Subnet.fromSubnetAttributes(this, `Subnet${index}`, {
        subnetId,
        availabilityZone: config.availabilityZones[index] ?? '',
      }),
    );
    // Not mutable: who may reach the database is for its owner to say, in this group and in the database's.
    this.securityGroup = SecurityGroup.fromSecurityGroupId(this, 'SecurityGroup', config.securityGroupId, {
      mutable: false,
    });
    this.byTask = Object.fromEntries(TASKS.map((task) => [task, this.functionFor(task)])) as Record<
      TaskName,
      LambdaFunction
    >;
  }

  private functionFor(task: TaskName): LambdaFunction {
    const { config, code } = this.props;
    const scope = new Construct(this, task);
    const functionName = `${config.namePrefix}-${handlerFile(task)}`;
    const logGroup = new LogGroup(scope, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: config.logRetentionDays,
      // The name is fixed: kept, it would be in the way of the next deployment. The registry is the record of runs.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new LambdaFunction(scope, 'Function', {
      functionName,
      description: TASK_COMMENTS[task],
      code,
      handler: `${handlerFile(task)}.handler`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MIB,
      timeout: Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
      role: this.roleFor(scope, task, logGroup),
      vpc: this.vpc,
      vpcSubnets: { subnets: this.subnets },
      securityGroups: [this.securityGroup],
      environment: this.environment(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(config.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: config.reservedConcurrency }),
    });
  }

  private environment(): Record<string, string> {
    const { database } = this.props.config;
    return {
      DATABASE_HOST: database.endpoint,
      DATABASE_PORT: String(database.port),
      DATABASE_NAME: database.name,
      ...(database.secretArn === undefined ? {} : { DATABASE_SECRET_ARN: database.secretArn }),
      ...(database.iamUser === undefined ? {} : { DATABASE_IAM_USER: database.iamUser }),
      ...(database.caFile === undefined ? {} : { DATABASE_CA_FILE: `/var/task/${DATABASE_CA_FILE}` }),
      NODE_OPTIONS: '--enable-source-maps',
    };
  }

  /** Least privilege, without managed policies: its own log group, its network interfaces, one way into the database. */
  private roleFor(scope: Construct, task: TaskName, logGroup: LogGroup): Role {
    const role = new Role(scope, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Shadowstep, ${task}: its log group, its network interfaces, the database's credentials`,
    });
    logGroup.grantWrite(role);
    role.addToPolicy(
      new PolicyStatement({
        sid: 'NetworkInterfacesOfTheFunction',
        effect: Effect.ALLOW,
        // Lambda makes the interfaces with this role, and their ids are not known before: see nag-acknowledgements.ts.
        actions: [
          'ec2:CreateNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:DeleteNetworkInterface',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ],
        resources: ['*'],
      }),
    );
    for (const statement of this.databaseStatements()) role.addToPolicy(statement);
    return role;
  }

  private databaseStatements(): PolicyStatement[] {
    const { database } = this.props.config;
    const statements: PolicyStatement[] = [];
    if (database.secretArn !== undefined) {
      statements.push(
        new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [database.secretArn] }),
      );
    }
    if (database.secretKmsKeyArn !== undefined) {
      statements.push(new PolicyStatement({ actions: ['kms:Decrypt'], resources: [database.secretKmsKeyArn] }));
    }
    if (database.iamUser !== undefined) {
      const dbuser = Stack.of(this).formatArn({
        service: 'rds-db',
        resource: 'dbuser',
        resourceName: `${database.dbiResourceId}/${database.iamUser}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
      statements.push(new PolicyStatement({ actions: ['rds-db:connect'], resources: [dbuser] }));
    }
    return statements;
  }
}
