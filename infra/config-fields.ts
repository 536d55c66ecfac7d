import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { parseTableName } from '../lambdas/engine/table-name.ts';

/** A text that says the same whether it is missing, of another type, or of the wrong form. */
export function text(expected: string, pattern = /./s) {
  return z.string({ error: expected }).regex(pattern, expected);
}

export function identifier(pattern: RegExp, example: string) {
  return text(`expected something like ${example}`, pattern);
}

export function wholeNumber(from: number, to: number) {
  const expected = `expected a whole number from ${from} to ${to}`;
  return z.int({ error: expected }).min(from, expected).max(to, expected);
}

/** The name as SQL writes it, read by the parser of requests. */
export const tableName = z
  .string({ error: 'expected schema and table as SQL writes them, e.g. public.orders' })
  .superRefine((name, context) => {
    const read = parseTableName(name);
    if ('fault' in read) {
      context.addIssue({ code: 'custom', message: `${read.fault}; expected schema.table as SQL writes it` });
    }
  });

/** One label after the other; the port has a field of its own. */
const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** RDS names its endpoints by their kind: NAME.proxy-ID.REGION…, NAME.cluster-ro-ID.REGION…. */
export const endpoint = text('expected a host name alone, without scheme, port, user or path', HOST_NAME)
  .refine((host) => !/\.proxy-/.test(host), {
    error: "is RDS Proxy's: sessions keep settings and locks, so expected the endpoint of the database itself",
  })
  .refine((host) => !/\.cluster-ro-/.test(host), { error: "is the readers': expected the writer's endpoint" });

/** In an ARN `*`, `?` and `${` mean more than themselves: such a name would let in other users than this one. */
export const iamUser = text(
  'expected the name of one database role: letters, digits and _ . @ + - only',
  /^[\w.@+-]{1,63}$/,
);

/** By this ARN the functions' policy is made: without the six characters that the service has added it opens nothing. */
export const secretArn = identifier(
  /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@!-]+-[A-Za-z0-9]{6}$/,
  'arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf, the whole ARN with the six characters at its end',
);

const UNITS = '(minutes?|hours?|days?)';

/** As EventBridge Scheduler writes them; it looks more closely at the fields of cron when it is deployed. */
export const scheduleExpression = text(
  'expected rate(7 days), or cron(0 3 ? * SUN *) with its six fields, as EventBridge Scheduler writes them',
  new RegExp(`^(rate\\([1-9]\\d* ${UNITS}\\)|cron\\(\\S+( \\S+){5}\\))$`),
);

export const timeZone = z
  .string({ error: 'expected an IANA time zone, e.g. Europe/Berlin' })
  .refine(isTimeZone, 'expected an IANA time zone, e.g. Europe/Berlin');

/** A PEM file that is there, relative to `folder`; comes back as an absolute path. */
export function certificateFile(folder: string) {
  const expected = 'expected a PEM file of certificates, relative to the configuration';
  return z
    .string({ error: expected })
    .transform((file) => (isAbsolute(file) ? file : resolve(folder, file)))
    .superRefine((file, context) => {
      const fault = certificateFault(file);
      if (fault !== null) context.addIssue({ code: 'custom', message: `${file} ${fault}; ${expected}` });
    });
}

function certificateFault(file: string): string | null {
  if (!existsSync(file)) return 'does not exist';
  try {
    return readFileSync(file, 'utf8').includes('-----BEGIN CERTIFICATE-----') ? null : 'holds no certificate';
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`;
  }
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
