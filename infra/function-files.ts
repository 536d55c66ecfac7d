import type { TaskName } from '../lambdas/engine/stages.ts';

/** The bundle's directory, relative to the project's root. */
export const BUNDLE_DIRECTORY = 'dist/lambdas';

/** The name under which a `database.caFile` lies in the bundle. */
export const DATABASE_CA_FILE = 'database-ca.pem';

/** "PRE_VALIDATION" is handled by pre-validation.ts, the bundle's pre-validation.mjs. */
export function handlerFile(task: TaskName): string {
  return task.toLowerCase().replaceAll('_', '-');
}
