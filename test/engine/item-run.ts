import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { silentLogger } from '../../lambdas/engine/log.ts';
import { openPostgresSession } from '../../lambdas/engine/postgres/connect.ts';
import type { Session, StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { claimRun } from '../../lambdas/engine/registry/lease.ts';
import { readRun } from '../../lambdas/engine/registry/runs.ts';
import { parseRequest } from '../../lambdas/engine/request.ts';
import { runTask } from '../../lambdas/engine/run-unit.ts';
import type { StageName, TaskName } from '../../lambdas/engine/stages.ts';
import type { UnitResult } from '../../lambdas/engine/unit.ts';
import type { UnitContext } from '../../lambdas/engine/unit-context.ts';
import { type DriveOptions, drive } from '../lifecycle/drive.ts';
import { createDatabase, ROLES, type TestDatabase } from '../support/database.ts';

/** The first run of a database has number 1; its copy bears the source's name in its own schema. */
export const COPY = 'shadowstep_1.item';
export const CHANGE_LOG = 'shadowstep_1.shadowstep_change_log';

const ITEM = /* sql */ `
  CREATE TABLE public.item (
    id bigint CONSTRAINT item_pkey PRIMARY KEY,
    code text CONSTRAINT item_code_key UNIQUE,
    note text
  );
  INSERT INTO public.item SELECT i, 'c' || i, 'n' || i FROM generate_series(1, 100) AS i;`;

export interface ItemRunOptions {
  /** SQL of the owner that makes `public.item`, key `id`, and fills it. Default: id, unique code, note; 100 rows. */
  readonly table?: string;
  /** Fields of the request besides `table`. */
  readonly request?: Readonly<Record<string, unknown>>;
  /** Where to. Default: a database of its own on the run's server. */
  readonly database?: TestDatabase;
}

/** A run of a small table `public.item` in a database of its own, advanced stage by stage or unit by unit. */
export class ItemRun {
  readonly #sessions: Session[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly owner: pg.Client,
    readonly request: Readonly<Record<string, unknown>>,
  ) {}

  static async create(options: ItemRunOptions = {}): Promise<ItemRun> {
    const database = options.database ?? (await createDatabase());
    const owner = await database.appClient('owner');
    await owner.query(options.table ?? ITEM);
    await owner.query(/* sql */ `GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON public.item TO ${ROLES.app}`);
    return new ItemRun(database, owner, { table: 'public.item', workers: 1, ...options.request });
  }

  /** The run of a database that has one already, over new connections. */
  static async on(database: TestDatabase, request: Readonly<Record<string, unknown>>): Promise<ItemRun> {
    return new ItemRun(database, await database.appClient('owner'), request);
  }

  /** The run as it is now, in a database of its own; ends this one's connections. Quicker than going there again. */
  async clone(): Promise<ItemRun> {
    await this.endSessions();
    const database = await this.database.clone();
    return new ItemRun(database, await database.appClient('owner'), this.request);
  }

  /** Advances the run to its end, or as the fields say. */
  async drive(
    fields: Readonly<Record<string, unknown>> = {},
    options: Partial<Omit<DriveOptions, 'url' | 'request'>> = {},
  ): Promise<UnitResult[]> {
    return drive({ url: this.database.urlOf('owner'), request: { ...this.request, ...fields }, ...options });
  }

  /** Advances the run until `stage` is done; nobody drives it then. */
  async through(stage: StageName): Promise<void> {
    await this.drive({ stopAfter: stage });
  }

  /** One unit of one task, as one invocation does it; a driver of its own unless one is named. */
  async unit(
    task: TaskName,
    options: {
      readonly driver?: string;
      readonly observer?: StatementObserver;
      readonly request?: Readonly<Record<string, unknown>>;
    } = {},
  ): Promise<UnitResult> {
    const sessions: Session[] = [];
    try {
      return await runTask(
        task,
        { request: options.request ?? this.request, driver: options.driver ?? `test:${randomUUID()}`, unitsDone: 0 },
        {
          openSession: async (purpose) => {
            const session = await this.#open(purpose, options.observer);
            sessions.push(session);
            return session;
          },
          remainingMs: () => 3_600_000,
          log: silentLogger,
        },
      );
    } finally {
      await Promise.all(sessions.map((session) => session.end()));
    }
  }

  /** What a unit works with, for calling its parts; every context of a run has the same driver. See `endSessions`. */
  async context(remainingMs: () => number = () => 60_000): Promise<UnitContext> {
    const driver = 'test:context';
    const session = await this.session('context');
    const found = await readRun(session, 1n);
    if (found === null) throw new Error('There is no run 1');
    await claimRun(session, found, driver);
    return {
      session,
      openSession: (purpose) => this.session(purpose),
      request: await parseRequest(this.request),
      run: (await readRun(session, 1n)) ?? found,
      driver,
      log: silentLogger,
      remainingMs,
    };
  }

  /** A session as the engine opens it, as the owner. */
  async session(purpose: string): Promise<Session> {
    const session = await this.#open(purpose);
    this.#sessions.push(session);
    return session;
  }

  /** Closes the sessions that a context has opened, as the end of an invocation does. */
  async endSessions(): Promise<void> {
    await Promise.all(this.#sessions.splice(0).map((session) => session.end()));
  }

  /** Rows of `table` as text, in the order of their keys. */
  async rows(table = 'public.item'): Promise<string[]> {
    const rows = await this.database.query<{ row: string }>(
      /* sql */ `SELECT i::text AS row FROM ${table} AS i ORDER BY i.id, i::text`,
    );
    return rows.map((one) => one.row);
  }

  async oid(): Promise<number> {
    const [row] = await this.database.query<{ oid: number }>(/* sql */ `SELECT 'public.item'::regclass::oid AS oid`);
    return row?.oid ?? 0;
  }

  /** Names of what is left of ours beside the registry: schemas and triggers. */
  async leftovers(): Promise<string[]> {
    const rows = await this.database.query<{ name: string }>(/* sql */ `
      SELECT nspname::text AS name FROM pg_namespace WHERE starts_with(nspname, 'shadowstep_')
      UNION ALL
      SELECT tgname::text FROM pg_trigger WHERE starts_with(tgname, 'shadowstep_')`);
    return rows.map((row) => row.name);
  }

  #open(purpose: string, observer?: StatementObserver): Promise<Session> {
    const config = { connectionString: this.database.urlOf('owner') };
    return openPostgresSession(config, observer === undefined ? { purpose } : { purpose, observer });
  }
}

/** Rejects unless `failing` does; resolves to what it threw. */
export async function errorOf(failing: Promise<unknown>): Promise<Error> {
  try {
    await failing;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('It did not fail');
}

/** Calls `work` once, before or after the first statement that matches, and lets the statement's session wait for it. */
export function once(
  moment: 'before' | 'after',
  matches: RegExp,
  work: () => Promise<unknown>,
): StatementObserver & { readonly met: boolean } {
  let met = false;
  const look = async (text: string) => {
    if (!met && matches.test(text)) {
      met = true;
      await work();
    }
  };
  return {
    before: moment === 'before' ? look : () => {},
    after: moment === 'after' ? look : () => {},
    get met() {
      return met;
    },
  };
}
