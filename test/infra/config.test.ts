import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseConfig, readConfigFile, StackConfigError } from '../../infra/config.ts';
import { FULL_CONFIG, IAM_DATABASE } from './synthesised-stack.ts';

function faultsOf(raw: unknown): readonly string[] {
  try {
    parseConfig(raw, 'the test');
  } catch (error) {
    if (error instanceof StackConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the stack’s configuration', () => {
  it('is accepted with everything in it', () => {
    expect(faultsOf(FULL_CONFIG)).toEqual([]);
  });

  it('is accepted with nothing but what has no default, and fills in the rest', () => {
    const { vpcId, subnetIds, availabilityZones, securityGroupId } = FULL_CONFIG;
    const config = parseConfig(
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

  it('is refused with every fault at once, unknown keys too', () => {
    const faults = faultsOf({
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

  it('is refused, not stumbled over, when everything has the wrong type', () => {
    const wrong = Object.fromEntries(
      Object.keys(FULL_CONFIG).map((key) => [key, key === 'reservedConcurrency' ? 'x' : 5]),
    );
    expect(faultsOf({ ...wrong, logRetentionDays: 'x' })).toHaveLength(Object.keys(FULL_CONFIG).length);
    for (const raw of [null, undefined, [], 'x']) expect(faultsOf(raw)).toHaveLength(1);
  });

  it.each([
    ['neither secret nor IAM user', { endpoint: 'h', name: 'd' }],
    ['both secret and IAM user', { ...FULL_CONFIG.database, iamUser: 'u', dbiResourceId: 'db-ABC' }],
    ['an IAM user without the resource id', { endpoint: 'h', name: 'd', iamUser: 'u' }],
    ['a resource id without an IAM user', { ...FULL_CONFIG.database, dbiResourceId: 'db-ABC' }],
    ['a key without its secret', { ...IAM_DATABASE, secretKmsKeyArn: FULL_CONFIG.database.secretKmsKeyArn }],
  ])('is refused with %s', (_name, database) => {
    expect(faultsOf({ ...FULL_CONFIG, database })).toHaveLength(1);
  });

  it('is refused with fewer zones than subnets', () => {
    expect(faultsOf({ ...FULL_CONFIG, availabilityZones: ['eu-central-1a'] })).toEqual([
      'availabilityZones: expected one availability zone per subnet',
    ]);
  });

  it('is refused with two schedules of one table', () => {
    const [schedule] = FULL_CONFIG.schedules;
    expect(faultsOf({ ...FULL_CONFIG, schedules: [schedule, schedule] })).toEqual([
      'schedules: expected one schedule per table',
    ]);
  });

  it('says all that in one readable message that names the file', () => {
    const error = new StackConfigError('prod.json', ['vpcId: wrong', 'subnetIds: missing']);
    expect(error.message).toBe(
      'prod.json cannot be used as the configuration:\n  - vpcId: wrong\n  - subnetIds: missing',
    );
  });
});

describe('the configuration’s file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shadowstep-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };

  it('finds caFile beside itself', () => {
    const file = write(
      'ca.json',
      JSON.stringify({ ...FULL_CONFIG, database: { ...IAM_DATABASE, caFile: 'our-ca.pem' } }),
    );
    expect(readConfigFile(file).database.caFile).toBe(join(folder, 'our-ca.pem'));
  });

  it.each([
    ['missing.json', undefined],
    ['broken.json', '{"vpcId": '],
  ])('%s is one fault that names the file', (name, text) => {
    const file = text === undefined ? join(folder, name) : write(name, text);
    expect(() => readConfigFile(file)).toThrow(StackConfigError);
    expect(() => readConfigFile(file)).toThrow(name);
  });

  it('is, as an example, what cdk.json names', () => {
    const cdkJson = readConfigFile('infra/config.example.json');
    expect(cdkJson.namePrefix).toBe('shadowstep');
  });
});
