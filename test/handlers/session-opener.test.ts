import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { PostgresError } from '../../lambdas/engine/errors.ts';
import { databaseLogin } from '../../lambdas/handlers/database-login.ts';
import { readEnvironment } from '../../lambdas/handlers/environment.ts';
import { sessionOpener } from '../../lambdas/handlers/session-opener.ts';
import { fakeOpen, IAM_ENVIRONMENT, SECRET_ARN, SECRET_ENVIRONMENT } from './invocation.ts';

const secretsManager = mockClient(SecretsManagerClient);

const secret = (password: string) => ({ SecretString: JSON.stringify({ username: 'repacker', password }) });
const refused = (sqlstate: '28P01' | '28000') =>
  new PostgresError('AuthenticationFailedError', 'The server refused the password.', sqlstate, undefined);

function openerWith(
  open: ReturnType<typeof fakeOpen>,
  environment: Record<string, string> = SECRET_ENVIRONMENT,
  remainingMs = 900_000,
) {
  return sessionOpener(open, databaseLogin(readEnvironment(environment)), () => remainingMs);
}

beforeEach(() => {
  secretsManager.reset();
});

describe('opening a session with a secret', () => {
  it('reads the secret once for several sessions of a warm function', async () => {
    secretsManager.on(GetSecretValueCommand, { SecretId: SECRET_ARN }).resolves(secret('first'));
    const open = fakeOpen();
    const openSession = openerWith(open);
    await openSession('setup');
    await openSession('setup-2');
    expect(secretsManager.commandCalls(GetSecretValueCommand)).toHaveLength(1);
    expect(open.calls.map(([config]) => config.password)).toEqual(['first', 'first']);
    expect(open.calls.map(([, { purpose }]) => purpose)).toEqual(['setup', 'setup-2']);
  });

  it.each(['28P01', '28000'] as const)('reads it again, once, when the server refuses with %s', async (sqlstate) => {
    secretsManager.on(GetSecretValueCommand).resolvesOnce(secret('old')).resolvesOnce(secret('new'));
    const open = fakeOpen(refused(sqlstate), 'opened', 'opened');
    const openSession = openerWith(open);
    await openSession('setup');
    await openSession('setup');
    expect(secretsManager.commandCalls(GetSecretValueCommand)).toHaveLength(2);
    expect(open.calls.map(([config]) => config.password)).toEqual(['old', 'new', 'new']);
  });

  it('gives up when the second password is refused too', async () => {
    secretsManager.on(GetSecretValueCommand).resolves(secret('wrong'));
    const open = fakeOpen(refused('28P01'), refused('28P01'));
    await expect(openerWith(open)('setup')).rejects.toMatchObject({ name: 'AuthenticationFailedError' });
    expect(open.calls).toHaveLength(2);
    expect(secretsManager.commandCalls(GetSecretValueCommand)).toHaveLength(2);
  });

  it('does not read it again for any other error', async () => {
    secretsManager.on(GetSecretValueCommand).resolves(secret('right'));
    const open = fakeOpen(new PostgresError('DatabaseUnreachableError', 'ECONNREFUSED', null, undefined));
    await expect(openerWith(open)('setup')).rejects.toMatchObject({ name: 'DatabaseUnreachableError' });
    expect(open.calls).toHaveLength(1);
    expect(secretsManager.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });
});

describe('opening a session with an IAM token', () => {
  it('does not try twice: a token that was signed now is not out of date', async () => {
    const open = fakeOpen(refused('28000'));
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'example';
    process.env.AWS_REGION = 'eu-central-1';
    await expect(openerWith(open, IAM_ENVIRONMENT)('setup')).rejects.toMatchObject({
      name: 'AuthenticationFailedError',
    });
    expect(open.calls).toHaveLength(1);
  });
});

describe('the statement timeout', () => {
  it.each([
    [900_000, 885_000],
    [60_000.7, 45_000],
    [15_500, 1_000],
    [3_000, 1_000],
  ])('with %d ms left is %d ms', async (remainingMs, statementTimeoutMs) => {
    secretsManager.on(GetSecretValueCommand).resolves(secret('right'));
    const open = fakeOpen();
    await openerWith(open, SECRET_ENVIRONMENT, remainingMs)('setup');
    expect(open.calls.map(([, options]) => options.statementTimeoutMs)).toEqual([statementTimeoutMs]);
  });
});
