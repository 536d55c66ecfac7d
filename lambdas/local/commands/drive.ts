import { silentLogger } from '../../engine/log.ts';
import { listRuns, reportRun } from '../../engine/registry/report.ts';
import { listWholes, reportWholeOfRun } from '../../engine/registry/whole-report.ts';
import { type ParsedRequest, parseRequest } from '../../engine/request.ts';
import { driveWithProgress } from '../drive-with-progress.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import {
  type AnyReport,
  errorDocument,
  jsonText,
  type OutcomeWord,
  outcomeOfError,
  type RunDocument,
} from '../report/json-document.ts';
import { summaryLines, wholeStanding, wholeSummaryLines } from '../report/summary.ts';
import { requestOf } from '../request-file.ts';
import type { MachineEnd, MachineEvent } from '../run-machine.ts';
import { loggerOn } from '../stderr-logger.ts';
import type { CommandContext } from './context.ts';

/**
 * `run`, `revert`, `reset` and `clean-up`: the state machine with the command's action. Faults of the request are told
 * before anything is connected to. Throws what failed it, after the JSON document has been written.
 */
export async function drive(context: CommandContext): Promise<ExitCode> {
  const { line, openSession, stdout, stderr, stop } = context;
  const request = await requestOf(line);
  const parsed = await parseRequest(request);
  let runId: bigint | null = null;
  const onEvent = (event: MachineEvent) => {
    if (event.type === 'unit-ended' && event.result.runId !== '') {
      runId = BigInt(event.result.runId);
    }
  };
  let end: MachineEnd;
  try {
    const log = line.debug ? loggerOn(stderr) : silentLogger;
    end = await driveWithProgress({ openSession, request, stop, log, onEvent }, line.json ? stderr : stdout);
  } catch (error) {
    if (line.json) {
      const report = await readReport(context, parsed, runId).catch(() => null);
      const failure = { outcome: outcomeOfError(error), message: '', error: errorDocument(error) };
      stdout.write(jsonText({ ...failure, ...report } satisfies RunDocument));
    }
    throw error;
  }
  if (end.outcome === 'interrupted') {
    return interrupted(context, parsed, runId);
  }
  const report = await readReport(context, parsed, runId);
  const outcome: OutcomeWord = report === null || report.finishedAt !== null ? 'done' : 'stopped';
  const message = end.lastResult?.message ?? '';
  if (line.json) {
    stdout.write(jsonText({ outcome, message, error: null, ...report } satisfies RunDocument));
  } else {
    stdout.write(`\n${closingLines(outcome, message, report).join('\n')}\n`);
  }
  return EXIT.done;
}

/**
 * The run that this command drove, or the whole of which it is a part; when the command ended before it knew its run, the
 * table's live one.
 */
async function readReport(
  { openSession }: CommandContext,
  request: ParsedRequest,
  runId: bigint | null,
): Promise<AnyReport | null> {
  const session = await openSession('report');
  try {
    if (runId !== null) {
      return (await reportWholeOfRun(session, runId)) ?? (await reportRun(session, runId));
    }
    const all = [...(await listWholes(session, request.table)), ...(await listRuns(session, request.table))];
    return all.find((one) => one.finishedAt === null) ?? null;
  } finally {
    await session.end();
  }
}

async function interrupted(context: CommandContext, request: ParsedRequest, runId: bigint | null): Promise<ExitCode> {
  const { line, stdout, stderr } = context;
  const report = await readReport(context, request, runId).catch(() => null);
  const message =
    report === null
      ? 'Interrupted before there was a run: nothing was changed.'
      : `Interrupted: ${standing(report)}, and the application goes on meanwhile. ` +
        'The same command goes on from there; `reset` before the swap, or `revert` after it, undoes the run.';
  if (line.json) {
    stdout.write(jsonText({ outcome: 'interrupted', message, error: null, ...report } satisfies RunDocument));
  }
  stderr.write(`${message}\n`);
  return EXIT.interrupted;
}

/** "run 7 of public.orders is at BACKFILL" */
function standing(report: AnyReport): string {
  if (!('wholeId' in report)) {
    return `run ${report.runId} of ${report.table} is at ${report.stage}`;
  }
  const { table, partition } = report;
  return `${table}: ${wholeStanding(report)}${partition === null ? '' : `, run ${partition.runId} of ${partition.table} is at ${partition.stage}`}`;
}

function closingLines(outcome: OutcomeWord, message: string, report: AnyReport | null): string[] {
  if (report === null) {
    return [message];
  }
  if ('wholeId' in report) {
    return [`${report.table}: ${wholeStanding(report)}: ${message}`, ...wholeSummaryLines(report)];
  }
  const where = outcome === 'done' ? report.stage : `at ${report.stage}`;
  return [`${report.table}: run ${report.runId} is ${where}: ${message}`, ...summaryLines(report)];
}
