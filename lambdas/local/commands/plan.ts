import { RefusedError } from '../../engine/errors.ts';
import { formatPlan } from '../../engine/pre-validation/format-plan.ts';
import { preValidate } from '../../engine/pre-validation/pre-validate.ts';
import { parseRequest } from '../../engine/request.ts';
import { formatTableName } from '../../engine/table-name.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { findLiveRunOf, liveRunLines } from '../live-run.ts';
import { jsonText } from '../report/json-document.ts';
import { requestOf } from '../request-file.ts';
import type { CommandContext } from './context.ts';

/**
 * `plan`: PRE_VALIDATION and no more, on one connection. Every refusal, or the steps with their SQL, locks, bytes and
 * estimates. With a live run of the table it says what `run` would meet: the run it goes on with, or why it is refused.
 * Changes nothing, and makes no registry. Throws RefusedError after the document has been written.
 */
export async function plan({ line, openSession, stdout }: CommandContext): Promise<ExitCode> {
  const request = await parseRequest(await requestOf(line));
  const table = formatTableName(request.table);
  const session = await openSession('plan');
  try {
    const live = await findLiveRunOf(session, request);
    const found =
      live === null
        ? { liveRun: null, ...(await preValidate(session, request)) }
        : { liveRun: { ...live, refusals: undefined }, refusals: live.refusals, warnings: [], plan: null };
    const { liveRun, refusals, warnings, plan: steps } = found;
    if (line.json) {
      const outcome = refusals.length === 0 ? 'done' : 'refused';
      stdout.write(jsonText({ outcome, table, liveRun, refusals, warnings, plan: steps }));
    }
    if (refusals.length > 0) {
      throw new RefusedError(table, refusals);
    }
    if (live !== null && !line.json) {
      stdout.write(`${liveRunLines(table, live)}\n`);
    }
    if (steps !== null && !line.json) {
      stdout.write(`${formatPlan(steps)}\n`);
      stdout.write(warnings.map((warning) => `warning: ${warning}\n`).join(''));
    }
    return EXIT.done;
  } finally {
    await session.end();
  }
}
