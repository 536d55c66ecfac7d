import { afterAll, type RunnerTask, type RunnerTestSuite } from 'vitest';
import { finishDatabases } from './database.ts';

function hasFailed(task: RunnerTask): boolean {
  return task.result?.state === 'fail' || (task.type === 'suite' && task.tasks.some(hasFailed));
}

// Set-up files run before the test file, so this hook runs after all of the file's own.
// biome-ignore lint/correctness/noEmptyPattern: vitest asks for a destructured first argument
afterAll(async ({}, file: Readonly<RunnerTestSuite>) => {
  await finishDatabases(hasFailed(file) ? 'keep' : 'drop');
});
