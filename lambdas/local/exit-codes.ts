/** What the process says to its caller. */
export const EXIT = { done: 0, failed: 1, badInput: 2, refused: 3, interrupted: 130, terminated: 143 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BAD_INPUT = new Set(['UsageError', 'InvalidRequestError']);

/** "Not like this": asking again with the state of things unchanged gets the same answer. */
const REFUSED = new Set([
  'RefusedError',
  'RunAlreadyDrivenError',
  'RequestDiffersError',
  'WrongStageError',
  'NoSuchRunError',
]);

/** By the error's literal name, which is an interface; whatever is not known has failed. */
export function exitCodeOf(error: unknown): ExitCode {
  const name = error instanceof Error ? error.name : '';
  if (BAD_INPUT.has(name)) {
    return EXIT.badInput;
  }
  return REFUSED.has(name) ? EXIT.refused : EXIT.failed;
}
