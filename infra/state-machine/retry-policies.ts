import { Duration } from 'aws-cdk-lib';
import { JitterType, type RetryProps } from 'aws-cdk-lib/aws-stepfunctions';
import type { RETRYABLE_ERROR_NAMES } from '../../lambdas/engine/errors.ts';

type RetryableErrorName = (typeof RETRYABLE_ERROR_NAMES)[number];

/**
 * How the machine repeats a unit whose trouble passes by itself. Two rules hold for every policy:
 * - FULL jitter draws each wait evenly between 0 and the delay, so the sums below are upper bounds and half of each is
 *   what to expect. Attempts' own time comes on top.
 * - No delay exceeds 60 s: the driver's lease lasts 90 s, and a driver that sleeps longer would lose its run.
 *
 * Whatever no policy names is not repeated: the task fails in place, red and redrivable.
 */
export const MAX_RETRY_DELAY_SECONDS = 60;

/** Sum of the waits of a policy, s, were there no jitter: an upper bound. */
export function sumOfWaitsSeconds(policy: RetryProps): number {
  const interval = policy.interval?.toSeconds() ?? 1;
  const rate = policy.backoffRate ?? 2;
  const cap = policy.maxDelay?.toSeconds() ?? Number.POSITIVE_INFINITY;
  return Array.from({ length: policy.maxAttempts ?? 3 }, (_, attempt) =>
    Math.min(cap, interval * rate ** attempt),
  ).reduce((sum, wait) => sum + wait, 0);
}

/**
 * Somebody holds a lock that we need: it may take them hours, and nobody has to babysit that.
 * 2+4+8+16+32, then 475 × 60 = 28,562 s: at most 7.9 h, about 4 h to be expected.
 */
export const LOCK_HELD_BY_OTHERS: RetryProps = {
  errors: ['LockTimeoutError'] satisfies RetryableErrorName[],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.seconds(MAX_RETRY_DELAY_SECONDS),
  maxAttempts: 480,
  jitterStrategy: JitterType.FULL,
};

/**
 * Collisions with other statements, and load: over in a moment, or else something that a person should look at.
 * 1+2+4+8+16+32, then 14 × 60 = 903 s: at most a quarter of an hour.
 */
export const COLLISION: RetryProps = {
  errors: ['DeadlockError', 'SerializationError', 'StatementTimeoutError'] satisfies RetryableErrorName[],
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxDelay: Duration.seconds(MAX_RETRY_DELAY_SECONDS),
  maxAttempts: 20,
  jitterStrategy: JitterType.FULL,
};

/**
 * The server is not there, not ready, or not the writer any more. A failover takes minutes, a restart with a long crash
 * recovery longer.
 * 1+2+4+8+16+32, then 59 × 60 = 3,603 s: at most an hour, about half an hour to be expected.
 */
export const CONNECTION_TROUBLE: RetryProps = {
  errors: [
    'ConnectionLostError',
    'ServerShuttingDownError',
    'TooManyConnectionsError',
    'ReadOnlyServerError',
    'DatabaseUnreachableError',
  ] satisfies RetryableErrorName[],
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxDelay: Duration.seconds(MAX_RETRY_DELAY_SECONDS),
  maxAttempts: 65,
  jitterStrategy: JitterType.FULL,
};

/**
 * Lambda's own errors, the invocation not having begun. Throttling is among them: with a reserved concurrency a slot
 * may be free only when another run's unit ends.
 * 2+4+8+16+32, then 30 × 60 = 1,862 s: at most 31 min.
 */
export const LAMBDA_SERVICE: RetryProps = {
  errors: [
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.seconds(MAX_RETRY_DELAY_SECONDS),
  maxAttempts: 35,
  jitterStrategy: JitterType.FULL,
};

/**
 * The invocation died: timed out (each attempt then lasts 15 min), ran out of memory, crashed. Units end themselves
 * long before, so a second and a third death mean that the cause stays. The pause lets the dead one's statement reach
 * its statement_timeout.
 * 30+60+60 = 150 s.
 */
export const FUNCTION_DIED: RetryProps = {
  errors: ['Sandbox.Timedout', 'Lambda.Unknown', 'Runtime.ExitError', 'States.Timeout'],
  interval: Duration.seconds(30),
  backoffRate: 2,
  maxDelay: Duration.seconds(MAX_RETRY_DELAY_SECONDS),
  maxAttempts: 3,
  jitterStrategy: JitterType.FULL,
};

/** What every task of the machine carries. */
export const UNIT_RETRY_POLICIES: readonly RetryProps[] = [
  LOCK_HELD_BY_OTHERS,
  COLLISION,
  CONNECTION_TROUBLE,
  LAMBDA_SERVICE,
  FUNCTION_DIED,
];

/**
 * StartExecution of the successor. Repeating it is safe, whatever went wrong, because its name is derived from the
 * predecessor: while the successor runs, the same name and input answer with the same execution.
 * 2+4+8+16+32+60+60+60 = 242 s.
 */
export const START_ANEW_RETRY: RetryProps = {
  errors: ['States.TaskFailed', 'States.Timeout'],
  interval: Duration.seconds(2),
  backoffRate: 2,
  maxDelay: Duration.seconds(MAX_RETRY_DELAY_SECONDS),
  maxAttempts: 8,
  jitterStrategy: JitterType.FULL,
};
