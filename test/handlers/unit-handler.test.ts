import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidRequestError, LockTimeoutError, RefusedError } from '../../lambdas/engine/errors.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { lambdaParts } from '../../lambdas/handlers/lambda-parts.ts';
import { unitHandler } from '../../lambdas/handlers/unit-handler.ts';
import { contextWith, EVENT, fakeOpen, RESULT, SECRET_ENVIRONMENT } from './invocation.ts';

const secretsManager = mockClient(SecretsManagerClient);
const lines: string[] = [];

beforeEach(() => {
  secretsManager.reset();
  secretsManager.on(GetSecretValueCommand).resolves({
    SecretString: JSON.stringify({ username: 'repacker', password: 'hunter2' }),
  });
  lines.length = 0;
  // Powertools writes to a console of its own, but for development.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => void lines.push(String(line)));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

type HandlerParts = ReturnType<typeof lambdaParts>;

/** The shipped handler: the parts of the function, but for what is run and what is connected to. */
function handlerWith(
  runTask: HandlerParts['runTask'],
  { environment = SECRET_ENVIRONMENT, openPostgresSession = fakeOpen() }: Fakes = {},
) {
  return unitHandler('SETUP', { ...lambdaParts(environment), runTask, openPostgresSession });
}

interface Fakes {
  readonly environment?: NodeJS.ProcessEnv;
  readonly openPostgresSession?: HandlerParts['openPostgresSession'];
}

const failingWith = (error: unknown) =>
  handlerWith(async () => {
    throw error;
  });

async function thrownBy(invocation: Promise<UnitResult>): Promise<Error> {
  return invocation.then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  );
}

/** As Lambda's runtime reports and logs an error: its name, message and stack, and whatever else it carries. */
const everythingIn = (error: Error) =>
  JSON.stringify({ ...error, name: error.name, message: error.message, stack: error.stack, cause: error.cause });

describe('a handler', () => {
  it('runs its task once, with the event, sessions, the time that is left and a log', async () => {
    const runTask = vi.fn<HandlerParts['runTask']>(async (_task, _event, environment) => {
      await environment.openSession('setup');
      environment.log.child({ runId: '7' }).info('a line', { rows: 3 });
      expect(environment.remainingMs()).toBe(500_000);
      return RESULT;
    });
    const openPostgresSession = fakeOpen();
    const handler = handlerWith(runTask, { openPostgresSession });
    expect(await handler(EVENT, contextWith(500_000))).toEqual(RESULT);
    expect(runTask).toHaveBeenCalledExactlyOnceWith('SETUP', EVENT, expect.anything());
    expect(openPostgresSession.calls).toHaveLength(1);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 'INFO',
        message: 'a line',
        task: 'SETUP',
        runId: '7',
        rows: 3,
        function_request_id: 'request-1',
      }),
    ]);
  });

  it('reads the environment at the first invocation and keeps the login while it is warm', async () => {
    const handler = handlerWith(async (_task, _event, { openSession }) => {
      await openSession('setup');
      return RESULT;
    });
    await handler(EVENT, contextWith(1_000));
    await handler(EVENT, contextWith(1_000));
    expect(secretsManager.commandCalls(GetSecretValueCommand)).toHaveLength(1);
  });

  it('names a faulty environment as an error of its own, not as a failed import', async () => {
    const handler = handlerWith(async () => RESULT, { environment: {} });
    expect(await thrownBy(handler(EVENT, contextWith(1_000)))).toMatchObject({ name: 'ConnectionConfigError' });
  });

  it('does not leak what one invocation logged into the next', async () => {
    const handler = handlerWith(async (_task, _event, { log }) => {
      log.child({ runId: '7' }).info('first');
      log.info('second');
      return RESULT;
    });
    await handler(EVENT, contextWith(1_000));
    expect(JSON.parse(lines[1] ?? '{}')).not.toHaveProperty('runId');
  });
});

