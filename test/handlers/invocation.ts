import type { Context } from 'aws-lambda';
import type { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session } from '../../lambdas/engine/postgres/session.ts';
import type { UnitEvent, UnitResult } from '../../lambdas/engine/unit.ts';

export const EVENT: UnitEvent = { request: { table: 'public.orders' }, driver: 'arn:execution', unitsDone: 4 };

export const RESULT: UnitResult = {
  status: 'done',
  waitSeconds: 0,
  because: '',
  action: 'repack',
  runId: '7',
  stage: 'BACKFILL',
  table: 'public.orders',
  unitsDone: 5,
  progress: { done: '10', estimated: '10', percent: 100, measure: 'blocks' },
  message: 'SETUP is done',
};

export const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf';

export const SECRET_ENVIRONMENT = {
  DATABASE_HOST: 'writer.example.internal',
  DATABASE_PORT: '6432',
  DATABASE_NAME: 'shop',
  DATABASE_SECRET_ARN: SECRET_ARN,
};

export const IAM_ENVIRONMENT = {
  DATABASE_HOST: 'writer.example.internal',
  DATABASE_NAME: 'shop',
  DATABASE_IAM_USER: 'repacker',
};

/** An invocation that has `remainingMs` left, always. */
export function contextWith(remainingMs: number): Context {
  return {
    getRemainingTimeInMillis: () => remainingMs,
    awsRequestId: 'request-1',
    functionName: 'shop-setup',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:shop-setup',
    memoryLimitInMB: '512',
  } as Context;
}

type Open = typeof openPostgresSession;

/** Opens nothing: takes the answers in turn (an error is thrown), and keeps what it was called with. */
export function fakeOpen(...answers: (Error | 'opened')[]): Open & { readonly calls: Parameters<Open>[] } {
  const calls: Parameters<Open>[] = [];
  const open = async (...call: Parameters<Open>): Promise<Session> => {
    calls.push(call);
    const answer = answers.shift() ?? 'opened';
    if (answer instanceof Error) throw answer;
    return {} as Session;
  };
  return Object.assign(open, { calls });
}
