import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { reportRun } from '../../lambdas/engine/registry/report.ts';
import { sessionsOn } from '../../lambdas/local/database.ts';
import { loadDefinition } from '../../lambdas/local/definition.ts';
import { errorLines } from '../../lambdas/local/describe-error.ts';
import { driveWithProgress } from '../../lambdas/local/drive-with-progress.ts';
import { formatBytes, formatCount, formatDuration } from '../../lambdas/local/report/quantities.ts';
import { summaryLines } from '../../lambdas/local/report/summary.ts';
import { dumpCatalog } from '../support/catalog-dump.ts';
import { startEmbeddedServer } from '../support/embedded-server.ts';
import { proofLines, provePromises, type State } from './proofs.ts';
import { buildShop, type Shop } from './shop.ts';
import { Traffic } from './traffic.ts';

const MAJOR = 18;

/** The table is built in seconds, and nobody pulls the plug on a demo. */
const SETTINGS = { fsync: 'off', max_wal_size: '2GB', shared_buffers: '256MB' };

const WRITERS = 4;
const PER_SECOND = 300;

/** How long the writers have the table to themselves, for comparison. */
const ALONE_MS = 6_000;

/** `npm run demo`: a live table is rebuilt under traffic by the shipped state machine; then the promises are checked. */
async function demo(): Promise<boolean> {
  const startedAt = performance.now();
  say(`Starting PostgreSQL ${MAJOR} (embedded) …`);
  const server = await startEmbeddedServer({ major: MAJOR, settings: SETTINGS });
  const traffic = new Traffic();
  try {
    say('Building a bloated public.orders: indexes, constraints, triggers, grants, foreign keys in and out …');
    const [shop] = await Promise.all([buildShop(server.url), loadDefinition()]);
    const holds = await rebuildUnderTraffic(shop, traffic);
    say(`\nThe demo took ${formatDuration(performance.now() - startedAt)}.`);
    return holds;
  } finally {
    traffic.end();
    await server.stop();
  }
}

async function rebuildUnderTraffic(shop: Shop, traffic: Traffic): Promise<boolean> {
  const client = new pg.Client({ connectionString: shop.superuserUrl });
  // When the demo fails, the server goes first; that is no second error.
  client.on('error', () => {});
  await client.connect();
  const before = await stateOf(client);
  say(`  ${formatCount(shop.fixture.rows)} rows in ${formatBytes(before.bytes)}, half of it dead space.`);

  const load = { url: shop.appUrl, fixture: shop.fixture, writers: WRITERS, perSecond: PER_SECOND };
  say(`${WRITERS} writers, about ${PER_SECOND} statements a second; first ${ALONE_MS / 1_000} s without us …`);
  await traffic.start(load);
  await pause(ALONE_MS);
  const latencyBefore = await traffic.mark();

  say('\nThe writers go on, and the state machine that would run on AWS rebuilds the table:\n');
  const openSession = sessionsOn(shop.ownerUrl);
  const end = await driveWithProgress({ openSession, request: { table: 'public.orders' } }, process.stdout);
  const latencyDuring = await traffic.mark();
  const writers = await traffic.stop();

  const session = await openSession('report');
  const report = await reportRun(session, BigInt(end.lastResult?.runId ?? 0));
  await session.end();
  if (report === null) {
    throw new Error(`The machine has ended without a run: ${end.lastResult?.message}`);
  }
  say(`\nRun ${report.runId} of ${report.table} is ${report.stage}:\n${summaryLines(report).join('\n')}`);

  const after = await stateOf(client);
  const proofs = await provePromises({ client, before, after, traffic: writers, latencyBefore, latencyDuring });
  await client.end();
  say(
    `\nWhat the writers, a mirror table and the catalog say, without asking the tool:\n${proofLines(proofs).join('\n')}`,
  );
  const broken = proofs.filter((proof) => !proof.holds);
  say(
    broken.length === 0
      ? '\nEvery promise was kept.'
      : `\nBROKEN: ${broken.map((proof) => proof.what).join(', ')}. This is a bug: please report it with these lines.`,
  );
  return broken.length === 0 && report.stage === 'DONE';
}

async function stateOf(client: pg.Client): Promise<State> {
  const { rows } = await client.query<{ bytes: string }>(
    `SELECT pg_total_relation_size('public.orders'::regclass)::text AS bytes`,
  );
  return { catalog: await dumpCatalog(client), bytes: BigInt(rows[0]?.bytes ?? 0) };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  process.exitCode = (await demo()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${errorLines(error, true)}\n`);
  process.exitCode = 1;
}
