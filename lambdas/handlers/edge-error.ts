import type { ErrorName, ShadowstepError } from '../engine/errors.ts';

/**
 * An error as it leaves the function. Lambda reports `name` as the errorType, which the state machine matches, and logs
 * every property and the cause of what is thrown. A cause may be the driver's error, whose detail quotes rows (I-13), so
 * name, message and stack are all that goes out.
 */
class EdgeError extends Error {
  constructor(
    override readonly name: ErrorName,
    message: string,
    stack: string | undefined,
  ) {
    super(message);
    if (stack !== undefined) this.stack = stack;
  }
}

/** The error to throw from a handler: a literal name of ours, and nothing that others could put into it. */
export function edgeError(error: ShadowstepError): Error {
  return new EdgeError(error.name, error.message, error.stack);
}
