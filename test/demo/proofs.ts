import type pg from 'pg';
import { formatBytes, formatCount, formatDuration } from '../../lambdas/local/report/quantities.ts';
import { catalogDifference } from '../support/catalog-dump.ts';
import type { Latency, TrafficReport } from './traffic.ts';

/** Something that must hold after the run, found out without the tool's help. */
export interface Proof {
  readonly what: string;
  readonly holds: boolean;
  readonly detail: string;
}

/** What is measured before the run and after it. */
export interface State {
  readonly catalog: string;
  readonly bytes: bigint;
}

export interface Evidence {
  readonly client: pg.Client;
  readonly before: State;
  readonly after: State;
  readonly traffic: TrafficReport;
  /** Before the run, and through it. */
  readonly latencyBefore: Latency;
  readonly latencyDuring: Latency;
}

/** The most that we may add to what the writers saw while they were alone. */
const LONGEST_STALL_MS = 150;

export async function provePromises(evidence: Evidence): Promise<Proof[]> {
  return [
    noWriterError(evidence.traffic),
    noStall(evidence),
    writersBooks(evidence.traffic),
    await mirrorIsEqual(evidence.client),
    smaller(evidence),
    definitionIsEqual(evidence),
    await nothingLeft(evidence.client),
  ];
}

export function proofLines(proofs: readonly Proof[]): string[] {
  return proofs.map(({ what, holds, detail }) => `  ${holds ? '✓' : '✗'} ${what.padEnd(30)}${detail}`);
}

function noWriterError({ unexpected, statements, expectedErrors }: TrafficReport): Proof {
  const provoked = Object.values(expectedErrors).reduce((sum, count) => sum + count, 0);
  const first = unexpected[0];
  return {
    what: 'writer errors: 0',
    holds: unexpected.length === 0,
    detail:
      first === undefined
        ? `${formatCount(statements)} statements (${provoked} refused by constraints, as the writers meant them to be)`
        : `${unexpected.length} of ${formatCount(statements)} statements, first ${first.what}: ${first.error}`,
  };
}

function noStall({ latencyBefore: before, latencyDuring: during }: Evidence): Proof {
  return {
    what: 'longest stall of a writer',
    holds: during.longestMs < before.longestMs + LONGEST_STALL_MS,
    detail:
      `${formatDuration(during.longestMs)} (p99 ${formatDuration(during.p99Ms)}); ` +
      `before the run ${formatDuration(before.longestMs)} (p99 ${formatDuration(before.p99Ms)})`,
  };
}

function writersBooks({ accountFault, committed, staleSnapshots }: TrafficReport): Proof {
  const stale = staleSnapshots === 0 ? '' : `; ${staleSnapshots} snapshots older than the swap saw older rows`;
  return {
    what: "rows equal the writers' books",
    holds: accountFault === null,
    detail: accountFault ?? `${formatCount(committed)} transactions committed, none lost, none back${stale}`,
  };
}

/** Every column of every row, as its binary image, both ways. */
async function mirrorIsEqual(client: pg.Client): Promise<Proof> {
  const { rows } = await client.query<{ rows: string; differing: string; md5: string; mirror_md5: string }>(/* sql */ `
    SELECT pg_catalog.count(o.order_id)::text AS rows,
           pg_catalog.count(*) FILTER (WHERE pg_catalog.record_image_ne(o, m) OR o IS NULL OR m IS NULL)::text AS differing,
           pg_catalog.md5(pg_catalog.sum(pg_catalog.hashtextextended(o::text, 0)::numeric)::text) AS md5,
           pg_catalog.md5(pg_catalog.sum(pg_catalog.hashtextextended(m::text, 0)::numeric)::text) AS mirror_md5
    FROM public.orders AS o
    FULL JOIN demo.orders_mirror AS m USING (order_id)`);
  const [found] = rows;
  const equal = found?.differing === '0' && found.md5 === found.mirror_md5;
  return {
    what: 'rows equal the mirror',
    holds: equal,
    detail: equal
      ? `${formatCount(found.rows)} rows, no difference, digest ${found.md5.slice(0, 12)}`
      : `${found?.differing} of ${found?.rows} rows differ`,
  };
}

function smaller({ before, after }: Evidence): Proof {
  return {
    what: 'size',
    holds: after.bytes < before.bytes,
    detail: `${formatBytes(before.bytes)} before, ${formatBytes(after.bytes)} after`,
  };
}

function definitionIsEqual({ before, after }: Evidence): Proof {
  const equal = before.catalog === after.catalog;
  return {
    what: 'definition as before',
    holds: equal,
    detail: equal
      ? 'columns, keys, indexes, triggers, grants, comments, foreign keys …'
      : `\n${catalogDifference(before.catalog, after.catalog)}`,
  };
}

async function nothingLeft(client: pg.Client): Promise<Proof> {
  const { rows } = await client.query<{ what: string }>(/* sql */ `
    SELECT 'schema ' || nspname AS what FROM pg_namespace WHERE nspname LIKE 'shadowstep\\_%'
    UNION ALL
    SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgname LIKE 'shadowstep\\_%'
    UNION ALL
    SELECT 'session ' || application_name FROM pg_stat_activity WHERE application_name LIKE 'shadowstep/%'`);
  return {
    what: 'nothing of ours is left',
    holds: rows.length === 0,
    detail: rows.length === 0 ? 'but the registry, schema shadowstep' : rows.map((row) => row.what).join(', '),
  };
}
