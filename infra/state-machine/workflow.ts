import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  Fail,
  type IChainable,
  type IStateMachine,
  JsonPath,
  Pass,
  Succeed,
  TaskInput,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke, StepFunctionsStartExecution } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { type Action, STAGES, TASKS, type TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitEvent, UnitStatus } from '../../lambdas/engine/unit.ts';
import { START_ANEW_RETRY, UNIT_RETRY_POLICIES } from './retry-policies.ts';
import * as names from './state-names.ts';
import { TASK_COMMENTS } from './task-comments.ts';

/** A Lambda function lives at most this long, s: the service's limit, and what every function here is given. */
export const FUNCTION_TIMEOUT_SECONDS = 900;

/** Above the function's own, or the machine would start a second invocation beside the first. */
const TASK_TIMEOUT_SECONDS = FUNCTION_TIMEOUT_SECONDS + 60;

/** The key by which Step Functions links an execution to the one that started it; the parser of requests ignores it. */
const STARTED_BY = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

/** Where each action of a request begins. */
const FIRST_TASK: Record<Action, TaskName> = {
  repack: 'PRE_VALIDATION',
  revert: 'REVERT',
  reset: 'RESET',
  'clean-up': 'CLEAN_UP',
};

export interface WorkflowProps {
  readonly functions: Record<TaskName, IFunction>;
  /** The machine itself, known by name only: a reference to the construct would be circular. */
  readonly self: IStateMachine;
}

/**
 * The states of the machine. The data between them is one small object: `request` (the input as it came), `driver` (this
 * execution), `startedBy` (for the successor's input) and `unit` (what the last unit answered, total by contract).
 * Written in the part of JSONPath that AWS and the local interpreter understand alike.
 */
export function buildWorkflow(scope: Construct, props: WorkflowProps): IChainable {
  const finished = new Succeed(scope, names.FINISHED, {
    comment: 'Nothing is left to do for this request. The output is what the last unit said.',
    outputPath: '$.unit',
  });
  const ends = { finished, unknown: unknownOutcome(scope), startAnew: startAnew(scope, props.self) };
  const tasks = Object.fromEntries(TASKS.map((task) => [task, unitTask(scope, task, props.functions[task])])) as Record<
    TaskName,
    LambdaInvoke
  >;

  const chooseAction = new Choice(scope, names.CHOOSE_ACTION, { comment: 'What does the request ask for?' });
  for (const [action, task] of Object.entries(FIRST_TASK)) {
    chooseAction.when(Condition.stringEquals('$.unit.action', action), tasks[task], { comment: `${action}: ${task}` });
  }
  chooseAction.otherwise(ends.unknown);

  for (const task of TASKS) {
    tasks[task].next(outcomeOf(scope, task, tasks[task], nextOf(task, tasks, chooseAction, finished), ends));
  }
  return readInput(scope, tasks.REQUEST);
}

function nextOf(task: TaskName, tasks: Record<TaskName, LambdaInvoke>, chooseAction: Choice, finished: Succeed) {
  if (task === 'REQUEST') return chooseAction;
  const following = (STAGES as readonly TaskName[]).includes(task)
    ? STAGES[(STAGES as readonly TaskName[]).indexOf(task) + 1]
    : undefined;
  return following === undefined ? finished : tasks[following];
}

/** Shapes the data, whichever way the request came: as the execution's input, or inside an EventBridge event. */
function readInput(scope: Construct, first: IChainable): IChainable {
  const shaped = (request: string): Record<string, unknown> => ({
    request,
    driver: JsonPath.stringAt('$$.Execution.Id'),
    startedBy: { [STARTED_BY]: JsonPath.stringAt('$$.Execution.Id') },
    unit: { unitsDone: 0 },
  });
  const readEvent = new Pass(scope, names.READ_EVENT, {
    comment: "The request is the event's detail; the event's id makes a delivery repeated late start nothing.",
    parameters: shaped(JsonPath.jsonMerge(JsonPath.objectAt('$.event.detail'), JsonPath.objectAt('$.event.identity'))),
  });
  const readRequest = new Pass(scope, names.READ_REQUEST, {
    comment: "The request is the execution's input as it stands.",
    parameters: shaped(JsonPath.objectAt('$') as unknown as string),
  });
  return new Choice(scope, names.READ_INPUT, { comment: 'Did the request come in an EventBridge event?' })
    .when(
      Condition.and(Condition.isPresent('$.event.detail'), Condition.isPresent('$.event.identity')),
      readEvent.next(first),
      {
        comment: 'The rule wraps the event\'s detail in "event"',
      },
    )
    .otherwise(readRequest.next(first));
}

