import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../lambdas/handlers/environment.ts';
import { IAM_ENVIRONMENT, SECRET_ENVIRONMENT } from './invocation.ts';

describe('a function’s environment', () => {
  it('is read from what infra puts there', () => {
    expect(readEnvironment(SECRET_ENVIRONMENT)).toEqual({
      host: 'writer.example.internal',
      port: 6432,
      databaseName: 'shop',
      login: { kind: 'secret', secretArn: SECRET_ENVIRONMENT.DATABASE_SECRET_ARN },
      caFile: null,
      nodeExtraCaCerts: false,
    });
    expect(readEnvironment(IAM_ENVIRONMENT).login).toEqual({ kind: 'iam', user: 'repacker' });
  });

  it('is refused with every fault at once, and no value in the message', () => {
    const read = () => readEnvironment({ DATABASE_PORT: 'hunter2', DATABASE_CA_FILE: '' });
    expect(read).toThrow(/DATABASE_PORT.*DATABASE_CA_FILE/s);
    expect(read).toThrow(expect.objectContaining({ name: 'ConnectionConfigError' }));
    expect(read).not.toThrow(/hunter2/);
  });

  it.each([
    ['neither login', { DATABASE_HOST: 'h', DATABASE_NAME: 'd' }],
    ['both logins', { ...SECRET_ENVIRONMENT, DATABASE_IAM_USER: 'u' }],
    ['IAM without a host', { DATABASE_IAM_USER: 'u', DATABASE_NAME: 'd' }],
    ['IAM without a database', { DATABASE_IAM_USER: 'u', DATABASE_HOST: 'h' }],
  ])('is refused with %s', (_name, variables) => {
    expect(() => readEnvironment(variables)).toThrow(expect.objectContaining({ name: 'ConnectionConfigError' }));
  });
});
