import { beforeAll, describe, expect, it } from 'vitest';
import { errorOf, ItemRun } from './item-run.ts';

let template: ItemRun;

beforeAll(async () => {
  template = await ItemRun.create();
  await template.through('POST_SYNC_UPDATE');
});

describe('an exchange that the server ends with an internal error', () => {
  it('stops with it when nobody else has caused it, and goes on when the cause is gone', async () => {
    const run = await template.clone();
    const admin = await run.database.client();
    await admin.query(`
      CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'not here' USING ERRCODE = 'XX000';
      END $$;
      CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION public.refuse()`);
    const error = await errorOf(run.through('SWAP'));
    expect(error).toMatchObject({ name: 'DatabaseError', sqlstate: 'XX000' });
    await admin.query(`DROP EVENT TRIGGER refuse`);
    await run.through('CLEAN_UP');
    expect(await run.database.query('SELECT stage FROM shadowstep.run')).toEqual([{ stage: 'DONE' }]);
  });

  it('waits while another transaction has granted something on the table', async () => {
    const run = await template.clone();
    const other = await run.database.client();
    await other.query('BEGIN');
    await other.query('GRANT SELECT ON public.item TO PUBLIC');
    const driver = 'test:waits';
    expect(await run.unit('SWAP', { driver })).toMatchObject({ status: 'wait' });
    await other.query('ROLLBACK');
    await run.drive({}, { driver });
    expect(await run.database.query('SELECT stage FROM shadowstep.run')).toEqual([{ stage: 'DONE' }]);
  });
});
