import { expect, it } from 'vitest';
import { listRuns } from '../../lambdas/engine/registry/report.ts';
import { REGISTRY_VERSION, registryVersion } from '../../lambdas/engine/registry/schema.ts';
import { listWholes } from '../../lambdas/engine/registry/whole-report.ts';
import { parseRequest } from '../../lambdas/engine/request.ts';
import { findLiveRunOf } from '../../lambdas/local/live-run.ts';
import { ItemRun } from './item-run.ts';

it('a registry of the first version is read as it is, and brought up to date by the next unit of a live run', async () => {
  const run = await ItemRun.create();
  await run.through('BACKFILL');
  // What the second version has brought.
  await run.owner.query(`
    DROP TABLE shadowstep.whole_leaf, shadowstep.whole;
    DELETE FROM shadowstep.migration WHERE version > 1`);
  const session = await run.session('test');
  expect(await listRuns(session)).toMatchObject([{ runId: '1', stage: 'SYNC_SCHEMAS' }]);
  expect(await listWholes(session)).toEqual([]);
  expect(await findLiveRunOf(session, await parseRequest(run.request))).toMatchObject({ runId: '1', refusals: [] });
  expect(await registryVersion(session)).toBe(1);
  await run.drive();
  expect(await registryVersion(session)).toBe(REGISTRY_VERSION);
  expect(await listRuns(session)).toMatchObject([{ runId: '1', stage: 'DONE' }]);
  await run.endSessions();
});
