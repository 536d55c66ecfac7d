import { startTestServer, type TestServer } from '../support/server.ts';
import { readArguments, type TortureArguments } from './arguments.ts';
import { type EpisodeResult, runEpisode } from './episode.ts';
import { formatNumbers, type Totals } from './numbers.ts';
import { episodePlan, episodeSeed, replayCommand } from './replay.ts';
import { createEpisodeDatabase, prepareServer } from './server-databases.ts';
import { Tally } from './tally.ts';

/** Nobody pulls the plug on a test; the log is decoded. */
const SETTINGS = { shared_buffers: '128MB', max_wal_size: '1GB' };

/** `npm run torture`: runs under writers, again and again, until the time is over or something does not hold. */
async function torture(wanted: TortureArguments): Promise<boolean> {
  const server = await startTestServer({ ...process.env, TEST_PG_URL: wanted.databaseUrl ?? '' }, SETTINGS);
  try {
    say(`${server.description}; seed ${wanted.seed}, ${wanted.writers} writers, ${wanted.minutes} minutes`);
    await prepareServer(server.url);
    return await episodes(wanted, server);
  } finally {
    await server.stop();
  }
}

async function episodes(wanted: TortureArguments, server: TestServer): Promise<boolean> {
  const startedMs = performance.now();
  const timeIsOver = () => performance.now() - startedMs >= wanted.minutes * 60_000;
  const tally = new Tally();
  const results: EpisodeResult[] = [];
  let failure: string | null = null;
  for (let number = wanted.fromEpisode; failure === null && !timeIsOver(); number += 1) {
    const plan = episodePlan(wanted, number);
    const database = await createEpisodeDatabase(server.url);
    const result = await runEpisode({
      database,
      shape: plan.shape,
      seed: episodeSeed(plan),
      writers: plan.writers,
      replay: replayCommand(plan, { ...server, databaseUrl: wanted.databaseUrl }, wanted.minutes),
      tally,
      goesOn: (runs) => runs < plan.runs && !timeIsOver(),
      onRun: (summary) => say(`episode ${number}, ${summary}`),
    });
    results.push(result);
    failure = result.failure;
    if (failure === null) await database.drop();
    else {
      say(`\n${failure}`);
      if (wanted.databaseUrl !== null) say(`The database is kept: ${database.superuserUrl}`);
    }
  }
  const totals: Totals = { minutes: (performance.now() - startedMs) / 60_000, results, tally };
  say(`\n${formatNumbers(totals).join('\n')}`);
  return failure === null;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  process.exitCode = (await torture(readArguments(process.argv.slice(2), process.env))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
