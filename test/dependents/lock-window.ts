/**
 * How long the swap holds its ACCESS EXCLUSIVE locks: `npx tsx test/dependents/lock-window.ts [runs]`, on the server of
 * the tests (TEST_PG_URL, a container, or the embedded one of TEST_PG_MAJOR). First 30 indexes, 10 foreign keys and 5
 * views; then more and more foreign-key partners. Prints what the registry's events say, the least and the median of
 * `runs` (default 5) runs each; and, where the server's processes can be seen (Linux, the same machine), the least CPU time
 * of its backend for the whole round trip, which other work on the machine does not lengthen.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { drive } from '../lifecycle/drive.ts';
import { startTestServer } from '../support/server.ts';

interface Shape {
  readonly indexes: number;
  readonly partners: number;
  readonly views: number;
}

const SHAPES: readonly Shape[] = [
  { indexes: 0, partners: 0, views: 0 },
  { indexes: 30, partners: 10, views: 5 },
  ...[1, 10, 25, 50, 100].map((partners) => ({ indexes: 0, partners, views: 0 })),
  ...[1, 5, 25].map((views) => ({ indexes: 0, partners: 0, views })),
];

/** Half of the partners reference the table, half are referenced by it. */
function tableSql({ indexes, partners, views }: Shape): string {
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
  const outbound = numbers(Math.floor(partners / 2));
  const inbound = numbers(Math.ceil(partners / 2));
  return [
    ...outbound.map((at) => `CREATE TABLE public.parent_${at} (id int PRIMARY KEY)`),
    `CREATE TABLE public.item (id int PRIMARY KEY, a int, b text${outbound.map((at) => `, p${at} int REFERENCES public.parent_${at}`).join('')})`,
    `INSERT INTO public.item (id, a, b) SELECT i, i, 'row ' || i FROM generate_series(1, 1000) AS i`,
    ...inbound.map((at) => `CREATE TABLE public.child_${at} (id int REFERENCES public.item)`),
    ...numbers(indexes).map((at) => `CREATE INDEX item_${at} ON public.item (a, (id + ${at}))`),
    ...numbers(views).map(
      (at) => `CREATE VIEW public.view_${at} AS SELECT id, a + ${at} AS sum, b FROM public.item WHERE a > ${at}`,
    ),
  ].join(';\n');
}

interface Measured {
  readonly heldMs: number;
  readonly cpuMs: number;
}

/** The exchange: the block, and COMMIT in the same round trip. */
const EXCHANGE = /^SET LOCAL statement_timeout[\s\S]*COMMIT$/;

/** CPU time of a backend around the exchange; NaN where /proc does not show it. */
class ExchangeCpu implements StatementObserver {
  cpuMs = Number.NaN;
  #pid = 0;
  #before = Number.NaN;

  constructor(private readonly client: pg.Client) {}

  async before(text: string): Promise<void> {
    if (!EXCHANGE.test(text)) return;
    const { rows } = await this.client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' AND application_name LIKE 'shadowstep/%'`,
    );
    this.#pid = rows[0]?.pid ?? 0;
    this.#before = await cpuMsOf(this.#pid);
  }

  async after(text: string): Promise<void> {
    if (EXCHANGE.test(text)) this.cpuMs = (await cpuMsOf(this.#pid)) - this.#before;
  }
}

/** proc(5): the first number of schedstat is the time on a processor, ns. */
async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '');
  return Number.parseInt(stat, 10) / 1e6;
}

async function measure(serverUrl: string, shape: Shape): Promise<Measured> {
  const name = `lock_window_${randomBytes(4).toString('hex')}`;
  const server = new pg.Client({ connectionString: serverUrl });
  await server.connect();
  try {
    await server.query(`CREATE DATABASE ${name}`);
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(tableSql(shape));
    const cpu = new ExchangeCpu(client);
    await drive({ url: url.href, request: { table: 'public.item', workers: 1 }, observer: cpu });
    const { rows } = await client.query<{ held: number }>(
      `SELECT lock_held_ms::float8 AS held FROM shadowstep.event WHERE kind = 'swapped'`,
    );
    await client.end();
    return { heldMs: rows[0]?.held ?? Number.NaN, cpuMs: cpu.cpuMs };
  } finally {
    await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await server.end();
  }
}

const runs = Number(process.argv[2] ?? 5);
const server = await startTestServer();
console.log(server.description);
console.log('indexes  partners  views  held: least ms  median ms  CPU: least ms');
try {
  for (const shape of SHAPES) {
    const measured: Measured[] = [];
    for (let run = 0; run < runs; run += 1) measured.push(await measure(server.url, shape));
    const held = measured.map((one) => one.heldMs).sort((one, other) => one - other);
    const cpuMs = Math.min(...measured.map((one) => one.cpuMs));
    const cells = [shape.indexes, shape.partners, shape.views, held[0], held[Math.trunc(runs / 2)], cpuMs].map(
      (cell) => (Number.isInteger(cell) ? String(cell) : (cell ?? Number.NaN).toFixed(1)),
    );
    console.log(cells.map((cell, at) => cell.padStart([7, 10, 7, 16, 11, 15][at] ?? 0)).join(''));
  }
} finally {
  await server.stop();
}
