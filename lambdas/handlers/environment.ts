import { z } from 'zod';
import { ConnectionConfigError } from '../engine/errors.ts';

/** How a function reaches its database: what infra puts into its environment. */
export interface FunctionEnvironment {
  /** The writer's endpoint; null when the secret holds it. */
  readonly host: string | null;
  readonly port: number | null;
  readonly databaseName: string | null;
  readonly login:
    | { readonly kind: 'secret'; readonly secretArn: string }
    | { readonly kind: 'iam'; readonly user: string };
  /** A PEM file of the authorities to trust instead of those of RDS. */
  readonly caFile: string | null;
  /** Node itself trusts what this names beside its own authorities. */
  readonly nodeExtraCaCerts: boolean;
}

const text = z.string().min(1).optional();

const schema = z
  .object({
    DATABASE_HOST: text,
    DATABASE_PORT: z.coerce.number().int().min(1).max(65535).optional(),
    DATABASE_NAME: text,
    DATABASE_SECRET_ARN: text,
    DATABASE_IAM_USER: text,
    DATABASE_CA_FILE: text,
    NODE_EXTRA_CA_CERTS: text,
  })
  .superRefine((value, context) => {
    const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if ((value.DATABASE_SECRET_ARN === undefined) === (value.DATABASE_IAM_USER === undefined)) {
      fault('DATABASE_SECRET_ARN', 'expected either this or DATABASE_IAM_USER');
    }
    if (value.DATABASE_IAM_USER !== undefined) {
      if (value.DATABASE_HOST === undefined) fault('DATABASE_HOST', 'needed, since an IAM token is signed for a host');
      if (value.DATABASE_NAME === undefined) fault('DATABASE_NAME', 'needed with IAM authentication');
    }
  });

/** Throws ConnectionConfigError that names every fault at once, never a value. */
export function readEnvironment(variables: NodeJS.ProcessEnv): FunctionEnvironment {
  const parsed = schema.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConnectionConfigError(
      `The function's environment cannot be used: ${faults.join('; ')}. Nothing was changed. Deploy the stack again.`,
    );
  }
  const found = parsed.data;
  return {
    host: found.DATABASE_HOST ?? null,
    port: found.DATABASE_PORT ?? null,
    databaseName: found.DATABASE_NAME ?? null,
    login:
      found.DATABASE_SECRET_ARN === undefined
        ? { kind: 'iam', user: found.DATABASE_IAM_USER ?? '' }
        : { kind: 'secret', secretArn: found.DATABASE_SECRET_ARN },
    caFile: found.DATABASE_CA_FILE ?? null,
    nodeExtraCaCerts: found.NODE_EXTRA_CA_CERTS !== undefined,
  };
}
