import { parseArgs } from 'node:util';

export interface TortureArguments {
  /** How long, at least; the run under way is finished. */
  readonly minutes: number;
  readonly seed: string;
  readonly writers: number;
  /** A superuser's; null starts a server from the embedded binaries, unless TEST_PG_URL is set. */
  readonly databaseUrl: string | null;
  /** The number of the first episode: that of a failure, to replay it without those before. */
  readonly fromEpisode: number;
}

export const USAGE = `npm run torture -- --minutes N [--seed S] [--writers W] [--database-url URL] [--from-episode E]

  --minutes N       how long, at least; a fraction will do
  --seed S          repeats the statements of each writer and the plan of the runs (not how they interleave);
                    by default another one each time
  --writers W       connections that write, 2 to 32 (default 8)
  --database-url U  a superuser of a server with wal_level = logical; default: TEST_PG_URL, else an embedded server of
                    the major TEST_PG_MAJOR (default 18)
  --from-episode E  begin with this episode of the seed (default 1)`;

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
    },
  });
  const minutes = Number(values.minutes);
  const writers = Number(values.writers);
  const fromEpisode = Number(values['from-episode']);
  if (!(minutes > 0) || !Number.isInteger(writers) || writers < 2 || writers > 32 || !(fromEpisode >= 1)) {
    throw new Error(`Usage: ${USAGE}`);
  }
  return {
    minutes,
    writers,
    fromEpisode,
    seed: values.seed ?? String(Date.now() % 1_000_000_000),
    databaseUrl: values['database-url'] ?? environment.TEST_PG_URL ?? null,
  };
}
