import { RefusedError } from '../../engine/errors.ts';
import { formatPlan } from '../../engine/pre-validation/format-plan.ts';
import { preValidate } from '../../engine/pre-validation/pre-validate.ts';
import { parseRequest } from '../../engine/request.ts';
import { formatTableName } from '../../engine/table-name.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { jsonText } from '../report/json-document.ts';
import { requestOf } from '../request-file.ts';
import type { CommandContext } from './context.ts';

/**
 * `plan`: PRE_VALIDATION and no more, on one connection. Every refusal, or the steps with their SQL, locks, bytes and
 * estimates. Changes nothing, and makes no registry. Throws RefusedError after the document has been written.
 */
export async function plan({ line, openSession, stdout }: CommandContext): Promise<ExitCode> {
  const request = await parseRequest(await requestOf(line));
  const table = formatTableName(request.table);
  const session = await openSession('plan');
  try {
    const { refusals, warnings, plan: steps } = await preValidate(session, request);
    if (line.json) {
      const outcome = refusals.length === 0 ? 'done' : 'refused';
      stdout.write(jsonText({ outcome, table, refusals, warnings, plan: steps }));
    }
    if (refusals.length > 0) {
      throw new RefusedError(table, refusals);
    }
    if (!line.json) {
      stdout.write(`${formatPlan(steps)}\n`);
      stdout.write(warnings.map((warning) => `warning: ${warning}\n`).join(''));
    }
    return EXIT.done;
  } finally {
    await session.end();
  }
}