describe('errors at the edge', () => {
  it('are short enough for the state machine, whose fields are limited, and whole in the log', async () => {
    const refusals = Array.from({ length: 2_000 }, (_, number) => ({
      code: 'NoUsableKey',
      message: `public.sales_${number}: it has no usable key.`,
      remedy: `ALTER TABLE public.sales_${number} ADD PRIMARY KEY (id);`,
    }));
    const error = await thrownBy(failingWith(new RefusedError('public.sales', refusals))(EVENT, contextWith(1_000)));
    expect(error).toMatchObject({
      name: 'RefusedError',
      message: expect.stringMatching(/^public\.sales was refused for 2000/),
    });
    expect(everythingIn(error).length).toBeLessThan(60_000);
    expect(lines.join('\n')).toContain('public.sales_1999');
  });

  it('leave with their own literal name and message', async () => {
    const blocked = new LockTimeoutError('public.orders', [], undefined);
    const error = await thrownBy(failingWith(blocked)(EVENT, contextWith(1_000)));
    expect(error.name).toBe('LockTimeoutError');
    expect(error.message).toBe(blocked.message);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ level: 'WARN', error: 'LockTimeoutError', message: blocked.message }),
    ]);
  });

  it('are logged as errors only where a person is needed', async () => {
    await thrownBy(failingWith(new InvalidRequestError(['no table']))(EVENT, contextWith(1_000)));
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['ERROR']);
  });

  it.each([
    ['a TypeError', new TypeError('x is not a function'), 'DatabaseError'],
    ['a string', 'boom', 'DatabaseError'],
    ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'DatabaseUnreachableError'],
  ])('%s leaves wrapped, under a name that the machine knows', async (_name, thrown, name) => {
    expect((await thrownBy(failingWith(thrown)(EVENT, contextWith(1_000)))).name).toBe(name);
  });

  it('carry nothing of the driver’s error, whose detail quotes rows (I-13)', async () => {
    const raw = new pg.DatabaseError('duplicate key value', 20, 'error');
    Object.assign(raw, { code: '23505', detail: 'Key (email)=(ann@example.com) already exists.', table: 'orders' });
    const wrapped = new LockTimeoutError('public.orders', [], raw);
    for (const thrown of [raw, wrapped]) {
      const error = await thrownBy(failingWith(thrown)(EVENT, contextWith(1_000)));
      expect(everythingIn(error)).not.toContain('ann@example.com');
      expect(error.cause).toBeUndefined();
      expect(Object.keys(error)).toEqual(['name']);
    }
    expect(lines).toHaveLength(2);
    expect(lines.join('\n')).not.toContain('ann@example.com');
  });
});

describe('the contract with the definition', () => {
  it.each([
    ['nothing', undefined],
    ['no driver', { request: {}, unitsDone: 0 }],
    ['no count', { request: {}, driver: 'd' }],
    ['half a count', { request: {}, driver: 'd', unitsDone: 0.5 }],
  ])('an event with %s is refused before anything is done', async (_name, event) => {
    const runTask = vi.fn<HandlerParts['runTask']>();
    const error = await thrownBy(handlerWith(runTask)(event as never, contextWith(1_000)));
    expect(error.name).toBe('InvalidRequestError');
    expect(runTask).not.toHaveBeenCalled();
  });

  it.each(Object.keys(RESULT))(
    'a result without %s becomes a named error: a missing path would be uncatchable',
    async (field) => {
      const { [field as keyof UnitResult]: _, ...rest } = RESULT;
      const error = await thrownBy(handlerWith(async () => rest as UnitResult)(EVENT, contextWith(1_000)));
      expect(error.name).toBe('DatabaseError');
      expect(error.message).toContain(field);
    },
  );

  it.each([
    ['a wait of no time', { status: 'wait', waitSeconds: 0 }],
    ['a wait of half a second', { status: 'wait', waitSeconds: 0.5 }],
    ['a wait of less than no time', { status: 'more', waitSeconds: -1 }],
    ['an unknown status', { status: 'finished' }],
    ['an unknown action', { action: 'truncate' }],
  ])('%s becomes a named error', async (_name, change) => {
    const result = { ...RESULT, ...change } as UnitResult;
    expect((await thrownBy(handlerWith(async () => result)(EVENT, contextWith(1_000)))).name).toBe('DatabaseError');
  });
});
