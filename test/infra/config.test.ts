import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig, readConfigFile, StackConfigError } from '../../infra/config.ts';
import { FULL_CONFIG, IAM_DATABASE } from './synthesised-stack.ts';

async function faultsOf(raw: unknown): Promise<readonly string[]> {
  try {
    await parseConfig(raw, 'the test');
  } catch (error) {
    if (error instanceof StackConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the stack’s configuration', () => {
  it('is accepted with everything in it', async () => {
    expect(await faultsOf(FULL_CONFIG)).toEqual([]);
  });

  it('is accepted with nothing but what has no default, and fills in the rest', async () => {
    const { vpcId, subnetIds, availabilityZones, securityGroupId } = FULL_CONFIG;
    const config = await parseConfig(
      { vpcId, subnetIds, availabilityZones, securityGroupId, database: IAM_DATABASE },
      'the test',
    );
    expect(config).toMatchObject({
      namePrefix: 'shadowstep',
      logRetentionDays: 90,
      schedules: [],
      notifyEmails: [],
      database: { port: 5432 },
    });
    expect(config.permissionsBoundaryArn).toBeUndefined();
    expect(config.eventSource).toBeUndefined();
  });

  it('is refused with every fault at once, unknown keys too', async () => {
    const faults = await faultsOf({
      ...FULL_CONFIG,
      namePrefix: 'Shop!',
      vpcId: 'vpc-xyz',
      subnetIds: ['subnet-0123456789abcdef0'],
      databse: {},
      database: { ...FULL_CONFIG.database, port: 70000, pasword: 'x' },
      logRetentionDays: 31,
      eventSource: 'aws.events',
      notifyEmails: ['nobody'],
      schedules: [{ table: 'orders', expression: 'daily', timeZone: 'Mars/Base', request: { requestId: '1' } }],
    });
    const places = faults.map((fault) => fault.slice(0, fault.indexOf(':')));
    expect(places.sort()).toEqual(
      [
        'availabilityZones',
        'database.pasword',
        'database.port',
        'databse',
        'eventSource',
        'logRetentionDays',
        'namePrefix',
        'notifyEmails[0]',
        'schedules[0].expression',
        'schedules[0].request',
        'schedules[0].table',
        'schedules[0].timeZone',
        'vpcId',
      ].sort(),
    );
    expect(faults).toContain('databse: unknown key');
  });

  it('is refused, not stumbled over, when everything has the wrong type', async () => {
    const wrong = Object.fromEntries(
      Object.keys(FULL_CONFIG).map((key) => [key, key === 'reservedConcurrency' ? 'x' : 5]),
    );
    expect(await faultsOf({ ...wrong, logRetentionDays: 'x' })).toHaveLength(Object.keys(FULL_CONFIG).length);
    for (const raw of [null, undefined, [], 'x']) expect(await faultsOf(raw)).toHaveLength(1);
  });

  it.each([
    ['neither secret nor IAM user', { endpoint: 'h', name: 'd' }],
    ['both secret and IAM user', { ...FULL_CONFIG.database, iamUser: 'u', dbiResourceId: 'db-ABC' }],
    ['an IAM user without the resource id', { endpoint: 'h', name: 'd', iamUser: 'u' }],
    ['a resource id without an IAM user', { ...FULL_CONFIG.database, dbiResourceId: 'db-ABC' }],
    ['a key without its secret', { ...IAM_DATABASE, secretKmsKeyArn: FULL_CONFIG.database.secretKmsKeyArn }],
  ])('is refused with %s', async (_name, database) => {
    expect(await faultsOf({ ...FULL_CONFIG, database })).toHaveLength(1);
  });

  it('is refused with fewer zones than subnets', async () => {
    expect(await faultsOf({ ...FULL_CONFIG, availabilityZones: ['eu-central-1a'] })).toEqual([
      'availabilityZones: expected one availability zone per subnet: 2, found 1',
    ]);
  });

  it.each([
    ['public.orders', 'public.orders'],
    ['public.orders', 'PUBLIC.orders'],
    ['"public".orders', 'public."orders"'],
  ])('is refused with two schedules of one table, spelt %s and %s', async (one, other) => {
    const expression = 'rate(7 days)';
    const schedules = [one, other].map((table) => ({ table, expression }));
    expect(await faultsOf({ ...FULL_CONFIG, schedules })).toEqual([
      'schedules: expected one schedule per table; public.orders has more',
    ]);
  });

  it.each(['"x', 'my-schema.or ders', 'orders', 'a.b.c', ''])(
    'is refused with a schedule of %j, which no request could name',
    async (table) => {
      const faults = await faultsOf({ ...FULL_CONFIG, schedules: [{ table, expression: 'rate(7 days)' }] });
      expect(faults).toEqual([expect.stringMatching(/^schedules\[0\]\.table: .*expected schema\.table/)]);
    },
  );

  it('is refused with a request that the machine would refuse when the schedule fires, every field named', async () => {
    const request = { wrkers: 2, lockTimeoutMs: 99_999, alter: ['ALTER COLUMN'] };
    const schedules = [{ table: 'public.orders', expression: 'rate(7 days)', request }];
    expect(await faultsOf({ ...FULL_CONFIG, schedules })).toEqual([
      expect.stringMatching(/^schedules\[0\]\.request: lockTimeoutMs: must be a whole number from 10 to 1000/),
      expect.stringMatching(/^schedules\[0\]\.request: "wrkers": .*Did you mean "workers"/),
      expect.stringMatching(/^schedules\[0\]\.request: alter\[0\]: /),
    ]);
  });

  it.each(['rate(0 days)', 'rate(7)', 'cron(0 3 * * *)', 'cron()', 'at(2026-01-01T00:00:00)'])(
    'is refused with the expression %s',
    async (expression) => {
      const schedules = [{ table: 'public.orders', expression }];
      expect(await faultsOf({ ...FULL_CONFIG, schedules })).toEqual([
        expect.stringMatching(/^schedules\[0\]\.expression: expected rate\(7 days\), or cron/),
      ]);
    },
  );

  it.each([
    ['endpoint', 'postgres://h:5432/d', /without scheme, port/],
    ['endpoint', 'h:5432', /without scheme, port/],
    ['endpoint', 'orders.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com', /RDS Proxy/],
    ['endpoint', 'orders.cluster-ro-abcdefghijkl.eu-central-1.rds.amazonaws.com', /the writer's endpoint/],
    ['iamUser', '*', /one database role/],
    ['iamUser', 'repack?r', /one database role/],
    ['iamUser', '$' + '{aws:username}', /one database role/],
    ['caFile', 'nowhere.pem', /nowhere\.pem does not exist/],
    ['caFile', 'package.json', /holds no certificate/],
    ['caFile', 'infra', /cannot be read \(EISDIR\)/],
  ])('is refused with the %s %s', async (field, value, says) => {
    const database = { ...IAM_DATABASE, [field]: value };
    expect(await faultsOf({ ...FULL_CONFIG, database })).toEqual([expect.stringMatching(says)]);
  });

  it('is refused with a secret’s ARN that lacks the six characters at its end: no policy would match it', async () => {
    const withSecret = (secret: string) =>
      faultsOf({
        ...FULL_CONFIG,
        database: {
          ...FULL_CONFIG.database,
          secretArn: `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${secret}`,
        },
      });
    for (const secret of ['shop', 'prod/shop', 'shop-AbCdE', 'shop-*']) {
      expect(await withSecret(secret)).toEqual([
        expect.stringMatching(/^database\.secretArn: .*six characters at its end/),
      ]);
    }
    expect(await withSecret('rds!db-01234567-89ab-cdef-0123-456789abcdef-AbCdEf')).toEqual([]);
  });

  it('is refused, where keys are missing, by saying so and what belongs there', async () => {
    const faults = await faultsOf({ database: { secretArn: 'x', iamUser: 'y' }, schedules: [{}] });
    expect(faults.filter((fault) => fault.includes('is missing')).map((fault) => fault.split(';')[0])).toEqual([
      'vpcId: is missing',
      'subnetIds: is missing',
      'availabilityZones: is missing',
      'securityGroupId: is missing',
      'database.endpoint: is missing',
      'database.name: is missing',
      'schedules[0].table: is missing',
      'schedules[0].expression: is missing',
    ]);
    expect(faults).toContain('vpcId: is missing; expected something like vpc-0123456789abcdef0');
    // What concerns several fields is said in the same breath.
    expect(faults).toContain('database: expected either secretArn or iamUser with dbiResourceId');
    expect(faults.join('\n')).not.toContain('Invalid input');
  });

  it('says all that in one readable message that names the file', () => {
    const error = new StackConfigError('prod.json', ['vpcId: wrong', 'subnetIds: missing']);
    expect(error.message).toBe(
      'prod.json cannot be used as the configuration:\n  - vpcId: wrong\n  - subnetIds: missing',
    );
  });
});

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('the configuration’s file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shadowstep-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it('finds caFile beside itself', async () => {
    write('our-ca.pem', PEM);
    const file = write(
      'ca.json',
      JSON.stringify({ ...FULL_CONFIG, database: { ...IAM_DATABASE, caFile: 'our-ca.pem' } }),
    );
    expect((await readConfigFile(file)).database.caFile).toBe(join(folder, 'our-ca.pem'));
  });

  it.each([
    ['missing.json', undefined],
    ['broken.json', '{"vpcId": '],
  ])('%s is one fault that names the file', async (name, text) => {
    const file = text === undefined ? join(folder, name) : write(name, text);
    await expect(readConfigFile(file)).rejects.toThrow(StackConfigError);
    await expect(readConfigFile(file)).rejects.toThrow(name);
  });

  it('is, as an example, what cdk.json names', async () => {
    const cdkJson = await readConfigFile('infra/config.example.json');
    expect(cdkJson.namePrefix).toBe('shadowstep');
  });
});
