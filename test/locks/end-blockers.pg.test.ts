import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import type { ItemRun } from '../engine/item-run.ts';
import { drive } from '../lifecycle/drive.ts';
import { pollUntil } from '../support/poll.ts';
import { type Holder, hold, pidOf, untilOlderThanAMoment } from './holders.ts';
import { createLockRun, createTool, lastWait, type Tool, unitAs, unitsAs } from './lock-run.ts';

/** Right before CLEAN_UP, whose lock everybody blocks; a tool that may signal others, and one that may only see them. */
let run: ItemRun;
let tool: Tool;
let weak: { readonly run: ItemRun; readonly tool: Tool };

beforeAll(async () => {
  run = await createLockRun();
  tool = await createTool(run, ['pg_read_all_stats', 'pg_signal_backend']);
  await stopBeforeCleanUp(run, tool);
  const weakRun = await createLockRun();
  weak = { run: weakRun, tool: await createTool(weakRun, ['pg_read_all_stats']) };
  await stopBeforeCleanUp(weakRun, weak.tool);
});

afterAll(async () => {
  for (const one of [tool, weak?.tool]) await one?.drop();
});

async function stopBeforeCleanUp(of: ItemRun, by: Tool): Promise<void> {
  await drive({ url: by.url, request: { ...of.request, stopAfter: 'SWAP' } });
}

async function cleanUp(fields: Readonly<Record<string, unknown>>, of = run, by = tool): Promise<UnitResult> {
  return unitAs(by.url, 'CLEAN_UP', { request: { ...of.request, ...fields } });
}

/** What became of the holder's session: its statement failed, or its connection is gone. */
async function fateOf(holder: Holder): Promise<'goes on' | 'gone'> {
  return holder.client.query('SELECT 1').then(
    () => 'goes on' as const,
    () => 'gone' as const,
  );
}

async function events(of: ItemRun, kind: string): Promise<Record<string, unknown>[]> {
  const rows = await of.database.query<{ detail: { blocker: Record<string, unknown> } }>(
    'SELECT detail FROM shadowstep.event WHERE kind = $1 ORDER BY event_id',
    [kind],
  );
  return rows.map((row) => row.detail.blocker);
}

/** A statement at work inside a transaction, which holds the table. */
async function sleeper(of: ItemRun): Promise<{ readonly pid: number; readonly fate: Promise<string> }> {
  const client = await of.database.appClient();
  const pid = await pidOf(client);
  await client.query(`SET application_name = 'sleeper'; BEGIN; SELECT FROM public.item`);
  const fate = client.query('SELECT pg_sleep(60)').then(
    () => 'slept',
    (error: { code?: string }) => error.code ?? 'lost',
  );
  await pollUntil('the statement to be at work, and older than a moment', async () => {
    const rows = await of.database.query(
      `SELECT FROM pg_stat_activity
       WHERE pid = $1 AND state = 'active' AND clock_timestamp() - xact_start > interval '250 ms'`,
      [pid],
    );
    return rows.length === 1;
  });
  return { pid, fate };
}

describe('"blockers": "wait", the default', () => {
  it('ends nobody, however long it lasts', async () => {
    const holder = await hold(run.database, 'reader');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await cleanUp({ blockerPatienceSeconds: 0 })).toMatchObject({ status: 'wait' });
    }
    expect(await fateOf(holder)).toBe('goes on');
    await holder.release();
  });
});

