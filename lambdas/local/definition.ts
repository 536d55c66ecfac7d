import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';

/** The folder that holds package.json. */
export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What infra reads when it makes the definition: a change in any of these makes the kept one stale. */
const INPUTS = [
  'infra',
  'lambdas/engine/stages.ts',
  'lambdas/engine/errors.ts',
  'lambdas/engine/unit.ts',
  'cdk.json',
  'package-lock.json',
];

/** AWS allows 1 MB; ours is some ten kilobytes. */
const DEFINITION_MAX_BYTES = 1024 * 1024;

/** setTimeout counts milliseconds in 31 bits; a longer machine timeout would fire at once in the interpreter. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

export interface DefinitionOptions {
  /** Where the synthesised JSON is kept. Default node_modules/.cache/shadowstep. */
  readonly cacheFolder?: string;
  /** Called before the slow path, which takes some seconds. */
  readonly onSynthesis?: () => void;
  /** Prints the definition. Default: infra/definition.ts in a child process. */
  readonly synthesise?: () => Promise<string>;
  /** Files and folders, relative to the project's root, whose content keys the cache. */
  readonly inputs?: readonly string[];
}

/**
 * The state machine that ships, as CDK synthesises it. Made in a child process, so that aws-cdk-lib never weighs on this
 * one (invariant of the runner: under 200 MB), and kept under a key made of everything it is made from.
 */
export async function loadDefinition(options: DefinitionOptions = {}): Promise<StateMachineDefinition> {
  const folder = options.cacheFolder ?? join(PROJECT_ROOT, 'node_modules', '.cache', 'shadowstep');
  const file = join(folder, `definition-${await keyOf(options.inputs ?? INPUTS)}.json`);
  const kept = await readKept(file);
  if (kept !== null) {
    return interpretable(kept);
  }
  options.onSynthesis?.();
  const text = await (options.synthesise ?? synthesiseInChild)();
  const definition = parseDefinition(text);
  if (definition === null) {
    throw new DefinitionError('infra/definition.ts did not print a state machine as JSON.');
  }
  await keep(folder, file, text);
  return interpretable(definition);
}

/** The state machine cannot be synthesised: a fault of the installation, never of the database. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

/** SHA-256 over the paths and contents of all inputs, in the order of their paths. */
async function keyOf(inputs: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of (await Promise.all(inputs.map(filesUnder))).flat().sort()) {
    hash
      .update(`${relative(PROJECT_ROOT, path)}\0`)
      .update(await readFile(path))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 32);
}

async function filesUnder(input: string): Promise<string[]> {
  const path = join(PROJECT_ROOT, input);
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOTDIR':
        return [path];
      case 'ENOENT':
        return [];
      default:
        throw error;
    }
  }
}

async function synthesiseInChild(): Promise<string> {
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [tsx, join('infra', 'definition.ts')], {
      cwd: PROJECT_ROOT,
      maxBuffer: 4 * DEFINITION_MAX_BYTES,
    });
    return stdout;
  } catch (error) {
    const said = ((error as { stderr?: string }).stderr ?? '').trim().split('\n').slice(-5).join('\n');
    throw new DefinitionError(
      `The state machine could not be synthesised (npx tsx infra/definition.ts).${said === '' ? '' : `\n${said}`}`,
      { cause: error },
    );
  }
}

async function readKept(file: string): Promise<StateMachineDefinition | null> {
  try {
    return parseDefinition(await readFile(file, 'utf8'));
  } catch {
    return null;
  }
}

function parseDefinition(text: string): StateMachineDefinition | null {
  try {
    const value = JSON.parse(text) as StateMachineDefinition | null;
    return typeof value?.StartAt === 'string' && typeof value.States === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** Renamed into place, so that two first runs cannot read each other's half; a read-only checkout does without. */
async function keep(folder: string, file: string, text: string): Promise<void> {
  const unfinished = join(dirname(file), `.${process.pid}-${Date.now()}.json`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(unfinished, text);
    await rename(unfinished, file);
  } catch {
    // Nothing depends on it but the seconds of the next synthesis.
  }
}

function interpretable(definition: StateMachineDefinition): StateMachineDefinition {
  const { TimeoutSeconds, ...rest } = definition;
  return TimeoutSeconds !== undefined && TimeoutSeconds <= LONGEST_TIMEOUT_SECONDS ? definition : rest;
}
