import { describe, expect, it } from 'vitest';
import { syncSchemasUnit } from '../../lambdas/engine/sync-schemas/sync-schemas.ts';
import { ItemRun } from '../engine/item-run.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { pollUntil } from '../support/poll.ts';

/** The index evaluates a function that waits at a gate: its build lasts for as long as the gate is shut. */
const TABLE = /* sql */ `
  CREATE FUNCTION public.gated(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN
      PERFORM pg_catalog.pg_advisory_xact_lock_shared(7);
      RETURN value;
    END $$;
  CREATE TABLE public.item (id bigint CONSTRAINT item_pkey PRIMARY KEY, note text);
  INSERT INTO public.item SELECT i, 'n' || i FROM generate_series(1, 50) AS i;
  CREATE INDEX item_gated ON public.item (public.gated(note));`;

const A_MOMENT_MS = 400;

describe('a reset while an index build is at work in the server', () => {
  it('ends the build, leaves the table as it was, and the same run goes through afterwards', async () => {
    const run = await ItemRun.create({ table: TABLE, request: { workers: 2 } });
    const before = await dumpCatalog(await run.database.client());
    const rows = await run.rows();
    await run.through('BACKFILL');
    const gate = await run.database.client();
    await gate.query('SELECT pg_advisory_lock(7)');
    const building = async () =>
      run.database.query(/* sql */ `
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%item_gated%' AND wait_event = 'advisory'`);

    // Invocations send the builds, run out of time and are gone.
    await pollUntil('the build waits at the gate', async () => {
      const until = performance.now() + A_MOMENT_MS;
      await syncSchemasUnit(await run.context(() => until - performance.now()));
      await run.endSessions();
      return (await building()).length === 1;
    });
    await run.database.query(`UPDATE shadowstep.run SET driver = NULL, driver_expires_at = NULL`);

    await run.drive({ action: 'reset' });
    expect(await building()).toEqual([]);
    expect(await run.leftovers()).toEqual([]);
    expectSameCatalog(before, await dumpCatalog(await run.database.client()));

    await gate.query('SELECT pg_advisory_unlock(7)');
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toEqual(rows);
    expectSameCatalog(before, await dumpCatalog(await run.database.client()));
  });
});
