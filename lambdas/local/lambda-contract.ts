/** What AWS does to the input and output of a function, done to a local one too, so that no local run hides a fault. */

/** Step Functions' hard limit for the input and output of a task, bytes of UTF-8. */
export const PAYLOAD_MAX_BYTES = 262_144;

/** Named as on AWS, where neither a Retry nor a Catch of States.ALL takes it. */
export class DataLimitExceededError extends Error {
  override readonly name = 'States.DataLimitExceeded';
}

/** A copy as JSON carries it: `undefined` goes, a bigint throws. Throws States.DataLimitExceeded above 256 KiB. */
export function throughJson<T>(value: T, what: string): T {
  const text = JSON.stringify(value);
  if (text === undefined) {
    throw new TypeError(`${what} is not a JSON value.`);
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > PAYLOAD_MAX_BYTES) {
    throw new DataLimitExceededError(
      `${what} has ${bytes} bytes; Step Functions carries at most ${PAYLOAD_MAX_BYTES}.`,
    );
  }
  return JSON.parse(text) as T;
}

/**
 * A function's error as the state machine sees it on AWS: `name` is matched by Retry and Catch, and the Cause is a JSON
 * document. The error itself stays at hand as `cause`.
 */
export class TaskFailedError extends Error {
  override readonly name: string;

  constructor(
    readonly task: string,
    cause: unknown,
  ) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const trace = (error.stack ?? '').split('\n').map((line) => line.trim());
    super(JSON.stringify({ errorType: error.name, errorMessage: error.message, trace }), { cause: error });
    this.name = error.name;
  }
}
