import { listRuns } from '../../engine/registry/report.ts';
import { listWholes } from '../../engine/registry/whole-report.ts';
import { parseTableName } from '../../engine/table-name.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { jsonText } from '../report/json-document.ts';
import { statusLines, wholeStatusLines } from '../report/summary.ts';
import type { CommandContext } from './context.ts';

/**
 * `status`: every run the registry knows, or those of one table; a partitioned table as one entry. Reads only; an absent
 * registry means no runs.
 */
export async function status({ line, openSession, stdout }: CommandContext): Promise<ExitCode> {
  const name = line.table === null ? null : parseTableName(line.table);
  const table = name !== null && 'table' in name ? name.table : undefined;
  const session = await openSession('status');
  try {
    const runs = await listRuns(session, table);
    const wholes = await listWholes(session, table);
    if (line.json) {
      stdout.write(jsonText({ runs, wholes }));
    } else if (runs.length + wholes.length === 0) {
      stdout.write(`There is no run${line.table === null ? '' : ` of ${line.table}`} in this database.\n`);
    } else {
      const entries = [
        ...runs.map((run) => ({ at: run.startedAt, lines: statusLines(run) })),
        ...wholes.map((whole) => ({ at: whole.startedAt, lines: wholeStatusLines(whole) })),
      ].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
      stdout.write(`${entries.map(({ lines }) => lines.join('\n')).join('\n\n')}\n`);
    }
    return EXIT.done;
  } finally {
    await session.end();
  }
}
