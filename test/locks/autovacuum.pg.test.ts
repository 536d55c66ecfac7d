import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import { drive } from '../lifecycle/drive.ts';
import { EMBEDDED_MAJORS, type EmbeddedServer, startEmbeddedServer } from '../support/embedded-server.ts';
import { pollUntil } from '../support/poll.ts';
import { CONTROL_AND_ITEM, DRIVER, unitAs } from './lock-run.ts';
import { LONGEST_STALL_MS, StallMeter } from './stall-meter.ts';

/**
 * A server of its own: autovacuum looks every second, and takes 400 ms for each page of public.item (the longest nap that
 * there is), so that a worker is found at work and stays there.
 */
const SLOW_AUTOVACUUM = /* sql */ `
  ALTER TABLE public.item SET (
    autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)`;

const REQUEST = { table: 'public.item', workers: 1 };

let server: EmbeddedServer;
let admin: pg.Client;
const clients: pg.Client[] = [];

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => {});
  await client.connect();
  clients.push(client);
  return client;
}

beforeAll(async () => {
  const major = EMBEDDED_MAJORS.find((known) => String(known) === process.env.TEST_PG_MAJOR) ?? 18;
  server = await startEmbeddedServer({ major, settings: { autovacuum_naptime: '1s', fsync: 'off' } });
  admin = await connect();
  await admin.query(CONTROL_AND_ITEM);
  await admin.query(SLOW_AUTOVACUUM);
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => {})));
  await server?.stop();
});

/** Waits for an autovacuum worker at work on the table of this name; resolves to its pid. */
async function untilAutovacuumWorks(wraparound: boolean): Promise<number> {
  return pollUntil('an autovacuum of public.item', async () => {
    const { rows } = await admin.query<{ pid: number }>(
      /* sql */ `
      SELECT a.pid FROM pg_stat_activity AS a JOIN pg_locks AS l ON l.pid = a.pid
      WHERE a.backend_type = 'autovacuum worker' AND l.relation = 'public.item'::regclass AND l.granted
        AND l.mode = 'ShareUpdateExclusiveLock' AND (a.query LIKE '%(to prevent wraparound)') = $1`,
      [wraparound],
    );
    return rows[0]?.pid;
  });
}

const STAGES: readonly (readonly [task: TaskName, before: string, over: RegExp])[] = [
  ['SETUP', 'PRE_VALIDATION', /capture triggers are in place/],
  ['SWAP', 'POST_SYNC_UPDATE', /^changed places/],
  ['CLEAN_UP', 'SWAP', /are gone/],
];

describe('a real autovacuum at work on the table', () => {
  it.each(STAGES)('gives way to %s, and nobody is stalled meanwhile', async (task, before, over) => {
    await drive({ driver: DRIVER, url: server.url, request: { ...REQUEST, stopAfter: before } });
    await admin.query('UPDATE public.item SET kind_id = 1');
    const worker = await untilAutovacuumWorks(false);
    const meter = await StallMeter.start({ client: connect, appClient: connect }, ['read', 'write']);
    let answer = await unitAs(server.url, task, { request: REQUEST });
    // On a busy machine the last drain may be over its budget: that is another attempt.
    for (let units = 1; units < 20 && !over.test(answer.message); units += 1) {
      answer = await unitAs(server.url, task, { request: REQUEST });
    }
    const stalls = await meter.stop();
    console.log(`${task} beside an autovacuum (pid ${worker}): ${stalls.describe()}`);
    expect(answer.message).toMatch(over);
    expect(stalls.longestByUsMs).toBeLessThanOrEqual(LONGEST_STALL_MS);
  });

  it('that prevents wraparound does not give way: it is named, and never ended, whatever the request says', async () => {
    const driver = 'test:second-run';
    await drive({ driver, url: server.url, request: { ...REQUEST, stopAfter: 'PRE_VALIDATION' } });
    // Switched off, only what is needed against wraparound is started, and the one at work gives way.
    await admin.query('ALTER TABLE public.item SET (autovacuum_enabled = off, autovacuum_freeze_max_age = 100000)');
    await admin.query('CREATE UNLOGGED TABLE public.burnt (id int)');
    // Each subtransaction that writes takes a transaction id: a hundred thousand make the table old.
    await admin.query(/* sql */ `
      DO $$
      BEGIN
        FOR i IN 1..100100 LOOP
          BEGIN
            INSERT INTO public.burnt VALUES (1);
          EXCEPTION WHEN division_by_zero THEN
            NULL;
          END;
        END LOOP;
      END
      $$`);
    const worker = await untilAutovacuumWorks(true);
    const request = { ...REQUEST, blockers: 'terminate', blockerPatienceSeconds: 0 };
    const answer = await pollUntil('the worker to be there for a moment', async () => {
      const one = await unitAs(server.url, 'SETUP', { request, driver });
      return one.because.includes(`pid ${worker} `) ? one : null;
    });
    expect(answer.because).toMatch(
      new RegExp(
        `pid ${worker} \\(\\d+ s, AUTOVACUUM\\) holds ShareUpdateExclusiveLock on (public.)?item; it serves no client`,
      ),
    );
    expect(await untilAutovacuumWorks(true)).toBe(worker);
  });
});
