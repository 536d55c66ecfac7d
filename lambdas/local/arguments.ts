import { parseArgs } from 'node:util';
import { STAGES, type StageName } from '../engine/stages.ts';
import { parseTableName } from '../engine/table-name.ts';
import { UsageError } from './usage-error.ts';

export const COMMANDS = ['run', 'plan', 'status', 'revert', 'reset', 'clean-up'] as const;

export type CommandName = (typeof COMMANDS)[number];

/** What a command line asks for, after reading; nothing in it is checked against a database. */
export interface CommandLine {
  readonly command: CommandName;
  readonly databaseUrl: string;
  /** As typed, and known to be a schema-qualified name. Null where a command does without: `status`, `--request`. */
  readonly table: string | null;
  readonly requestFile: string | null;
  readonly stopAfter: StageName | null;
  readonly json: boolean;
  readonly debug: boolean;
}

/** `command` is null for the general help. */
export interface HelpWanted {
  readonly help: true;
  readonly command: CommandName | null;
}

const FLAGS = {
  'database-url': { type: 'string' },
  table: { type: 'string' },
  request: { type: 'string' },
  'stop-after': { type: 'string' },
  json: { type: 'boolean' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type FlagName = keyof typeof FLAGS;

/** Beyond --database-url, --json, --debug and --help, which all commands take. */
const OWN_FLAGS: Readonly<Record<CommandName, readonly FlagName[]>> = {
  run: ['table', 'request', 'stop-after'],
  plan: ['table', 'request'],
  status: ['table'],
  revert: ['table'],
  reset: ['table'],
  'clean-up': ['table'],
};

const COMMON_FLAGS: readonly FlagName[] = ['database-url', 'json', 'debug', 'help'];

/** Reads the arguments after the program's name. Throws UsageError with every fault. */
export function readArguments(argv: readonly string[], env: NodeJS.ProcessEnv): CommandLine | HelpWanted {
  const { values, positionals, tokens } = parse(argv);
  const faults: string[] = [];
  const command = readCommand(positionals, values.help ?? false, faults);
  if (values.help || (positionals.length === 0 && tokens.length === 0)) {
    return { help: true, command };
  }
  const given = tokens.filter((token) => token.kind === 'option').map((token) => token.name as FlagName);
  for (const flag of new Set(given.filter((name, at) => given.indexOf(name) !== at))) {
    faults.push(`--${flag} is given more than once`);
  }
  if (command !== null) {
    for (const flag of new Set(given)) {
      if (!COMMON_FLAGS.includes(flag) && !OWN_FLAGS[command].includes(flag)) {
        faults.push(`\`${command}\` has no flag --${flag}`);
      }
    }
  }
  const databaseUrl = values['database-url'] ?? env.DATABASE_URL ?? '';
  if (databaseUrl === '') {
    faults.push('--database-url is missing, and DATABASE_URL is not set');
  }
  const table = readTable(command, values.table, values.request, faults);
  const stopAfter = readStage(values['stop-after'], faults);
  if (command === null || faults.length > 0) {
    throw new UsageError(faults);
  }
  return {
    command,
    databaseUrl,
    table,
    requestFile: values.request ?? null,
    stopAfter,
    json: values.json ?? false,
    debug: values.debug ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    // Node's own sentence names the flag; its advice on `--` is for programs that take file names.
    const said = error instanceof Error ? (error.message.split(/\.\s/)[0] ?? '') : '';
    throw new UsageError([said.replace(/\.$/, '')]);
  }
}

function readCommand(positionals: readonly string[], help: boolean, faults: string[]): CommandName | null {
  const [first, ...more] = positionals;
  if (first === undefined) {
    if (!help) {
      faults.push(`No command is given: one of ${COMMANDS.join(', ')}`);
    }
    return null;
  }
  if (more.length > 0) {
    faults.push(`Only one command is taken, and nothing after it without a flag: ${more.join(' ')}`);
  }
  const command = COMMANDS.find((name) => name === first);
  if (command === undefined && !(help && first === 'help')) {
    faults.push(`There is no command ${first}: one of ${COMMANDS.join(', ')}`);
  }
  return command ?? null;
}

function readTable(
  command: CommandName | null,
  table: string | undefined,
  requestFile: string | undefined,
  faults: string[],
): string | null {
  if (table === undefined) {
    if (command !== null && command !== 'status' && requestFile === undefined) {
      faults.push(`\`${command}\` needs --table SCHEMA.TABLE`);
    }
    return null;
  }
  const read = parseTableName(table);
  if ('fault' in read) {
    faults.push(`--table ${table} ${read.fault}`);
  }
  return table;
}

function readStage(text: string | undefined, faults: string[]): StageName | null {
  if (text === undefined) {
    return null;
  }
  const stage = STAGES.find((name) => name === text);
  if (stage === undefined) {
    faults.push(`--stop-after ${text} is not a stage: one of ${STAGES.join(', ')}`);
  }
  return stage ?? null;
}
