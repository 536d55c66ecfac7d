import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { StackConfig } from './config.ts';

export interface MonitoringProps {
  readonly config: StackConfig;
  readonly stateMachine: StateMachine;
  readonly undelivered: IQueue;
}

/** The alarms, each with a section of the same name in RUNBOOK.md. With `notifyEmails`, a topic that carries them. */
export class Monitoring extends Construct {
  private readonly namePrefix: string;
  private readonly topic: Topic | undefined;
  private readonly alarmArns: string[] = [];

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    this.namePrefix = props.config.namePrefix;
    this.topic = this.notifications(props.config.notifyEmails);
    const period = Duration.minutes(5);
    this.alarm(
      'ExecutionFailed',
      'An execution failed in place. The run is where it was; nothing is lost.',
      props.stateMachine.metricFailed({ period, statistic: 'Sum' }),
    );
    this.alarm(
      'ExecutionTimedOut',
      'An execution ran for weeks without finishing or starting anew.',
      props.stateMachine.metricTimedOut({ period, statistic: 'Sum' }),
    );
    this.alarm(
      'StartUndelivered',
      'An event or a schedule could not start the state machine.',
      props.undelivered.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
    );
    this.letAlarmsPublish();
  }

  private alarm(name: string, description: string, metric: IMetric): void {
    const alarm = new Alarm(this, name, {
      alarmName: `${this.namePrefix}-${name}`,
      alarmDescription: `${description} See infra/RUNBOOK.md, ${name}.`,
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // Counts are published only when something happens: silence is health.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.alarmArns.push(alarm.alarmArn);
    if (this.topic !== undefined) alarm.addAlarmAction(new SnsAction(this.topic));
  }

  private notifications(emails: readonly string[]): Topic | undefined {
    if (emails.length === 0) return undefined;
    // Not encrypted with alias/aws/sns: CloudWatch may not use that key, and its alarms would be lost in silence.
    const topic = new Topic(this, 'Alarms', { topicName: `${this.namePrefix}-alarms`, enforceSSL: true });
    for (const email of emails) topic.addSubscription(new EmailSubscription(email));
    return topic;
  }

  /**
   * `enforceSSL` gives the topic a policy, and any policy takes the place of the one by which SNS lets the account's own
   * services publish; SnsAction adds nothing to it. Without this CloudWatch would be refused, unseen by everybody.
   */
  private letAlarmsPublish(): void {
    this.topic?.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisStack',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnEquals: { 'aws:SourceArn': this.alarmArns },
        },
      }),
    );
  }
}
