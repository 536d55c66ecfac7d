import { randomUUID } from 'node:crypto';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session, StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import { ItemRun } from '../engine/item-run.ts';
import type { TestDatabase } from '../support/database.ts';

/** `public.item`: fifty pages, so that a VACUUM has work, a partner, and a table beside it that no run has to do with. */
export const CONTROL_AND_ITEM = /* sql */ `
  CREATE TABLE public.kind (kind_id int PRIMARY KEY);
  INSERT INTO public.kind VALUES (1);
  CREATE TABLE public.item (
    id bigint PRIMARY KEY, kind_id int NOT NULL CONSTRAINT item_kind_fkey REFERENCES public.kind, note text
  );
  ALTER TABLE public.item ALTER COLUMN note SET STORAGE PLAIN;
  INSERT INTO public.item SELECT i, 1, repeat('n', 3000) FROM generate_series(1, 100) AS i;
  CREATE TABLE public.control (LIKE public.item INCLUDING ALL);
  INSERT INTO public.control TABLE public.item;
  GRANT SELECT ON public.kind TO PUBLIC;
  GRANT SELECT, INSERT, UPDATE, DELETE ON public.control TO PUBLIC;`;

/** One driver for all units of a test: each goes on with the last one's lease. */
export const DRIVER = 'test:locks';

/** What the invocation has left, ms: a second of it is the unit's. */
const REMAINING_MS = 6_000;

export async function createLockRun(request: Readonly<Record<string, unknown>> = {}): Promise<ItemRun> {
  return ItemRun.create({ table: CONTROL_AND_ITEM, request });
}

export interface UnitOptions {
  readonly request: Readonly<Record<string, unknown>>;
  readonly observer?: StatementObserver;
  readonly driver?: string;
}

/** One unit as an invocation of one second does it, as whoever the URL says. */
export async function unitAs(url: string, task: TaskName, options: UnitOptions): Promise<UnitResult> {
  const sessions: Session[] = [];
  const { request, observer, driver = DRIVER } = options;
  const began = performance.now();
  try {
    return await runTask(
      task,
      { request, driver, unitsDone: 0 },
      {
        openSession: async (purpose) => {
          const session = await openPostgresSession(
            { connectionString: url },
            observer === undefined ? { purpose } : { purpose, observer },
          );
          sessions.push(session);
          return session;
        },
        remainingMs: () => REMAINING_MS - (performance.now() - began),
        log: silentLogger,
      },
    );
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
}

/** The same, at once again while the unit's second was over before it came to the lock: as a driver does. */
export async function unitsAs(url: string, task: TaskName, options: UnitOptions): Promise<UnitResult> {
  let answer = await unitAs(url, task, options);
  for (let units = 1; units < 10 && answer.status === 'more' && !answer.message.startsWith('changed'); units += 1) {
    answer = await unitAs(url, task, options);
  }
  return answer;
}

/** The latest event of kind `wait`, and what `status` shows. */
export async function lastWait(database: TestDatabase): Promise<{
  readonly blockers: Record<string, unknown>[];
  readonly waitingFor: string | null;
  readonly events: number;
}> {
  const [row] = await database.query<{
    blockers: Record<string, unknown>[];
    waiting_for: string | null;
    events: number;
  }>(
    /* sql */ `
    SELECT (SELECT e.detail->'blockers' FROM shadowstep.event AS e WHERE e.kind = 'wait' ORDER BY event_id DESC LIMIT 1) AS blockers,
           (SELECT count(*)::int FROM shadowstep.event AS e WHERE e.kind = 'wait') AS events,
           waiting_for
    FROM shadowstep.run`,
  );
  return { blockers: row?.blockers ?? [], waitingFor: row?.waiting_for ?? null, events: row?.events ?? 0 };
}

/** A login of its own that owns the tables and runs the tool, with exactly these memberships. */
export interface Tool {
  readonly role: string;
  readonly url: string;
  drop(): Promise<void>;
}

const PASSWORD = 'shadowstep_test';

/** To be made before the run: the tables change hands. Memberships of a role are the whole server's, so it has its own. */
export async function createTool(run: ItemRun, memberOf: readonly string[]): Promise<Tool> {
  const role = `locks_tool_${randomUUID().slice(0, 8)}`;
  const { database } = run;
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
  for (const group of memberOf) await database.query(`GRANT ${group} TO ${role}`);
  await database.query(`GRANT CREATE ON DATABASE ${database.name} TO ${role}`);
  await database.query(`GRANT CREATE, USAGE ON SCHEMA public TO ${role}`);
  for (const table of ['item', 'kind', 'control']) await database.query(`ALTER TABLE public.${table} OWNER TO ${role}`);
  const url = new URL(database.url);
  url.username = role;
  url.password = PASSWORD;
  return {
    role,
    url: url.href,
    async drop() {
      // Whoever still holds something of it would be waited for.
      await run.endSessions();
      await database.end();
      const admin = await database.client();
      await admin.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER`);
      await admin.query(`DROP OWNED BY ${role}`);
      await admin.query(`DROP ROLE ${role}`);
    },
  };
}
