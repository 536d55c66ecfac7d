import { describe, expect, test } from 'vitest';
import { PAYLOAD_MAX_BYTES, TaskFailedError, throughJson } from '../../lambdas/local/lambda-contract.ts';

describe('what AWS does to a function, done to a local one', () => {
  test('values go through JSON', () => {
    expect(throughJson({ at: new Date(0), gone: undefined }, 'x')).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect(() => throughJson({ count: 1n }, 'x')).toThrow(TypeError);
    expect(() => throughJson(undefined, 'The output of SWAP')).toThrow('The output of SWAP is not a JSON value.');
  });

  test('256 KiB of UTF-8 pass, one byte more does not', () => {
    const largest = 'é'.repeat(PAYLOAD_MAX_BYTES / 2 - 1);
    expect(throughJson(largest, 'x')).toBe(largest);
    expect(() => throughJson(`${largest}a`, 'x')).toThrow(
      expect.objectContaining({ name: 'States.DataLimitExceeded' }),
    );
  });

  test('an error keeps its name, and its message becomes the Cause that AWS gives', () => {
    const error = Object.assign(new Error('locked'), { name: 'LockTimeoutError' });
    const failed = new TaskFailedError('SWAP', error);
    expect(failed.name).toBe('LockTimeoutError');
    expect(failed.cause).toBe(error);
    expect(JSON.parse(failed.message)).toMatchObject({ errorType: 'LockTimeoutError', errorMessage: 'locked' });
  });
});