describe('"blockers": "cancel"', () => {
  it('cancels the statement of a session that blocks the lock, in an event, and of nobody else', async () => {
    const blocker = await sleeper(run);
    const elsewhere = await run.database.appClient();
    const elsewherePid = await pidOf(elsewhere);
    await elsewhere.query('BEGIN; SELECT FROM public.control');
    const innocent = elsewhere.query('SELECT pg_sleep(60)').then(
      () => 'slept',
      (error: { code?: string }) => error.code ?? 'lost',
    );
    const before = (await events(run, 'blocker cancelled')).length;

    const answer = await cleanUp({ blockers: 'cancel', blockerPatienceSeconds: 0 });

    expect(answer).toMatchObject({
      status: 'wait',
      because: expect.stringMatching(/pid \d+ \(sleeper, .*; was cancelled$/),
    });
    expect(answer.because).toContain(`pid ${blocker.pid} `);
    expect(await blocker.fate).toBe('57014');
    const cancelled = (await events(run, 'blocker cancelled')).slice(before);
    expect(cancelled).toEqual([
      expect.objectContaining({ pid: blocker.pid, application: 'sleeper', command: 'SELECT', mode: 'AccessShareLock' }),
    ]);
    // The other one still sleeps: only this ends it.
    const [still] = await run.database.query(`SELECT state FROM pg_stat_activity WHERE pid = $1`, [elsewherePid]);
    expect(still).toEqual({ state: 'active' });
    await run.database.query('SELECT pg_cancel_backend($1)', [elsewherePid]);
    expect(await innocent).toBe('57014');
  });

  it('says of a session that idles in its transaction that a cancel does not end it', async () => {
    const holder = await hold(run.database, 'reader');
    const answer = await cleanUp({ blockers: 'cancel', blockerPatienceSeconds: 0 });
    const why = expect.stringMatching(/not cancelled: it idles in its transaction.*"terminate" would end it/);
    expect(answer).toMatchObject({ status: 'wait', because: why });
    const told = await lastWait(run.database);
    expect(told.waitingFor).toEqual(why);
    expect(told.blockers).toContainEqual(expect.objectContaining({ pid: holder.pid, why }));
    expect(await fateOf(holder)).toBe('goes on');
    await holder.release();
  });
});

describe('"blockers": "terminate"', () => {
  const fields = { blockers: 'terminate', blockerPatienceSeconds: 0 };

  it('terminates a session that idles in its transaction, in an event', async () => {
    const holder = await hold(run.database, 'reader');
    const bystander = await run.database.appClient();
    await bystander.query('BEGIN; SELECT FROM public.control');
    expect(await cleanUp(fields)).toMatchObject({
      status: 'wait',
      because: expect.stringMatching(/; was terminated$/),
    });
    expect(await fateOf(holder)).toBe('gone');
    await bystander.query('COMMIT');
    expect(await events(run, 'blocker terminated')).toContainEqual(expect.objectContaining({ pid: holder.pid }));
  });

  it('waits out the stated patience first, counted from when the run met it, and pauses no longer than that', async () => {
    const holder = await hold(run.database, 'reader');
    const patient = { blockers: 'terminate', blockerPatienceSeconds: 2 };
    const first = await cleanUp(patient);
    expect(first.because).toMatch(/is terminated in [12] s$/);
    expect(first.waitSeconds).toBeLessThanOrEqual(2);
    expect(await fateOf(holder)).toBe('goes on');
    // The patience of the registry, not of the process: another driver's unit goes on counting.
    await run.database.query(/* sql */ `
      UPDATE shadowstep.run
      SET marks = jsonb_set(marks, '{blockers_seen}', (
        SELECT jsonb_object_agg(s.key, clock_timestamp() - interval '3 s')
        FROM jsonb_each(marks->'blockers_seen') AS s))`);
    expect((await cleanUp(patient)).because).toMatch(/; was terminated$/);
    expect(await fateOf(holder)).toBe('gone');
  });

  it('cannot end a prepared transaction, which has no session, and says so', async () => {
    const holder = await hold(run.database, 'prepared');
    expect((await cleanUp(fields)).because).toMatch(/has no session to end: COMMIT PREPARED or ROLLBACK PREPARED/);
    await holder.release();
  });

  it('never ends a superuser’s session, and says so', async () => {
    const superuser = await run.database.client();
    await superuser.query(`SET application_name = 'dba'; BEGIN; SELECT FROM public.item`);
    const pid = await pidOf(superuser);
    await untilOlderThanAMoment(run.database, pid);
    expect((await cleanUp(fields)).because).toMatch(/pid \d+ \(dba, .*not ended: it belongs to a superuser/);
    await superuser.query('COMMIT');
  });

  it('never ends a session of the tool’s own, such as another run’s', async () => {
    const own = await openPostgresSession({ connectionString: tool.url }, { purpose: '2/backfill' });
    await own.query('BEGIN');
    await own.query('SELECT FROM public.item');
    await untilOlderThanAMoment(run.database, own.backendPid);
    expect((await cleanUp(fields)).because).toMatch(/pid \d+ \(shadowstep\/2\/backfill, .*it is our own/);
    await own.end();
  });

  it('without pg_signal_backend, granted or not at the start, names the session and the privilege, and waits', async () => {
    const holder = await hold(weak.run.database, 'reader');
    const answer = await cleanUp(fields, weak.run, weak.tool);
    expect(answer.because).toMatch(new RegExp(`not ended: role ${weak.tool.role} lacks pg_signal_backend$`));
    expect(await fateOf(holder)).toBe('goes on');
    await holder.release();
  });

  it('lets the run go through', async () => {
    await hold(run.database, 'writer');
    expect((await cleanUp(fields)).because).toMatch(/; was terminated$/);
    expect(await cleanUp(fields)).toMatchObject({ status: 'done', stage: 'DONE' });
  });
});

describe('a foreign key whose VALIDATE is queued', () => {
  it('has the session before it terminated, and nobody else', async () => {
    const other = await createLockRun();
    const its = await createTool(other, ['pg_read_all_stats', 'pg_signal_backend']);
    try {
      await drive({ url: its.url, request: { ...other.request, stopAfter: 'POST_SYNC_UPDATE' } });
      const request = { ...other.request, blockers: 'terminate', blockerPatienceSeconds: 0 };
      expect(await unitAs(its.url, 'SWAP', { request })).toMatchObject({ status: 'more' });
      // The tool's own role, as somebody who builds an index on his table: sessions of one's own role may be ended.
      const builder = new pg.Client({ connectionString: its.url });
      builder.on('error', () => {});
      await builder.connect();
      await builder.query('BEGIN; CREATE INDEX held ON public.item (kind_id)');
      const reader = await hold(other.database, 'reader');
      expect((await unitsAs(its.url, 'SWAP', { request })).because).toMatch(
        /holds ShareLock on public.item; was terminated$/,
      );
      expect(await fateOf(reader)).toBe('goes on');
      await pollUntil('the foreign key to be validated', async () => {
        const answer = await unitAs(its.url, 'SWAP', { request });
        return answer.status === 'done';
      });
      await reader.release();
    } finally {
      await its.drop();
    }
  });
});
