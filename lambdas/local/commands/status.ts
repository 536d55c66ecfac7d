import { listRuns } from '../../engine/registry/report.ts';
import { parseTableName } from '../../engine/table-name.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonText } from '../report/json-document.ts';
import { statusLines } from '../report/summary.ts';
import type { CommandContext } from './context.ts';

/** `status`: every run the registry knows, or those of one table. Reads only; an absent registry means no runs. */
export async function status({ line, openSession, stdout }: CommandContext): Promise<ExitCode> {
  const name = line.table === null ? null : parseTableName(line.table);
  const table = name !== null && 'table' in name ? name.table : undefined;
  const session = await openSession('status');
  try {
    const runs = await listRuns(session, table);
    if (line.json) {
      stdout.write(jsonText({ runs }));
    } else if (runs.length === 0) {
      stdout.write(`There is no run${line.table === null ? '' : ` of ${line.table}`} in this database.\n`);
    } else {
      stdout.write(`${runs.map((run) => statusLines(run).join('\n')).join('\n\n')}\n`);
    }
    return EXIT.done;
  } finally {
    await session.end();
  }
}