function unitTask(scope: Construct, task: TaskName, handler: IFunction): LambdaInvoke {
  const event: Record<keyof UnitEvent, unknown> = {
    request: JsonPath.objectAt('$.request'),
    driver: JsonPath.stringAt('$.driver'),
    unitsDone: JsonPath.numberAt('$.unit.unitsDone'),
  };
  const invoke = new LambdaInvoke(scope, task, {
    comment: TASK_COMMENTS[task],
    lambdaFunction: handler,
    payload: TaskInput.fromObject(event),
    payloadResponseOnly: true,
    resultPath: '$.unit',
    retryOnServiceExceptions: false,
    taskTimeout: Timeout.duration(Duration.seconds(TASK_TIMEOUT_SECONDS)),
  });
  for (const policy of UNIT_RETRY_POLICIES) invoke.addRetry(policy);
  return invoke;
}

interface Ends {
  readonly finished: Succeed;
  readonly unknown: Fail;
  readonly startAnew: IChainable;
}

/** Reads the unit's status. Total: a status that is not known ends in a Fail state, never silently. */
function outcomeOf(scope: Construct, task: TaskName, again: LambdaInvoke, next: IChainable, ends: Ends): Choice {
  const wait = new Wait(scope, names.waitStateName(task), {
    comment: `${task} cannot go on yet; the unit said why and for how long.`,
    time: WaitTime.secondsPath('$.unit.waitSeconds'),
  });
  const targets: Record<UnitStatus, readonly [IChainable, string]> = {
    done: [next, `${task} is done`],
    more: [again, 'There is more to do: at once'],
    wait: [wait.next(again), "Not now: again after the unit's seconds"],
    stop: [ends.finished, 'Nothing is left to do for this request'],
    restart: [ends.startAnew, 'Go on in a new execution: this one is long, or the next partition comes'],
  };
  const choice = new Choice(scope, names.outcomeStateName(task), { comment: `What did the unit of ${task} say?` });
  for (const [status, [target, comment]] of Object.entries(targets)) {
    choice.when(Condition.stringEquals('$.unit.status', status), target, { comment });
  }
  return choice.otherwise(ends.unknown);
}

/**
 * Starts this machine anew with the same request. The successor's name is a digest of this execution, so that a
 * repeated StartExecution cannot make two; a second one would only be refused by the run's lease, but show red.
 */
function startAnew(scope: Construct, self: IStateMachine): IChainable {
  const start = new StepFunctionsStartExecution(scope, names.START_ANEW, {
    comment: 'An execution holds 25,000 events. The same request goes on in a new execution, from the registry.',
    stateMachine: self,
    name: JsonPath.format('anew-{}', JsonPath.hash(JsonPath.stringAt('$.driver'), 'SHA-1')),
    input: TaskInput.fromJsonPathAt('States.JsonMerge($.request, $.startedBy, false)'),
    resultPath: '$.successor',
    taskTimeout: Timeout.duration(Duration.seconds(60)),
  });
  start.addRetry(START_ANEW_RETRY);
  return start.next(
    new Succeed(scope, names.CONTINUED_ANEW, {
      comment: 'The run goes on in the execution that was started. It is not over: the registry says when it is.',
      outputPath: '$.unit',
    }),
  );
}

function unknownOutcome(scope: Construct): Fail {
  return new Fail(scope, names.UNKNOWN_OUTCOME, {
    comment: 'A guard: units answer with a known status and action, whatever happens.',
    error: 'UnknownOutcomeError',
    cause:
      'A unit answered with a status or an action that this state machine does not know: the functions and the state ' +
      'machine are of different releases. Nothing of the run is lost. Deploy the stack again, then start an execution with ' +
      'the same input: the run goes on where it is recorded.',
  });
}
