import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { main } from '../../lambdas/local/cli.ts';
import { PROJECT_ROOT } from '../../lambdas/local/definition.ts';
import { CollectingSink } from './sink.ts';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in this process, which is quicker. */
export async function shadowstep(argv: readonly string[], stop = new AbortController().signal): Promise<Ended> {
  const [stdout, stderr] = [new CollectingSink(), new CollectingSink()];
  const code = await main(argv, { stdout, stderr, env: {}, stop });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** The command line in a process of its own, for signals and kills. */
export function spawnShadowstep(
  argv: readonly string[],
  nodeOptions: readonly string[] = [],
): {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
} {
  const loader = createRequire(import.meta.url).resolve('tsx');
  const child = spawn(process.execPath, [...nodeOptions, '--import', loader, 'lambdas/local/cli.ts', ...argv], {
    cwd: PROJECT_ROOT,
  });
  return { child, ended: endOf(child) };
}

/** The documented command: npm, its shell, and the command line below them. */
export function spawnThroughNpm(argv: readonly string[]): ReturnType<typeof spawnShadowstep> {
  const child = spawn('npm', ['run', '--silent', 'shadowstep', '--', ...argv], { cwd: PROJECT_ROOT });
  return { child, ended: endOf(child) };
}

/** Resolves when the process and all that write to its pipes have ended. */
function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
}
