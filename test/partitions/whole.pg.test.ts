import { describe, expect, it } from 'vitest';
import { errorOf } from '../engine/item-run.ts';
import { startRootWriters } from './root-writers.ts';
import { WHOLE_LEAVES, WHOLE_SHAPE } from './shapes.ts';
import { expectAllDone, setupWhole } from './whole-run.ts';

describe('a partitioned table as a whole', () => {
  it('is rebuilt leaf after leaf, each in an execution of its own, and loses nothing of writers through the root', async () => {
    const run = await setupWhole(WHOLE_SHAPE, 500);
    const old = await run.oids();
    const writers = await startRootWriters(run.database, WHOLE_SHAPE, 2);
    await writers.progressed(50);
    const answers: string[] = [];
    await run.go(
      {},
      {
        async onUnit(task, { status }) {
          if (task === 'CLEAN_UP') {
            answers.push(status);
            await writers.progressed(20);
          }
        },
      },
    );
    const { errors, rows, statements } = await writers.stop();
    expect(errors).toEqual([]);
    expect(statements).toBeGreaterThan(100);
    expect(answers).toEqual([...WHOLE_LEAVES.slice(1).map(() => 'restart'), 'done']);
    const found = await run.database.query<{ id: string; at: string; region: string; note: string }>(
      `SELECT id::text, at::text, region, note FROM public.sales WHERE id >= 1000000 ORDER BY id`,
    );
    const must = [...rows].sort(([one], [other]) => one - other).map(([id, entry]) => ({ id: String(id), ...entry }));
    expect(found).toEqual(must);
    await expectAllDone(run, WHOLE_LEAVES);
    const now = await run.oids();
    expect([...now.keys()].sort()).toEqual([...old.keys()].sort());
    for (const [name, oid] of now) expect(old.get(name), name).not.toBe(oid);
  });

  it('is refused beside a whole above or below it, by the names of its leaves', async () => {
    const run = await setupWhole(WHOLE_SHAPE, 50);
    const below = { table: 'public.sales_2025', stopAfter: 'PRE_VALIDATION' };
    const refused = (error: Error, leaf: string, root: string) =>
      expect(error.message).toContain(`PartOfAWhole: ${leaf}: ${leaf} is being rebuilt as a part of ${root}.`);
    await run.go(below);
    refused(await errorOf(run.go()), 'public.sales_2025_eu', 'public.sales_2025');
    await run.go({ ...below, action: 'reset' });
    await run.go({ stopAfter: 'PRE_VALIDATION' });
    refused(await errorOf(run.go(below)), 'public.sales_2025_eu', 'public.sales');
    // The run of a leaf that was ended by hand holds nobody up: the whole is told of its end.
    await run.database.query(
      `UPDATE shadowstep.run SET stage = 'RESET', finished_at = now() WHERE finished_at IS NULL`,
    );
    await run.go({ stopAfter: 'PRE_VALIDATION' });
    const wholes = await run.database.query('SELECT stopped_because FROM shadowstep.whole ORDER BY whole_id');
    expect(wholes).toEqual([{ stopped_because: 'reset' }, { stopped_because: 'reset' }, { stopped_because: null }]);
  });
});
