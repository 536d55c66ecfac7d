import { parseArgs } from 'node:util';
import { SHAPES, type Shape } from './shapes.ts';

export interface TortureArguments {
  /** How long, at least; the run under way is finished. */
  readonly minutes: number;
  readonly seed: string;
  readonly writers: number;
  /** A superuser's; null starts a server from the embedded binaries, unless TEST_PG_URL is set. */
  readonly databaseUrl: string | null;
  /** The number of the first episode: that of a failure, to replay it without those before. */
  readonly fromEpisode: number;
  /** Of all episodes; null gives each shape its turn. */
  readonly shape: Shape | null;
  /** Of one family of tables, before the next episode. */
  readonly runs: number;
}

export const USAGE = `npm run torture -- --minutes N [--seed S] [--writers W] [--shape T] [--runs R] [--from-episode E]
                  [--database-url URL]

  --minutes N       how long, at least; a fraction will do
  --seed S          repeats the statements of each writer and the plan of the runs (not how they interleave);
                    by default another one each time
  --writers W       connections that write, 2 to 32 (default 8)
  --shape T         ${SHAPES.join(', ')}; by default one after the other
  --runs R          runs of an episode, which is one family of tables (default 12)
  --from-episode E  begin with this episode of the seed (default 1)
  --database-url U  a superuser of a server with wal_level = logical; default: TEST_PG_URL, else an embedded server of
                    the major TEST_PG_MAJOR (default 18)`;

/** Throws an Error with the usage. */
export function readArguments(argv: readonly string[], environment: NodeJS.ProcessEnv): TortureArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      writers: { type: 'string', default: '8' },
      'database-url': { type: 'string' },
      'from-episode': { type: 'string', default: '1' },
      shape: { type: 'string' },
      runs: { type: 'string', default: '12' },
    },
  });
  const minutes = Number(values.minutes);
  const writers = Number(values.writers);
  const fromEpisode = Number(values['from-episode']);
  const runs = Number(values.runs);
  const shape = SHAPES.find((known) => known === values.shape) ?? null;
  if (
    !(minutes > 0) ||
    !isWhole(writers, 2, 32) ||
    !isWhole(fromEpisode, 1) ||
    !isWhole(runs, 1) ||
    (values.shape !== undefined && shape === null)
  ) {
    throw new Error(`Usage: ${USAGE}`);
  }
  return {
    minutes,
    writers,
    fromEpisode,
    shape,
    runs,
    seed: values.seed ?? String(Date.now() % 1_000_000_000),
    databaseUrl: values['database-url'] ?? environment.TEST_PG_URL ?? null,
  };
}

function isWhole(value: number, least: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
