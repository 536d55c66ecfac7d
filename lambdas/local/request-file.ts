import { readFile } from 'node:fs/promises';
import type { Action } from '../engine/stages.ts';
import { formatTableName, parseTableName } from '../engine/table-name.ts';
import type { CommandLine, CommandName } from './arguments.ts';
import { UsageError } from './usage-error.ts';

/** What each command that drives the machine asks it for. */
const ACTION_OF: Readonly<Record<CommandName, Action>> = {
  run: 'repack',
  plan: 'repack',
  status: 'repack',
  revert: 'revert',
  reset: 'reset',
  'clean-up': 'clean-up',
};

/**
 * The request as the state machine gets it: the file's fields, and those of the flags. The two must not contradict each
 * other. Fields are not judged here: the engine's parser sees the whole and names all faults (InvalidRequestError).
 */
export async function requestOf(line: CommandLine): Promise<Record<string, unknown>> {
  const fromFile = line.requestFile === null ? {} : await readRequestFile(line.requestFile);
  const action = ACTION_OF[line.command];
  const fromFlags: Record<string, unknown> = {
    ...(line.table === null ? {} : { table: line.table }),
    ...(line.stopAfter === null ? {} : { stopAfter: line.stopAfter }),
    // The default goes unsaid, so that the request stays what a person would type into the console.
    ...(action === 'repack' ? {} : { action }),
  };
  const faults = conflicts(fromFile, { action, ...fromFlags }, line);
  if (faults.length > 0) {
    throw new UsageError(faults);
  }
  return { ...fromFile, ...fromFlags };
}

async function readRequestFile(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError([`--request ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError([`--request ${path} is not JSON: ${error instanceof Error ? error.message : ''}`]);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError([`--request ${path} must hold one JSON object, such as {"table": "public.orders"}`]);
  }
  return value as Record<string, unknown>;
}

function conflicts(
  file: Readonly<Record<string, unknown>>,
  flags: Readonly<Record<string, unknown>>,
  line: CommandLine,
): string[] {
  return Object.entries(flags)
    .filter(([field, value]) => file[field] !== undefined && !sameField(field, file[field], value))
    .map(([field, value]) => {
      const said =
        field === 'action' ? `\`${line.command}\` asks for ${JSON.stringify(value)}` : `the flag says ${value}`;
      return `The field ${field} of --request ${line.requestFile} is ${JSON.stringify(file[field])}, but ${said}`;
    });
}

/** `public.orders` and `"public".ORDERS` are one table. */
function sameField(field: string, inFile: unknown, inFlag: unknown): boolean {
  if (field === 'table' && typeof inFile === 'string' && typeof inFlag === 'string') {
    const [left, right] = [parseTableName(inFile), parseTableName(inFlag)];
    return 'table' in left && 'table' in right && formatTableName(left.table) === formatTableName(right.table);
  }
  return inFile === inFlag;
}
