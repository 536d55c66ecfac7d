import {
  GetSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { Signer } from '@aws-sdk/rds-signer';
import type pg from 'pg';
import { z } from 'zod';
import { ConnectionConfigError, PostgresError } from '../engine/errors.ts';
import type { FunctionEnvironment } from './environment.ts';
import { tlsOptions } from './tls.ts';

/** Gives the settings of a connection, as often as one is opened. */
export interface DatabaseLogin {
  /** Throws ConnectionConfigError (the secret is not usable) or DatabaseUnreachableError (it cannot be read now). */
  clientConfig(): Promise<pg.ClientConfig>;
  /** True when settings read anew may differ from those refused: the secret may have been rotated meanwhile. */
  forget(): boolean;
}

const DEFAULT_PORT = 5432;

export function databaseLogin(environment: FunctionEnvironment): DatabaseLogin {
  return environment.login.kind === 'secret'
    ? new SecretLogin(environment, environment.login.secretArn)
    : new IamLogin(environment, environment.login.user);
}

/** RDS writes username and password, with or without the rest; the function's environment wins. */
const secretSchema = z.object({
  username: z.string().min(1),
  password: z.string().min(1),
  host: z.string().min(1).optional(),
  port: z.coerce.number().int().min(1).max(65535).optional(),
  dbname: z.string().min(1).optional(),
});

class SecretLogin implements DatabaseLogin {
  readonly #client = new SecretsManagerClient({});
  /** Kept while the function stays warm; a rotation shows as a refused password. */
  #config: pg.ClientConfig | null = null;

  constructor(
    private readonly environment: FunctionEnvironment,
    private readonly secretArn: string,
  ) {}

  async clientConfig(): Promise<pg.ClientConfig> {
    this.#config ??= await this.#read();
    return this.#config;
  }

  forget(): boolean {
    this.#config = null;
    return true;
  }

  async #read(): Promise<pg.ClientConfig> {
    const secret = parseSecret(await this.#secretString(), this.secretArn);
    const host = this.environment.host ?? secret.host;
    const database = this.environment.databaseName ?? secret.dbname;
    if (host === undefined || database === undefined) {
      throw new ConnectionConfigError(
        `Neither the stack's configuration nor the secret ${this.secretArn} names the host and the database. ` +
          'Nothing was changed. Set database.endpoint and database.name, and deploy again.',
      );
    }
    return {
      host,
      port: this.environment.port ?? secret.port ?? DEFAULT_PORT,
      database,
      user: secret.username,
      password: secret.password,
      ssl: tlsOptions(this.environment),
    };
  }

  async #secretString(): Promise<string | undefined> {
    try {
      return (await this.#client.send(new GetSecretValueCommand({ SecretId: this.secretArn }))).SecretString;
    } catch (cause) {
      throw secretUnreadable(this.secretArn, cause);
    }
  }
}

/** The client has repeated what its own standard retries cover; a service fault or no answer may still pass. */
function secretUnreadable(secretArn: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.name : 'unknown error';
  const refused = cause instanceof SecretsManagerServiceException && cause.$fault === 'client' && !cause.$retryable;
  if (refused && !/Throttl/.test(cause.name)) {
    return new ConnectionConfigError(
      `The secret ${secretArn} cannot be read (${reason}). Nothing was changed. Check that it exists and that the ` +
        'function’s role may call secretsmanager:GetSecretValue on it (and kms:Decrypt on its key).',
      { cause },
    );
  }
  return new PostgresError(
    'DatabaseUnreachableError',
    `Secrets Manager did not give the secret ${secretArn} (${reason}). Nothing was changed. If this lasts, check that ` +
      'the subnets have a way to Secrets Manager: an interface endpoint, or a NAT gateway.',
    null,
    cause,
  );
}

/** A fault names the field, never a value. */
function parseSecret(text: string | undefined, secretArn: string): z.infer<typeof secretSchema> {
  let fault = 'it is not JSON text';
  try {
    const parsed = secretSchema.safeParse(JSON.parse(text ?? ''));
    if (parsed.success) return parsed.data;
    fault = `not usable: ${parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole').join(', ')}`;
  } catch {
    // JSON.parse quotes the text it stumbled over: its message is not passed on.
  }
  throw new ConnectionConfigError(
    `The secret ${secretArn} does not hold what is needed (${fault}). Nothing was changed. It has to be JSON with ` +
      'username and password, as RDS makes it.',
  );
}

/** A token is signed in this process, for one connection: it is valid for 15 minutes and looked at only at the start. */
class IamLogin implements DatabaseLogin {
  constructor(
    private readonly environment: FunctionEnvironment,
    private readonly user: string,
  ) {}

  async clientConfig(): Promise<pg.ClientConfig> {
    const host = this.environment.host ?? '';
    const port = this.environment.port ?? DEFAULT_PORT;
    return {
      host,
      port,
      database: this.environment.databaseName ?? '',
      user: this.user,
      password: await new Signer({ hostname: host, port, username: this.user }).getAuthToken(),
      ssl: tlsOptions(this.environment),
    };
  }

  forget(): boolean {
    return false;
  }
}
