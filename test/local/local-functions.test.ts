import { describe, expect, test } from 'vitest';
import { PostgresError } from '../../lambdas/engine/errors.ts';
import { silentLogger } from '../../lambdas/engine/log.ts';
import type { UnitEvent } from '../../lambdas/engine/unit.ts';
import { localFunctions, originalOf } from '../../lambdas/local/local-functions.ts';

const EVENT: UnitEvent = { request: { table: 'public.orders' }, driver: 'local:d', unitsDone: 0 };

/** Local functions on a database that cannot be reached; keeps what sessions were asked for. */
function functionsWithoutDatabase(stop?: AbortSignal) {
  const asked: { readonly purpose: string; readonly statementTimeoutMs: number | undefined }[] = [];
  const unreachable = new PostgresError('DatabaseUnreachableError', 'Nobody answers.', null, new Error('row values'));
  const call = localFunctions({
    log: silentLogger,
    stop,
    openSession: async (purpose, statementTimeoutMs) => {
      asked.push({ purpose, statementTimeoutMs });
      throw unreachable;
    },
  });
  const errorOf = (event: unknown) =>
    call('REQUEST', event as UnitEvent).then(
      () => null,
      (error: Error) => error,
    );
  return { errorOf, asked, unreachable };
}

describe('a local function is the shipped handler', () => {
  test('refuses what the state machine does not send, before it connects', async () => {
    const { errorOf, asked } = functionsWithoutDatabase();
    expect(await errorOf({ request: {}, unitsDone: 0 })).toMatchObject({
      name: 'InvalidRequestError',
      message: expect.stringContaining('driver is not what the state machine sends'),
    });
    expect(asked).toEqual([]);
  });

  test('throws what leaves a function on AWS, by name and without a cause; the error behind it is at hand', async () => {
    const { errorOf, unreachable } = functionsWithoutDatabase();
    const error = await errorOf(EVENT);
    expect(error).not.toBe(unreachable);
    expect(error).toMatchObject({ name: 'DatabaseUnreachableError', message: unreachable.message });
    expect(error?.cause).toBeUndefined();
    expect(originalOf(error)).toBe(unreachable);
  });

  test('gives its sessions a statement timeout that ends before the invocation does', async () => {
    const { errorOf, asked } = functionsWithoutDatabase();
    await errorOf(EVENT);
    expect(asked).toEqual([{ purpose: 'request', statementTimeoutMs: expect.any(Number) }]);
    expect(asked[0]?.statementTimeoutMs).toBeLessThanOrEqual(15 * 60_000 - 15_000);
    expect(asked[0]?.statementTimeoutMs).toBeGreaterThan(14 * 60_000);
  });

  test('told to stop, has no time left', async () => {
    const { errorOf, asked } = functionsWithoutDatabase(AbortSignal.abort());
    await errorOf(EVENT);
    expect(asked).toEqual([{ purpose: 'request', statementTimeoutMs: 1_000 }]);
  });
});
