import { describe, expect, test } from 'vitest';
import { InvalidRequestError } from '../../lambdas/engine/errors.ts';
import { differingFields, parseRequest, requestIdentity, requestJsonSchema } from '../../lambdas/engine/request.ts';
import { REQUEST_FIELDS } from '../../lambdas/engine/request-fields.ts';

async function faultsOf(input: unknown): Promise<readonly string[]> {
  const error = await parseRequest(input).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InvalidRequestError);
  return (error as InvalidRequestError).faults;
}

describe('parseRequest', () => {
  test('every field but table has a default', async () => {
    expect(await parseRequest({ table: 'public.orders' })).toEqual({
      table: { schema: 'public', name: 'orders' },
      action: 'repack',
      alter: [],
      stopAfter: null,
      keepOldTable: false,
      workers: 2,
      lockTimeoutMs: 100,
      swapDrainBudgetMs: 20,
      targetBatchMs: 1000,
      unitSeconds: 60,
      maxLogBytes: 16n * 1024n ** 3n,
      maxReplicaLagSeconds: null,
      verify: true,
      oldSnapshotPatienceSeconds: null,
      blockers: 'wait',
      blockerPatienceSeconds: 60,
      allowPublishedForAllTables: false,
      recreateMaterializedViews: false,
      requestId: null,
    });
  });

  test('all faults are reported together, unknown fields too', async () => {
    const faults = await faultsOf({
      table: 'orders',
      workers: '4',
      lockTimeout: 100,
      colour: 'red',
      verify: null,
      alter: ['ALTER COLUMN id TYPE', 'ALTER COLUMN id TYPE bigint; DROP TABLE x'],
      maxLogBytes: '16GB',
      stopAfter: 'swap',
      blockers: 'Terminate',
      unitSeconds: 5.5,
    });
    expect(faults).toHaveLength(11);
    expect(faults.join('\n')).toContain('"lockTimeout": is not a field of a request. Did you mean "lockTimeoutMs"?');
    expect(faults.join('\n')).toContain('"colour": is not a field of a request. The fields are table,');
    expect(faults.join('\n')).toMatch(/table: has no schema.*Example: "table": "public.orders"/);
    expect(faults.join('\n')).toMatch(/workers: must be a whole number from 1 to 16 .*; found a string/);
    expect(faults.join('\n')).toMatch(/verify: must be true or false; found null/);
    expect(faults.join('\n')).toMatch(/stopAfter: .*did you mean "SWAP"/);
    expect(faults.join('\n')).toMatch(/blockers: must be one of wait, cancel, terminate.*did you mean "terminate"/);
    expect(faults.join('\n')).toMatch(/unitSeconds: .*found the number 5.5/);
    expect(faults.join('\n')).toMatch(/alter\[0\]: cannot be parsed .*syntax error at end of input, at character 20/);
    expect(faults.join('\n')).toMatch(/alter\[1\]: must be sub-commands of one ALTER TABLE/);
    expect(faults.join('\n')).toMatch(/maxLogBytes: must be whole bytes/);
  });

  test('a text that strayed into a field is never repeated', async () => {
    const secret = 'hunter2-hunter2';
    const faults = await faultsOf({
      table: `${secret} x`,
      workers: secret,
      action: secret,
      maxLogBytes: secret,
      verify: [secret],
    });
    expect(faults).toHaveLength(5);
    expect(faults.join('\n')).not.toContain(secret);
  });

  test.each([
    ['nothing', undefined],
    ['a list', []],
    ['null', null],
    ['a text', '{"table": "public.orders"}'],
  ])('%s instead of an object is one fault', async (_what, input) => {
    expect(await faultsOf(input)).toHaveLength(1);
  });

  test('a missing table is named with an example', async () => {
    expect(await faultsOf({})).toEqual([
      'table: must be a schema-qualified name as SQL writes it; found nothing. Example: "table": "public.orders"',
    ]);
  });

  test('names of the prototype are unknown fields like any other', async () => {
    expect(await faultsOf(JSON.parse('{"table": "a.b", "__proto__": 1, "constructor": 2}'))).toHaveLength(2);
  });

  test('the key that Step Functions adds is ignored', async () => {
    const request = await parseRequest({
      table: 'a.b',
      AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:aws:states:x',
    });
    expect(request).not.toHaveProperty('AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID');
  });

  test.each([
    ['lockTimeoutMs', 10, 1000],
    ['swapDrainBudgetMs', 1, 1000],
    ['workers', 1, 16],
    ['targetBatchMs', 50, 60_000],
    ['unitSeconds', 5, 600],
    ['blockerPatienceSeconds', 0, 604_800],
  ])('%s takes %d to %d and nothing beyond', async (field, from, to) => {
    await parseRequest({ table: 'a.b', [field]: from });
    await parseRequest({ table: 'a.b', [field]: to });
    expect(await faultsOf({ table: 'a.b', [field]: from - 1 })).toHaveLength(1);
    expect(await faultsOf({ table: 'a.b', [field]: to + 1 })).toHaveLength(1);
  });

  test.each([
    [1_048_576, 1_048_576n],
    ['9223372036854775807', 9_223_372_036_854_775_807n],
  ])('maxLogBytes takes %s', async (given, expected) => {
    expect((await parseRequest({ table: 'a.b', maxLogBytes: given })).maxLogBytes).toBe(expected);
  });

  test.each([1_048_575, 2e6 + 0.5, 2 ** 60, '9223372036854775808', '-1', '0x200000', ''])(
    'maxLogBytes refuses %s',
    async (given) => {
      expect(await faultsOf({ table: 'a.b', maxLogBytes: given })).toHaveLength(1);
    },
  );

  test('maxReplicaLagSeconds takes null and 1 to 86400, and nothing else', async () => {
    for (const given of [null, 1, 86_400]) {
      expect((await parseRequest({ table: 'a.b', maxReplicaLagSeconds: given })).maxReplicaLagSeconds).toBe(given);
    }
    for (const given of [0, 86_401, 1.5, '10']) {
      expect(await faultsOf({ table: 'a.b', maxReplicaLagSeconds: given })).toHaveLength(1);
    }
  });

  test('a single sub-command is taken as a list of one', async () => {
    expect((await parseRequest({ table: 'a.b', alter: ' ALTER id TYPE bigint ' })).alter).toEqual([
      'ALTER id TYPE bigint',
    ]);
  });
});

