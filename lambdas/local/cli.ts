import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CommandLine, type CommandName, readArguments } from './arguments.ts';
import type { CommandContext } from './commands/context.ts';
import { keptSessionsOn } from './database.ts';
import { errorLines } from './describe-error.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.ts';
import { helpText } from './help.ts';
import { surviveLostOutput } from './lost-output.ts';
import { watchParentUnderNpm } from './parent-process.ts';
import type { TextSink } from './progress/display.ts';
import { errorDocument, jsonText, outcomeOfError } from './report/json-document.ts';

/** A second Ctrl-C within this time is the first one, relayed by npm. */
const RELAYED_SIGNAL_MS = 500;

export interface Surroundings {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
}

/** The whole command line: arguments in, exit code out. Never throws. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { stdout, stderr, env } = surroundings;
  let written = false;
  const observed: TextSink = {
    isTTY: stdout.isTTY,
    columns: stdout.columns,
    write: (text) => {
      written = true;
      return stdout.write(text);
    },
  };
  try {
    const line = readArguments(argv, env);
    if ('help' in line) {
      observed.write(helpText(line.command));
      return EXIT.done;
    }
    return await execute(line, { ...surroundings, stdout: observed });
  } catch (error) {
    // Every way to end leaves one document, also where a command failed before it had anything to tell.
    if (argv.includes('--json') && !written) {
      stdout.write(jsonText({ outcome: outcomeOfError(error), message: '', error: errorDocument(error) }));
    }
    stderr.write(`${errorLines(error, argv.includes('--debug'))}\n`);
    return exitCodeOf(error);
  }
}

async function execute(line: CommandLine, surroundings: Surroundings): Promise<ExitCode> {
  const { openSession, close } = keptSessionsOn(line.databaseUrl);
  try {
    const command = await commandOf(line.command);
    return await command({ ...surroundings, line, openSession });
  } finally {
    await close();
  }
}

/** Loaded when asked for: `--help` and faults need neither the engine nor the interpreter. */
async function commandOf(name: CommandName): Promise<(context: CommandContext) => Promise<ExitCode>> {
  switch (name) {
    case 'plan':
      return (await import('./commands/plan.ts')).plan;
    case 'status':
      return (await import('./commands/status.ts')).status;
    default:
      return (await import('./commands/drive.ts')).drive;
  }
}

/** SIGINT, SIGTERM and the end of npm ask politely; a second signal, later than a relayed first, leaves at once. */
function stopOnSignals(): { readonly stop: AbortSignal; readonly exitCode: () => number | null } {
  const controller = new AbortController();
  let firstAtMs = 0;
  let exitCode: number | null = null;
  const onSignal = (code: number) => () => {
    if (exitCode === null) {
      exitCode = code;
      firstAtMs = performance.now();
      controller.abort();
    } else if (performance.now() - firstAtMs > RELAYED_SIGNAL_MS) {
      process.exit(code);
    }
  };
  process.on('SIGINT', onSignal(EXIT.interrupted));
  process.on('SIGTERM', onSignal(EXIT.terminated));
  watchParentUnderNpm(onSignal(EXIT.terminated));
  return { stop: controller.signal, exitCode: () => exitCode };
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { stop, exitCode } = stopOnSignals();
  const { stdout, stderr, env } = process;
  const output = surviveLostOutput(stdout, stderr);
  const code = await main(process.argv.slice(2), { stdout, stderr, env, stop });
  // Set, not called: what is still being written to a pipe gets there first.
  process.exitCode = code === EXIT.interrupted ? (exitCode() ?? code) : code;
  process.on('exit', () => {
    if (output.failed() && process.exitCode === EXIT.done) {
      process.exitCode = EXIT.failed;
    }
  });
}
