import { beforeAll, describe, expect, it } from 'vitest';
import { ItemRun, once } from '../engine/item-run.ts';
import { untilWaitingForLock } from '../support/poll.ts';

const COMPARING = /REPEATABLE READ/;
const EMPTIED = `TRUNCATE public.item; INSERT INTO public.item VALUES (1, 'c1', 'after')`;

describe('a TRUNCATE while the copy is compared is no difference', () => {
  let template: ItemRun;

  beforeAll(async () => {
    template = await ItemRun.create();
    await template.through('SYNC_SCHEMAS');
  });

  it('committed between the drain and the comparison', async () => {
    const run = await template.clone();
    const application = await run.database.appClient();
    const observer = once('before', COMPARING, () => application.query(EMPTIED));
    expect((await run.drive({}, { observer })).at(-1)).toMatchObject({ stage: 'DONE' });
    expect(await run.rows()).toEqual(['(1,c1,after)']);
    expect(await run.database.query('SELECT FROM shadowstep.finding')).toEqual([]);
  });

  it('committed while the comparison waits for its lock, which an older snapshot would not see', async () => {
    const run = await template.clone();
    const [application, admin] = [await run.database.appClient(), await run.database.client()];
    let committed: Promise<unknown> = Promise.resolve();
    const observer = once('before', COMPARING, async () => {
      await application.query(`BEGIN; ${EMPTIED}`);
      committed = untilWaitingForLock(admin, 'shadowstep/').then(() => application.query('COMMIT'));
    });
    expect((await run.drive({}, { observer })).at(-1)).toMatchObject({ stage: 'DONE' });
    await committed;
    expect(await run.rows()).toEqual(['(1,c1,after)']);
    expect(await run.database.query('SELECT FROM shadowstep.finding')).toEqual([]);
  });
});
