import { STAGES } from '../engine/stages.ts';
import type { CommandName } from './arguments.ts';

const GENERAL = `shadowstep: rebuilds and changes a live PostgreSQL table while the application keeps reading and writing.

  npm run --silent shadowstep -- COMMAND --database-url URL [flags]

Commands
  run        rebuild the table, from the first stage to the last; the same command resumes a run whose driver is gone
  plan       pre-flight checks only: every refusal, or the steps, SQL, locks, bytes and estimates; changes nothing
  status     where each run is, what it waits for, and its figures
  revert     after the swap: bring the old table back, with all that was written meanwhile
  reset      before the swap: drop the copy, the log and the triggers; the table is as it was
  clean-up   drop what a run with keepOldTable has left: the old table, the reverse log and its triggers
  COMMAND --help says more.

Flags of every command
  --database-url URL   postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full. Default: DATABASE_URL, which
                       keeps the password out of the list of processes. What is left out: PGHOST, PGUSER, PGPASSWORD,
                       ~/.pgpass. Give the server itself, not a pooler or a proxy
  --table NAME         schema and table as SQL writes them: public.orders, '"My Schema"."My Table"'
  --json               one JSON document on stdout; progress goes to stderr
  --debug              stacks of errors, and a structured line per event, on stderr
  -h, --help

Exit codes
  0 done · 1 failed · 2 bad usage or input · 3 refused · 130 interrupted (143 by SIGTERM)
`;

const REQUEST_FLAG = `  --request FILE.json  further fields of the request, as the state machine takes them on AWS:
                       {"table": "public.orders", "alter": ["ALTER COLUMN id TYPE bigint"], "workers": 2, …}.
                       A field that contradicts a flag is a fault`;

const OWN: Readonly<Record<CommandName, string>> = {
  run: `run: rebuild a table, clean-up included.

  npm run --silent shadowstep -- run --database-url URL --table SCHEMA.TABLE [--request FILE.json]
                                     [--stop-after STAGE] [--json]

  --table NAME         schema and table as SQL writes them; may come from --request instead
${REQUEST_FLAG}
  --stop-after STAGE   end with exit code 0 once that stage is done; \`run\` without it goes on later.
                       ${STAGES.join(', ')}

Interrupt (Ctrl-C) ends politely: the unit under way ends, the run stays where it is recorded, exit code 130. Nothing is
lost by a kill either. The same command goes on; while another driver is alive it is refused (exit code 3).

JSON: outcome (done, stopped, interrupted, failed, bad-input, refused), message, error {name, message, refusals}, and the
fields that \`status --help\` explains.
`,
  plan: `plan: the pre-flight checks of \`run\`, and what it would do. Changes nothing, and makes no registry.

  npm run --silent shadowstep -- plan --database-url URL --table SCHEMA.TABLE [--request FILE.json] [--json]

${REQUEST_FLAG}

Exit code 0 when the table can be rebuilt, 3 when it is refused: every reason by name, with the SQL that mends it.
A run of the table that is live already is named with its stage, its driver and the fields in which the request differs.
There is no plan then: exit code 0 when \`run\` would go on with it, 3 when \`run\` would be refused.
JSON: outcome (done, refused), table, liveRun (null, or runId, stage, driver, differingFields), refusals, warnings, plan.
`,
  status: `status: the runs that the registry of this database knows. Reads only; exit code 0.

  npm run --silent shadowstep -- status --database-url URL [--table SCHEMA.TABLE] [--json]

Field (JSON name)                        What it is, and what is healthy
  stage                                  where the run is recorded. In the end DONE, REVERTED or RESET
  driver (driver)                        who advances it. Live while the run goes on; "gone" means: \`run\` resumes
  waiting for (waitingFor)               the blocker or the old snapshot that holds it up. nothing; a pid that stays for
                                         long has to commit, or be ended by you
  progress (progress)                    how far the stage is, in rows, indexes, keys, ranges or foreign keys. Grows
  last error (lastError)                 the last failure of a unit. none, or a passing one: LockTimeoutError is retried
  rows copied (rowsCopied)               grows to about rowsEstimated during BACKFILL, then stands still
  changes applied (keysDrained)          keys of changed rows brought over. Grows with the writes on the table
  put back (keysPutBack)                 keys that must wait for another row's key. Small beside keysDrained
  changes pending (keysPending)          keys still in the log. Grows until SYNC_SCHEMAS is done, then falls to near 0
  size (bytesBefore, bytesAfter)         the table with its indexes; after the swap, smaller unless there was no bloat
  longest lock wait (longestLockWaitMs)  the longest wait of ours for a lock. Under lockTimeoutMs (100)
  longest lock held (longestLockHeldMs)  the longest time others had to wait for us. Some ms; under 150
  verification                           source against copy, before the swap. passed, with 0 differences
  foreign keys (foreignKeys)             validated again after the swap. leftNotValid 0
  findings                               what a person must see: rows of shadowstep.finding by their id. none
  stages                                 each stage's duration (durationMs). One is open while the run goes on
JSON: {"runs": […]}, the newest first.
`,
  revert: `revert: after the swap and before clean-up, bring the old table back. What was written to the new table meanwhile is
drained into the old one first; then they change places again.

  npm run --silent shadowstep -- revert --database-url URL --table SCHEMA.TABLE [--json]
`,
  reset: `reset: before the swap, give the run up: triggers, copy, log and functions go, the table is as it was.

  npm run --silent shadowstep -- reset --database-url URL --table SCHEMA.TABLE [--json]
`,
  'clean-up': `clean-up: after the swap of a run with keepOldTable, drop the old table and all that is ours. Then there is no way back.

  npm run --silent shadowstep -- clean-up --database-url URL --table SCHEMA.TABLE [--json]
`,
};

export function helpText(command: CommandName | null): string {
  return command === null ? GENERAL : OWN[command];
}
