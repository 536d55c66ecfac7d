import { describe, expect, inject, it } from 'vitest';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase, ROLES } from '../support/database.ts';
import { createOrdersFixture, KEY_SHAPES } from '../support/fixtures.ts';
import { findPgDump, pgDumpSchema } from '../support/pg-dump.ts';
import { startWriters } from '../support/writers.ts';
import { drive } from './drive.ts';

const request = { table: 'public.orders', targetBatchMs: 100 };

/** The statement that copies a batch. */
const BATCH = /^\s*INSERT INTO "shadowstep_1"\."orders"/;
/** One attempt at the exchange. */
const EXCHANGE = /^\s*SET LOCAL statement_timeout = \d+;\s*DO /;
/** A dozen batches or two, of a table that a batch of the usual size would copy at once. */
const BLOCKS_PER_BATCH = 8;

/** The schema as pg_dump prints it, where one is installed whose major fits the server's: a second opinion on our own dump. */
async function pgDumpIfThere(url: string): Promise<string | null> {
  const pgDump = findPgDump(inject('postgres').majorVersion);
  return pgDump === null ? null : pgDumpSchema(pgDump, url);
}

describe('whole run', () => {
  it.each(KEY_SHAPES)(
    '[%s] goes through every stage and leaves the same schema and the same rows',
    async (keyShape) => {
      const database = await createDatabase();
      const owner = await database.appClient('owner');
      await createOrdersFixture(owner, { rows: 3_000, bloat: 0.3, keyShape, roles: ROLES });
      const admin = await database.client();
      const before = await dumpCatalog(admin, { sequenceValues: true });
      const plainDump = await pgDumpIfThere(database.url);
      const rows = await owner.query(
        'SELECT md5(string_agg(o::text, chr(10) ORDER BY o::text)) AS digest FROM public.orders AS o',
      );

      const results = await drive({ url: database.urlOf('owner'), request });

      expect(results.at(-1)).toMatchObject({ status: 'done', stage: 'DONE' });
      expectSameCatalog(before, await dumpCatalog(admin, { sequenceValues: true }));
      expect(await pgDumpIfThere(database.url)).toBe(plainDump);
      const after = await owner.query(
        'SELECT md5(string_agg(o::text, chr(10) ORDER BY o::text)) AS digest FROM public.orders AS o',
      );
      expect(after.rows).toEqual(rows.rows);
      const schemas = await database.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'shadowstep%'`);
      expect(schemas.map((row) => row.nspname)).toEqual(['shadowstep']);
    },
  );

  it.each(KEY_SHAPES)('[%s] loses nothing under writers', async (keyShape) => {
    const database = await createDatabase();
    const owner = await database.appClient('owner');
    const fixture = await createOrdersFixture(owner, { rows: 5_000, bloat: 0.2, keyShape, roles: ROLES });
    const writers = await startWriters(database, fixture, {
      writers: 4,
      seed: 7,
      perSecond: 100,
      longTransactionMs: 50,
    });
    await writers.progressed(200);
    await drive({
      url: database.urlOf('owner'),
      request,
      // Rows change while each batch is on its way, not only between two stages: what a backfill must not copy twice. And
      // between the drain that finds the log all but empty and the exchange, which has the last drain in it.
      observer: {
        before: async (text) => {
          if (BATCH.test(text)) await writers.progressed(25);
          if (EXCHANGE.test(text)) await writers.progressed(10);
        },
        after() {},
      },
      onUnit: async (task) => {
        if (task === 'SETUP') await database.query(`UPDATE shadowstep.run SET batch_blocks = ${BLOCKS_PER_BATCH}`);
      },
    });
    await writers.progressed(200);
    const report = await writers.stop();
    expect(report.unexpected).toEqual([]);
    await report.expectRows(owner);
  });
});
