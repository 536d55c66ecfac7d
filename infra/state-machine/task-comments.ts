import type { TaskName } from '../../lambdas/engine/stages.ts';

/** What the console shows beside each task. */
export const TASK_COMMENTS: Record<TaskName, string> = {
  REQUEST: 'Reads the request, all faults reported at once, and takes up the run if there is one.',
  PRE_VALIDATION: 'Every check, all refusals at once, each with the SQL that mends it. Changes nothing.',
  SETUP: 'Copy table, change log and capture triggers. SHARE ROW EXCLUSIVE on the table for milliseconds.',
  BACKFILL: 'Copies the rows in batches, over several connections. ACCESS SHARE: readers and writers go on.',
  SYNC_SCHEMAS: 'Builds the indexes and constraints of the copy. No lock on the table.',
  POST_SYNC_UPDATE: 'Applies the change log to the copy, vacuums and verifies it. ACCESS SHARE.',
  SWAP: "The copy takes the table's place. ACCESS EXCLUSIVE for milliseconds; foreign keys are validated after it, online.",
  CLEAN_UP: 'Drops the old table and everything of ours. The point of no return: no revert after it.',
  REVERT: 'The old table takes its place back, with what was written since the swap.',
  RESET: 'Gives the run up before the swap. The table stays as it is, nothing of ours stays behind.',
};