describe('identity', () => {
  test('does not hold when a request came, nor what it asks for next', async () => {
    const first = await parseRequest({ table: 'Public.Orders', stopAfter: 'SWAP', requestId: 'a' });
    const second = await parseRequest({
      table: '"public" . "orders"',
      requestId: 'b',
      action: 'revert',
      blockers: 'terminate',
      blockerPatienceSeconds: 5,
    });
    expect(differingFields(requestIdentity(first), requestIdentity(second))).toEqual([]);
  });

  test('does not hold the lag of replicas: a run goes on without a standby that is gone for good', async () => {
    const first = await parseRequest({ table: 'a.b', maxReplicaLagSeconds: 10 });
    expect(differingFields(requestIdentity(first), requestIdentity(await parseRequest({ table: 'a.b' })))).toEqual([]);
  });

  test('survives JSON, and differing fields are named', async () => {
    const first = JSON.parse(JSON.stringify(requestIdentity(await parseRequest({ table: 'a.b' }))));
    const second = requestIdentity(await parseRequest({ table: 'a.b', workers: 3, alter: 'ALTER id TYPE bigint' }));
    expect(differingFields(first, requestIdentity(await parseRequest({ table: 'a.b' })))).toEqual([]);
    expect(differingFields(first, second)).toEqual(['alter', 'workers']);
  });
});

test('the JSON schema describes every field', () => {
  const { properties } = requestJsonSchema() as { properties: Record<string, { description?: string }> };
  expect(Object.keys(properties).sort()).toEqual(Object.keys(REQUEST_FIELDS).sort());
  expect(Object.values(properties).every((property) => (property.description ?? '').length > 10)).toBe(true);
});
