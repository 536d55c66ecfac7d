import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { quoteIdent, quoteLiteral } from '../../lambdas/engine/postgres/identifier.ts';
import { errorOf, type ItemRun } from '../engine/item-run.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { ROLES } from '../support/database.ts';
import { FULL, withoutOurs } from './matrix.ts';
import { MOMENTS, type Moment } from './meddling.ts';
import { SETTINGS } from './setting-cases.ts';
import { catalogBefore, cloneAt, endCase, makeTemplates } from './templates.ts';

/** Shadows what an unqualified name of ours would find first. */
const HOSTILE = /* sql */ `
  CREATE FUNCTION public.never(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$shadowed$$; END';
  CREATE OPERATOR public.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = public.never);
  CREATE FUNCTION public.count(bigint) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$shadowed$$; END';
  CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$shadowed$$; END';
  CREATE FUNCTION public.has_table_privilege(regclass, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$shadowed$$; END';
  CREATE TABLE public.pg_class (oid oid);
  CREATE TABLE public.pg_trigger (tgrelid oid);
  CREATE TYPE public.regclass AS ENUM ('shadowed');
  CREATE ACCESS METHOD another_heap TYPE TABLE HANDLER heap_tableam_handler;`;

const TABLESPACE = 'shadowstep_test_elsewhere';

beforeAll(makeTemplates);
afterEach(endCase);

/** Every setting, for every role of the database; the roles' own search_path too. */
async function turnAgainstUs(run: ItemRun): Promise<void> {
  const database = quoteIdent(run.database.name);
  for (const role of [ROLES.owner, ROLES.app]) {
    await run.database.query(`ALTER ROLE ${role} IN DATABASE ${database} SET search_path = public, pg_catalog`);
  }
  for (const [name, value] of SETTINGS) {
    await run.database.query(`ALTER DATABASE ${database} SET ${quoteIdent(name)} = ${quoteLiteral(value)}`);
  }
}

/** Statements that need no operator of bigint, which is shadowed for the application as well. */
async function writeUnderThem(run: ItemRun): Promise<void> {
  const app = await run.database.appClient();
  await app.query(`SET default_transaction_read_only = off`);
  await app.query(`INSERT INTO item (id, code) VALUES (201, 'w201'), (202, 'w202')`);
  await app.query(`UPDATE item SET note = 'all of them'`);
  await app.query(`UPDATE item SET id = 203 WHERE id BETWEEN 202 AND 202`);
  await app.query(`DELETE FROM item WHERE id BETWEEN 3 AND 5`);
  await app.query(`BEGIN; TRUNCATE item; INSERT INTO item (id) VALUES (7); ROLLBACK`);
  await app.end();
}

describe('settings of the role and the database', () => {
  it.each(MOMENTS)(
    'turned against us, with a hostile search_path, at the moment of %s, change nothing',
    async (moment) => {
      const run = await cloneAt(moment);
      await run.database.query(HOSTILE);
      const meant = await dumpCatalog(await run.database.client());
      const superuser = await run.database.client();
      await superuser.query('SET allow_in_place_tablespaces = on');
      await superuser.query(`CREATE TABLESPACE ${TABLESPACE} LOCATION ''`);
      try {
        await superuser.query(`GRANT CREATE ON TABLESPACE ${TABLESPACE} TO PUBLIC`);
        await turnAgainstUs(run);
        await writeUnderThem(run);
        const rows = await run.rows();
        const revert = moment === 'REVERT';
        expect((await run.drive(revert ? { action: 'revert' } : {})).at(-1)?.stage).toBe(revert ? 'REVERTED' : 'DONE');
        expect(await run.rows()).toEqual(rows);
        expect(await run.leftovers()).toEqual([]);
        const database = quoteIdent(run.database.name);
        await run.database.query(`ALTER DATABASE ${database} RESET ALL`);
        expect(withoutOurs(await dumpCatalog(await run.database.client()))).toBe(withoutOurs(meant));
      } finally {
        // Refused while anything was made in it.
        await superuser.query(`DROP TABLESPACE ${TABLESPACE}`);
      }
    },
  );
});

const LOST: readonly (readonly [string, string])[] = [
  ['dropped', 'DROP SCHEMA shadowstep CASCADE'],
  ['without the run', 'DELETE FROM shadowstep.run'],
  [
    'with the run called reset by hand',
    `UPDATE shadowstep.run SET stage = 'RESET', finished_at = now(), driver = NULL, driver_expires_at = NULL`,
  ],
];

/** REVERT is the same moment as CLEAN_UP: the registry knows of no run to revert. */
const LOST_AT = MOMENTS.filter((moment) => moment !== 'REVERT');

describe('a registry that is lost', () => {
  const cells = LOST.flatMap(([how, sql], index) =>
    (FULL ? LOST_AT : LOST_AT.filter((_, place) => place % LOST.length === index)).map(
      (moment): [string, Moment, string] => [how, moment, sql],
    ),
  );
  it.each(cells)(
    '(%s, at the moment of %s) leaves the application working, refuses a new run, and says what mends it',
    async (_how, moment, sql) => {
      const run = await cloneAt(moment);
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
      expectSameCatalog(withoutOurs(catalogBefore), withoutOurs(await dumpCatalog(await run.database.client())));
      expect(await run.rows()).toHaveLength(100);
    },
  );
});
