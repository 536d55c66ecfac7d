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

/**
 * Characters of a message, and of a stack, which repeats it. Step Functions takes 256 KiB of an error, or fails the execution under
 * a name of its own; the refusals of a table of a thousand partitions can be longer.
 */
const LONGEST_TEXT = 20_000;

/** The error to throw from a handler: a literal name of ours, and nothing that others could put into it. */
export function edgeError(error: ShadowstepError): Error {
  return new EdgeError(error.name, shortened(error.message), error.stack && shortened(error.stack));
}

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT
    ? text
    : `${text.slice(0, LONGEST_TEXT)} … (${text.length - LONGEST_TEXT} characters more: \`plan\` and the log of the function show all)`;
}
