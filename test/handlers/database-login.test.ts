import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { databaseLogin } from '../../lambdas/handlers/database-login.ts';
import { readEnvironment } from '../../lambdas/handlers/environment.ts';
import { IAM_ENVIRONMENT, SECRET_ARN, SECRET_ENVIRONMENT } from './invocation.ts';

const secretsManager = mockClient(SecretsManagerClient);

const loginWith = (environment: Record<string, string>) => databaseLogin(readEnvironment(environment));

beforeEach(() => {
  secretsManager.reset();
});

describe('a login by secret', () => {
  const answer = (value: unknown) =>
    secretsManager.on(GetSecretValueCommand).resolves({ SecretString: value as string });

  it('takes user and password from the secret, and lets the function’s environment win in the rest', async () => {
    answer(
      JSON.stringify({ username: 'u', password: 'p', host: 'proxy', port: 1234, dbname: 'other', engine: 'postgres' }),
    );
    expect(await loginWith(SECRET_ENVIRONMENT).clientConfig()).toMatchObject({
      host: 'writer.example.internal',
      port: 6432,
      database: 'shop',
      user: 'u',
      password: 'p',
    });
  });

  it('takes host, port and database from the secret where the environment has none', async () => {
    answer(JSON.stringify({ username: 'u', password: 'p', host: 'h', port: '6000', dbname: 'd' }));
    expect(await loginWith({ DATABASE_SECRET_ARN: SECRET_ARN }).clientConfig()).toMatchObject({
      host: 'h',
      port: 6000,
      database: 'd',
    });
  });

  it('says what is missing when neither names the database', async () => {
    answer(JSON.stringify({ username: 'u', password: 'p', host: 'h' }));
    await expect(loginWith({ DATABASE_SECRET_ARN: SECRET_ARN }).clientConfig()).rejects.toMatchObject({
      name: 'ConnectionConfigError',
      message: expect.stringContaining('database.name'),
    });
  });

  it.each([
    ['no text', undefined],
    ['no JSON', 'hunter2'],
    ['JSON of another kind', JSON.stringify({ apiKey: 'hunter2' })],
    ['an empty password', JSON.stringify({ username: 'hunter2', password: '' })],
  ])('refuses a secret that holds %s, and does not repeat a word of it', async (_name, text) => {
    answer(text);
    const error = await loginWith(SECRET_ENVIRONMENT)
      .clientConfig()
      .then(
        () => undefined,
        (thrown: Error) => thrown,
      );
    expect(error?.name).toBe('ConnectionConfigError');
    expect(error?.message).toContain(SECRET_ARN);
    expect(error?.message).not.toContain('hunter2');
  });

  const metadata = { $metadata: {} };
  it.each([
    ['missing', new ResourceNotFoundException({ message: 'no', ...metadata }), 'ConnectionConfigError'],
    [
      'forbidden',
      new SecretsManagerServiceException({ name: 'AccessDeniedException', $fault: 'client', ...metadata }),
      'ConnectionConfigError',
    ],
    [
      'throttled',
      new SecretsManagerServiceException({ name: 'ThrottlingException', $fault: 'client', ...metadata }),
      'DatabaseUnreachableError',
    ],
    [
      'the service’s fault',
      new SecretsManagerServiceException({ name: 'InternalServiceError', $fault: 'server', ...metadata }),
      'DatabaseUnreachableError',
    ],
    [
      'out of reach',
      Object.assign(new Error('connect ETIMEDOUT'), { name: 'TimeoutError' }),
      'DatabaseUnreachableError',
    ],
  ])('when the secret is %s', async (_name, fault, name) => {
    secretsManager.on(GetSecretValueCommand).rejects(fault);
    await expect(loginWith(SECRET_ENVIRONMENT).clientConfig()).rejects.toMatchObject({ name });
  });
});

describe('a login by IAM', () => {
  it('signs a token for the very host, port and user, and says so to nobody', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'example';
    process.env.AWS_REGION = 'eu-central-1';
    const { password, ...rest } = await loginWith(IAM_ENVIRONMENT).clientConfig();
    expect(rest).toMatchObject({ host: 'writer.example.internal', port: 5432, database: 'shop', user: 'repacker' });
    const token = new URL(`https://${String(password)}`);
    expect(token.host).toBe('writer.example.internal:5432');
    expect(Object.fromEntries(token.searchParams)).toMatchObject({
      Action: 'connect',
      DBUser: 'repacker',
      'X-Amz-Expires': '900',
    });
    expect(secretsManager.calls()).toHaveLength(0);
  });
});
