import { describe, expect, it } from 'vitest';
import { quoteIdent, quoteLiteral } from '../../lambdas/engine/postgres/identifier.ts';
import { errorOf, ItemRun } from '../engine/item-run.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { ROLES } from '../support/database.ts';
import { SETTINGS } from './cases.ts';

/** Shadows what an unqualified name of ours would find first. */
const HOSTILE = /* sql */ `
  CREATE FUNCTION public.never(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$shadowed$$; END';
  CREATE OPERATOR public.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = public.never);
  CREATE FUNCTION public.count(bigint) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$shadowed$$; END';
  CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$shadowed$$; END';
  CREATE TABLE public.pg_class (oid oid);
  CREATE TABLE public.pg_trigger (tgrelid oid);
  CREATE TYPE public.regclass AS ENUM ('shadowed');`;

describe('settings of the role and the database', () => {
  it.each(['SETUP', 'SYNC_SCHEMAS'] as const)(
    'that were turned against us after %s, with a hostile search_path, change nothing about a run',
    async (stage) => {
      const run = await ItemRun.create();
      await run.through(stage);
      await run.database.query(HOSTILE);
      const before = await dumpCatalog(await run.database.client());
      const database = quoteIdent(run.database.name);
      for (const role of [ROLES.owner, ROLES.app]) {
        await run.database.query(`ALTER ROLE ${role} IN DATABASE ${database} SET search_path = public, pg_catalog`);
      }
      for (const [name, value] of SETTINGS) {
        await run.database.query(`ALTER DATABASE ${database} SET ${quoteIdent(name)} = ${quoteLiteral(value)}`);
      }
      const rows = await run.rows();
      expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
      expect(await run.rows()).toEqual(rows);
      await run.database.query(`ALTER DATABASE ${database} RESET ALL`);
      expect(withoutOurs(await dumpCatalog(await run.database.client()))).toBe(withoutOurs(before));
    },
  );
});

describe('a registry that is lost', () => {
  it.each([
    ['dropped', 'DROP SCHEMA shadowstep CASCADE'],
    ['without the run', 'DELETE FROM shadowstep.run'],
    [
      'with the run called reset by hand',
      `UPDATE shadowstep.run SET stage = 'RESET', finished_at = now(), driver = NULL, driver_expires_at = NULL`,
    ],
  ])('(%s) leaves the application working, refuses a new run, and says what mends it', async (_how, sql) => {
    const run = await ItemRun.create();
    const before = await dumpCatalog(await run.database.client());
    await run.through('SYNC_SCHEMAS');
    await run.database.query(sql);
    const app = await run.database.appClient();
    await app.query(
      `INSERT INTO public.item VALUES (201); UPDATE public.item SET id = 202 WHERE id = 201; DELETE FROM public.item WHERE id = 202`,
    );
    const refused = await errorOf(run.drive());
    expect(refused.name).toBe('RefusedError');
    expect(refused.message).toContain('LeftOvers');
    await run.database.query('DROP SCHEMA shadowstep_1 CASCADE; DROP SCHEMA IF EXISTS shadowstep_1_old CASCADE');
    expect((await run.drive()).at(-1)).toMatchObject({ stage: 'DONE' });
    expectSameCatalog(before, await dumpCatalog(await run.database.client()));
    expect(await run.rows()).toHaveLength(100);
  });
});

/** Our triggers are on the table in the first of the two dumps. */
function withoutOurs(dump: string): string {
  return dump
    .split('\n')
    .filter((line) => !line.includes('shadowstep_'))
    .join('\n');
}
