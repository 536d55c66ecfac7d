import type pg from 'pg';
import { expect } from 'vitest';
import type { TestDatabase, TestRole } from '../support/database.ts';
import { pollUntil } from '../support/poll.ts';

/** A session that holds `public.item`, as an application, a tool or a person does. */
export interface HolderKind {
  readonly what: string;
  readonly role: TestRole;
  readonly hold: readonly string[];
  /** What the last statement is known by, and the lock it holds, as a blocker is described. */
  readonly command: string | null;
  readonly mode: string;
  /** Statements of others that go on beside it; those that do not are held up by it, not by us. */
  readonly leaves: readonly ('read' | 'write')[];
  /** It does not let go of the statement: it is waited for in pg_stat_activity, and cancelled in the end. */
  readonly works?: true;
  readonly prepared?: true;
}

/** Row 1 is the holders'; probes never touch it. */
export const HOLDERS = {
  reader: {
    what: 'a long reader that idles in its transaction',
    role: 'app',
    hold: ['BEGIN', 'SELECT FROM public.item WHERE id = 1'],
    command: 'SELECT',
    mode: 'AccessShareLock',
    leaves: ['read', 'write'],
  },
  writer: {
    what: 'a writer that idles in its transaction',
    role: 'app',
    hold: ['BEGIN', `UPDATE public.item SET kind_id = 1 WHERE id = 1`],
    command: 'UPDATE',
    mode: 'RowExclusiveLock',
    leaves: ['read', 'write'],
  },
  vacuum: {
    what: 'a manual VACUUM at work',
    role: 'owner',
    // Every page costs 400 ms (the longest nap there is): twenty seconds for this table, unless it is cancelled.
    hold: ['SET vacuum_cost_delay = 100', 'SET vacuum_cost_limit = 1', 'VACUUM (DISABLE_PAGE_SKIPPING) public.item'],
    command: 'VACUUM',
    mode: 'ShareUpdateExclusiveLock',
    leaves: ['read', 'write'],
    works: true,
  },
  pgDump: {
    what: 'a pg_dump: one snapshot, ACCESS SHARE on everything',
    role: 'app',
    hold: [
      'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
      'LOCK TABLE public.item, public.kind IN ACCESS SHARE MODE',
      'SELECT count(*) FROM public.item',
    ],
    command: 'SELECT',
    mode: 'AccessShareLock',
    leaves: ['read', 'write'],
  },
  analyze: {
    what: 'an ANALYZE in an open transaction',
    role: 'owner',
    hold: ['BEGIN', 'ANALYZE public.item'],
    command: 'ANALYZE',
    mode: 'ShareUpdateExclusiveLock',
    leaves: ['read', 'write'],
  },
  createIndex: {
    what: 'a CREATE INDEX in an open transaction',
    role: 'owner',
    hold: ['BEGIN', 'CREATE INDEX held ON public.item (kind_id)'],
    command: 'CREATE',
    mode: 'ShareLock',
    leaves: ['read'],
  },
  prepared: {
    what: 'a prepared transaction',
    role: 'app',
    hold: ['BEGIN', `UPDATE public.item SET kind_id = 1 WHERE id = 1`],
    command: null,
    mode: 'RowExclusiveLock',
    leaves: ['read', 'write'],
    prepared: true,
  },
  migration: {
    what: 'a migration tool’s ALTER TABLE in an open transaction',
    role: 'owner',
    hold: ['BEGIN', 'ALTER TABLE public.item ADD COLUMN later int'],
    command: 'ALTER',
    mode: 'AccessExclusiveLock',
    leaves: [],
  },
} as const satisfies Readonly<Record<string, HolderKind>>;

export type HolderName = keyof typeof HOLDERS;

export const HOLDER_NAMES = Object.keys(HOLDERS) as HolderName[];

export interface Holder {
  readonly kind: HolderKind;
  /** Null for a prepared transaction. */
  readonly pid: number | null;
  readonly application: string;
  readonly client: pg.Client;
  release(): Promise<void>;
}

export async function pidOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

/** Takes the table; resolves once the transaction is older than a moment, so that it counts as somebody who stays. */
export async function hold(database: TestDatabase, name: HolderName): Promise<Holder> {
  const holder = await take(database, name);
  await untilOlderThanAMoment(database, holder.pid);
  return holder;
}

/** Takes the table and resolves at once. */
export async function take(database: TestDatabase, name: HolderName): Promise<Holder> {
  const kind: HolderKind = HOLDERS[name];
  const application = `holder ${name}`;
  const client = await database.appClient(kind.role);
  const pid = await pidOf(client);
  await client.query(`SET application_name = '${application}'`);
  const last = kind.hold.at(-1) ?? '';
  for (const statement of kind.hold.slice(0, -1)) await client.query(statement);
  let working: Promise<unknown> = Promise.resolve();
  if (kind.works) {
    working = client.query(last).then(
      () => null,
      () => null,
    );
    await pollUntil(`${kind.what} to hold the table`, async () => {
      const rows = await database.query(
        `SELECT FROM pg_locks WHERE pid = $1 AND relation = 'public.item'::regclass AND mode = $2 AND granted`,
        [pid, kind.mode],
      );
      return rows.length === 1;
    });
  } else {
    await client.query(last);
  }
  const gid = `held in ${database.name}`;
  if (kind.prepared) await client.query(`PREPARE TRANSACTION '${gid}'`);
  return {
    kind,
    pid: kind.prepared ? null : pid,
    application,
    client,
    async release() {
      if (kind.works) await database.query('SELECT pg_cancel_backend($1)', [pid]);
      await working;
      await client.query(kind.prepared ? `ROLLBACK PREPARED '${gid}'` : 'ROLLBACK');
      await client.end();
    },
  };
}

/** Waits until the transaction of a process, or the prepared one where there is none, counts as one that stays. */
export async function untilOlderThanAMoment(database: TestDatabase, pid: number | null): Promise<void> {
  await pollUntil('the transaction to be older than a moment', async () => {
    const rows = await database.query(
      pid === null
        ? `SELECT FROM pg_prepared_xacts
           WHERE database = current_database() AND clock_timestamp() - prepared > interval '250 ms'`
        : `SELECT FROM pg_stat_activity WHERE pid = ${pid} AND clock_timestamp() - xact_start > interval '250 ms'`,
    );
    return rows.length === 1;
  });
}

/** The blocker, as `describeBlocker` names it. */
export function named(holder: Holder): RegExp {
  const { kind, pid, application } = holder;
  const user = `user shadowstep_test_${kind.role}`;
  return kind.prepared
    ? new RegExp(`a prepared transaction \\(${user}, \\d+ s\\) holds ${kind.mode} on public.item`)
    : new RegExp(`pid ${pid} \\(${application}, ${user}, \\d+ s, ${kind.command}\\) holds ${kind.mode} on public.item`);
}

/** The blocker, as an event keeps it. */
export function recorded(holder: Holder): Record<string, unknown> {
  const { kind, pid, application } = holder;
  return {
    pid,
    user: `shadowstep_test_${kind.role}`,
    application: kind.prepared ? null : application,
    ageSeconds: expect.any(Number),
    command: kind.command,
    relation: 'public.item',
    mode: kind.mode,
    granted: true,
  };
}
