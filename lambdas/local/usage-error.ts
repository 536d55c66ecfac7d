/** The command line itself cannot be read. Every fault at once; nothing was connected to. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(readonly faults: readonly string[]) {
    super(
      `${faults.map((fault) => `${fault}.`).join('\n')}\nNothing was changed. \`shadowstep --help\` shows the commands and their flags.`,
    );
  }
}
