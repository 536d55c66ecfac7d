import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { TimeZone } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ScheduleConfig, StackConfig } from './config.ts';

export const REQUEST_DETAIL_TYPE = 'Repack requested';

/** A start that could not be delivered within this is left to the queue and its alarm: nobody waits for it any more. */
const DELIVERY_WINDOW = Duration.hours(2);

export interface TriggersProps {
  readonly config: StackConfig;
  readonly stateMachine: IStateMachine;
}

/** What starts the machine besides a person: an event, and a schedule per table. */
export class Triggers extends Construct {
  /** Starts that could not be delivered. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: TriggersProps) {
    super(scope, id);
    this.undelivered = new Queue(this, 'Undelivered', {
      queueName: `${props.config.namePrefix}-undelivered`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    if (props.config.eventSource !== undefined) this.startOnEvent(props.config.eventSource, props);
    for (const schedule of props.config.schedules) this.startOnSchedule(schedule, props);
  }

  /**
   * EventBridge delivers at least once. The machine merges `identity` into the event's detail, so that the second
   * delivery carries a requestId the registry knows.
   */
  private startOnEvent(source: string, { config, stateMachine }: TriggersProps): void {
    new Rule(this, 'OnRequest', {
      ruleName: `${config.namePrefix}-repack-requested`,
      description: `Starts a repack on "${REQUEST_DETAIL_TYPE}" from ${source}; the detail is the request`,
      eventPattern: { source: [source], detailType: [REQUEST_DETAIL_TYPE] },
      targets: [
        new SfnStateMachine(stateMachine, {
          input: RuleTargetInput.fromObject({
            event: { detail: EventField.fromPath('$.detail'), identity: { requestId: EventField.eventId } },
          }),
          deadLetterQueue: this.undelivered,
          maxEventAge: DELIVERY_WINDOW,
        }),
      ],
    });
  }

  /**
   * The requestId is the schedule and the time it was due, not Scheduler's execution id: that one is new for each
   * attempt (AWS, "Adding context attributes"), so that a repeated attempt would start a second run.
   */
  private startOnSchedule(schedule: ScheduleConfig, { stateMachine }: TriggersProps): void {
    new Schedule(this, `Every ${schedule.table}`, {
      description: `Repacks ${schedule.table}`,
      schedule: ScheduleExpression.expression(schedule.expression, TimeZone.of(schedule.timeZone)),
      target: new StepFunctionsStartExecution(stateMachine, {
        input: ScheduleTargetInput.fromObject({
          ...schedule.request,
          table: schedule.table,
          requestId: `${ContextAttribute.scheduleArn}@${ContextAttribute.scheduledTime}`,
        }),
        deadLetterQueue: this.undelivered,
        maxEventAge: DELIVERY_WINDOW,
      }),
    });
  }
}
