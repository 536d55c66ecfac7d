import type { TortureArguments } from './arguments.ts';
import { SHAPES, type Shape } from './shapes.ts';

/** All that an episode follows from, but for the interleaving. */
export interface EpisodePlan {
  /** Of the whole torture; see `episodeSeed`. */
  readonly seed: string;
  /** 1 and up. */
  readonly number: number;
  readonly shape: Shape;
  readonly writers: number;
  /** At most so many. */
  readonly runs: number;
}

/** Where it was: only a server of the same major plans the same statements (MERGE came with 15). */
export interface ReplayServer {
  readonly majorVersion: number;
  /** Null for a server that the command starts itself. */
  readonly databaseUrl: string | null;
}

/** The shapes have their turn one after the other, unless one is asked for. */
export function episodePlan(wanted: TortureArguments, number: number): EpisodePlan {
  const { seed, writers, runs } = wanted;
  const shape = wanted.shape ?? SHAPES[(number - 1) % SHAPES.length] ?? 'bigserial';
  return { seed, number, shape, writers, runs };
}

export function episodeSeed(plan: EpisodePlan): string {
  return `${plan.seed}/${plan.number}`;
}

/** For a shell: begins with this very episode. Nothing is left to a default, which may be another one tomorrow. */
export function replayCommand(plan: EpisodePlan, server: ReplayServer, minutes = 1): string {
  const words = [
    ...['--minutes', String(minutes), '--seed', plan.seed, '--from-episode', String(plan.number)],
    ...['--shape', plan.shape, '--writers', String(plan.writers), '--runs', String(plan.runs)],
    ...(server.databaseUrl === null ? [] : ['--database-url', server.databaseUrl]),
  ];
  return `TEST_PG_MAJOR=${server.majorVersion} npm run torture -- ${words.map(shellWord).join(' ')}`;
}

function shellWord(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
