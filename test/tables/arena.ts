import { createHash } from 'node:crypto';
import type pg from 'pg';
import { expect } from 'vitest';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase, ROLES, type TestDatabase } from '../support/database.ts';
import { plannerStatisticsOf, rowsOf } from './account.ts';
import { type Journey, refusalsOf, travel } from './journeys.ts';
import { leftOversIn } from './left-overs.ts';
import type { Shape } from './shape.ts';
import { WarmSessions } from './warm-sessions.ts';
import { type Outcome, send } from './writes.ts';

/** A tablespace for the shapes that want one: inside the data directory, so it asks for nothing of the machine. */
const TABLESPACE = 'shadowstep_test_space';

/**
 * Some shapes in one database, and its twin, which receives the same writes and never sees the tool. What the tool leaves
 * must be what the twin has: the answers to every write, the rows, the whole catalog with the sequences' values, the
 * planner's statistics.
 */
export class Arena {
  readonly #answers = new Map<string, Outcome[]>();
  readonly #copies = new Map<Journey, Promise<JourneyDatabase>>();
  #twinCatalog = '';

  private constructor(
    readonly shapes: readonly Shape[],
    readonly twin: TestDatabase,
    readonly ground: TestDatabase,
  ) {}

  static async build(shapes: readonly Shape[]): Promise<Arena> {
    const ground = await createDatabase();
    await makeTablespace(ground);
    const owner = await ground.appClient('owner');
    for (const shape of shapes) {
      if (shape.superuserSql !== null) await ground.query(shape.superuserSql);
      await owner.query(shape.sql).catch((error: unknown) => {
        throw new Error(`The SQL of test/tables/${shape.name} failed: ${String(error)}`, { cause: error });
      });
    }
    await analyse(ground, schemasOf(shapes));
    const before = await dumpCatalog(await ground.client());
    const arena = new Arena(shapes, await ground.clone(), ground);
    await arena.#writeToTwin(before);
    return arena;
  }

  /** One shape's journey, and all that can be seen of it by looking at its own tables. */
  async expectJourney(shape: Shape, journey: Journey, chance: number): Promise<void> {
    const { database, admin, sessions } = await this.#copyFor(journey);
    const application = await database.appClient('app');
    // Of a shape that has failed before.
    const leftBefore = await leftOversIn(admin);
    const answers: Outcome[] = [];
    const write = async (upTo: number) => {
      const next = shape.writes[answers.length];
      if (next !== undefined && answers.length < Math.ceil(shape.writes.length * upTo)) {
        answers.push(await send(application, next));
      }
    };
    if (shape.refused === undefined) {
      await travel(journey, { shape, sessions, chance, write });
    } else {
      expect(await refusalsOf({ shape, sessions })).toEqual([...shape.refused].sort());
    }
    while (answers.length < shape.writes.length) await write(1);
    await application.end();
    await sessions.endAll();
    expect(answers).toEqual(this.#answers.get(shape.name));
    const twin = await this.twin.client();
    expect(await rowsOf(admin, [shape.schema])).toEqual(await rowsOf(twin, [shape.schema]));
    expect(await plannerStatisticsOf(admin, [shape.schema])).toEqual(await plannerStatisticsOf(twin, [shape.schema]));
    expect(await leftOversIn(admin)).toEqual(leftBefore);
    await twin.end();
  }

  /** After the journeys of all shapes: the whole catalog, sequences' values included. */
  async expectSameCatalog(journey: Journey): Promise<void> {
    const { admin } = await this.#copyFor(journey);
    expectSameCatalog(this.#twinCatalog, await dumpCatalog(admin, { sequenceValues: true }));
  }

  async #writeToTwin(before: string): Promise<void> {
    const application = await this.twin.appClient('app');
    for (const shape of this.shapes) {
      const answers: Outcome[] = [];
      for (const write of shape.writes) answers.push(await send(application, write));
      this.#answers.set(shape.name, answers);
    }
    await application.end();
    const twin = await this.twin.client();
    // Writes are not DDL: what the tool must leave is what was there before.
    expectSameCatalog(before, await dumpCatalog(twin));
    this.#twinCatalog = await dumpCatalog(twin, { sequenceValues: true });
  }

  #copyFor(journey: Journey): Promise<JourneyDatabase> {
    const made = this.#copies.get(journey) ?? this.#copyGround();
    this.#copies.set(journey, made);
    return made;
  }

  async #copyGround(): Promise<JourneyDatabase> {
    const database = await this.ground.clone();
    return { database, admin: await database.client(), sessions: new WarmSessions(database.urlOf('owner')) };
  }

  /** Drops its databases; not called when a test has failed, so that they can be looked at. */
  async drop(): Promise<void> {
    for (const copy of this.#copies.values()) {
      const { database, sessions } = await copy;
      await sessions.endAll();
      await database.drop();
    }
    await this.twin.drop();
    await this.ground.drop();
  }
}

interface JourneyDatabase {
  readonly database: TestDatabase;
  readonly admin: pg.Client;
  readonly sessions: WarmSessions;
}

function schemasOf(shapes: readonly Shape[]): string[] {
  return shapes.map((shape) => shape.schema);
}

/** So that the statistics which a run has to leave are there from the start. */
async function analyse(database: TestDatabase, schemas: readonly string[]): Promise<void> {
  const tables = await database.query<{ name: string }>(
    /* sql */ `
    SELECT format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'm')`,
    [schemas],
  );
  await database.query(`ANALYZE ${tables.map((table) => table.name).join(', ')}`);
}

async function makeTablespace(database: TestDatabase): Promise<void> {
  const there = await database.query('SELECT FROM pg_tablespace WHERE spcname = $1', [TABLESPACE]);
  if (there.length > 0) return;
  await database.query('SET allow_in_place_tablespaces = on');
  await database.query(`CREATE TABLESPACE ${TABLESPACE} LOCATION ''`);
  await database.query(`GRANT CREATE ON TABLESPACE ${TABLESPACE} TO ${ROLES.owner}`);
}

/** A number that follows from some words and from nothing else. */
export function chanceOf(...words: readonly (string | number)[]): number {
  return createHash('sha256').update(words.join('\n')).digest().readUInt32BE(0);
}
