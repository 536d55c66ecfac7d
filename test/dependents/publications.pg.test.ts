import type pg from 'pg';
import { afterEach, describe, expect, inject, test } from 'vitest';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { pollUntil } from '../support/poll.ts';
import { DependentsRun, ITEM_TABLE } from './dependents-run.ts';

/** The exchange: the block, and COMMIT in the same round trip. */
const EXCHANGE = /^SET LOCAL statement_timeout[\s\S]*COMMIT$/;

const { majorVersion } = inject('postgres');

/** From this key on rows are not published, where there are row filters. */
const UNPUBLISHED = 100_000;

const SUBSCRIBER = /* sql */ `
  ${ITEM_TABLE}
  CREATE TABLE public.received (at bigint GENERATED ALWAYS AS IDENTITY, change text);
  CREATE FUNCTION public.receive() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO public.received (change) VALUES (lower(TG_OP) || ' ' || CASE TG_OP WHEN 'DELETE' THEN OLD.id::text
      ELSE concat_ws(' ', NEW.id, NEW.code, NEW.amount, NEW.owner_name) END);
    RETURN NULL;
  END $$;
  CREATE TRIGGER receive AFTER INSERT OR UPDATE OR DELETE ON public.item FOR EACH ROW EXECUTE FUNCTION public.receive();
  ALTER TABLE public.item ENABLE ALWAYS TRIGGER receive`;

/** Another database of the same server, subscribed to publication `shop` of the run's. */
class Subscriber {
  readonly #slot: string;

  private constructor(
    readonly publisher: TestDatabase,
    readonly database: TestDatabase,
  ) {
    this.#slot = `slot_${database.name}`.slice(0, 63);
  }

  /** The slot is made by hand: CREATE SUBSCRIPTION would wait for its own transaction on the same server. */
  static async create(publisher: TestDatabase): Promise<Subscriber> {
    const subscriber = new Subscriber(publisher, await createDatabase());
    await subscriber.database.query(SUBSCRIBER);
    await publisher.query(`SELECT pg_create_logical_replication_slot($1, 'pgoutput')`, [subscriber.#slot]);
    await subscriber.database.query(`
      CREATE SUBSCRIPTION ${subscriber.#slot} CONNECTION '${publisher.url}' PUBLICATION shop
      WITH (create_slot = false, slot_name = '${subscriber.#slot}', copy_data = false)`);
    return subscriber;
  }

  /** What has arrived, in its order, once the change `last` has. */
  async received(last: string): Promise<string[]> {
    let changes: string[] = [];
    await pollUntil(`the subscriber to receive ${last}`, async () => {
      const rows = await this.database.query<{ change: string }>(`SELECT change FROM public.received ORDER BY at`);
      changes = rows.map((row) => row.change);
      return changes.includes(last);
    });
    return changes;
  }

  async end(): Promise<void> {
    await this.database.query(`ALTER SUBSCRIPTION ${this.#slot} DISABLE`);
    await this.database.query(`ALTER SUBSCRIPTION ${this.#slot} SET (slot_name = NONE)`);
    await this.database.query(`DROP SUBSCRIPTION ${this.#slot}`);
    await pollUntil('the slot to be free', async () => {
      const rows = await this.publisher.query(
        `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active`,
        [this.#slot],
      );
      return rows.length === 1;
    });
  }
}

/** One writer, whose changes are therefore in one order; `done` is what a subscriber must receive. */
class Writer {
  readonly done: string[] = [];
  #next = 100;
  #stopped = false;
  #working: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: TestDatabase,
    /** Of the columns that are published. */
    private readonly filtered: boolean,
  ) {}

  start(): void {
    this.#stopped = false;
    this.#working = this.#work();
  }

  /** Resolves to the last change. */
  async stop(): Promise<string> {
    this.#stopped = true;
    await this.#working;
    return this.done.at(-1) ?? '';
  }

  /** Stops, leaves changes to the drain under the exchange's lock, and goes on after the exchange. */
  aroundExchange(): StatementObserver {
    return {
      before: async (text) => {
        if (EXCHANGE.test(text)) {
          await this.stop();
          await this.#step(await this.database.appClient());
        }
      },
      after: (text) => {
        if (EXCHANGE.test(text)) this.start();
      },
    };
  }

  async #work(): Promise<void> {
    const app = await this.database.appClient();
    while (!this.#stopped) await this.#step(app);
    await app.end();
  }

  async #step(app: pg.Client): Promise<void> {
    const owner = (name: string) => (this.filtered ? 'app' : name);
    const id = this.#next;
    this.#next += 2;
    await app.query(`INSERT INTO public.item VALUES ($1, $2, 'one', 5)`, [id, `c${id}`]);
    this.done.push(`insert ${id} c${id} 5 ${owner('one')}`);
    await app.query(`UPDATE public.item SET amount = 6 WHERE id = $1`, [id]);
    this.done.push(`update ${id} c${id} 6 ${owner('one')}`);
    await app.query(`UPDATE public.item SET id = id + 1 WHERE id = $1`, [id]);
    this.done.push(`update ${id + 1} c${id} 6 ${owner('one')}`);
    if (id % 4 === 0) {
      await app.query(`DELETE FROM public.item WHERE id = $1`, [id + 1]);
      this.done.push(`delete ${id + 1}`);
    }
    if (this.filtered) {
      await app.query(`INSERT INTO public.item VALUES ($1, $2)`, [UNPUBLISHED + id, `u${id}`]);
    }
  }
}

const subscribers: Subscriber[] = [];

afterEach(async () => {
  for (const subscriber of subscribers.splice(0)) await subscriber.end();
});

const KINDS = [
  { what: 'of the table', since: 14, sql: 'FOR TABLE public.item', filtered: false, bySuperuser: false },
  {
    what: 'with a column list and a row filter',
    since: 15,
    sql: `FOR TABLE public.item (id, code, amount) WHERE (id < ${UNPUBLISHED})`,
    filtered: true,
    bySuperuser: false,
  },
  { what: 'of the whole schema', since: 15, sql: 'FOR TABLES IN SCHEMA public', filtered: false, bySuperuser: true },
].filter((kind) => kind.since <= majorVersion);

describe('a publication', () => {
  test.each(KINDS)('$what: a subscriber loses no change and gets none twice across swap and revert', async (kind) => {
    const other = `CREATE PUBLICATION other FOR TABLE public.item WITH (publish = 'insert, truncate');`;
    const shop = `CREATE PUBLICATION shop ${kind.sql};`;
    const run = await DependentsRun.create(kind.bySuperuser ? other : `${other}${shop}`, {
      ...(kind.bySuperuser ? { bySuperuser: shop } : {}),
    });
    const subscriber = await Subscriber.create(run.item.database);
    subscribers.push(subscriber);
    const writer = new Writer(run.item.database, kind.filtered);
    writer.start();
    await run.swap(writer.aroundExchange());
    const afterSwap = await writer.stop();
    expect(await subscriber.received(afterSwap)).toEqual(writer.done);
    writer.start();
    await run.revert(writer.aroundExchange());
    const last = await writer.stop();
    expect(await subscriber.received(last)).toEqual(writer.done);
    expect(writer.done.length).toBeGreaterThan(20);
  });
});
