import { silentLogger } from '../../engine/log.ts';
import { listRuns, type RunReport, reportRun } from '../../engine/registry/report.ts';
import { type ParsedRequest, parseRequest } from '../../engine/request.ts';
import { driveWithProgress } from '../drive-with-progress.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import {
  errorDocument,
  jsonText,
  type OutcomeWord,
  outcomeOfError,
  type RunDocument,
} from '../report/json-document.ts';
import { summaryLines } from '../report/summary.ts';
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

/** The run that this command drove; when it ended before it knew its run, the table's live one. */
async function readReport(
  { openSession }: CommandContext,
  request: ParsedRequest,
  runId: bigint | null,
): Promise<RunReport | null> {
  const session = await openSession('report');
  try {
    if (runId !== null) {
      return await reportRun(session, runId);
    }
    const runs = await listRuns(session, request.table);
    return runs.find((run) => run.finishedAt === null) ?? null;
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
      : `Interrupted: run ${report.runId} of ${report.table} is at ${report.stage}, and the application goes on meanwhile. ` +
        'The same command goes on from there; `reset` before the swap, or `revert` after it, undoes the run.';
  if (line.json) {
    stdout.write(jsonText({ outcome: 'interrupted', message, error: null, ...report } satisfies RunDocument));
  }
  stderr.write(`${message}\n`);
  return EXIT.interrupted;
}

function closingLines(outcome: OutcomeWord, message: string, report: RunReport | null): string[] {
  if (report === null) {
    return [message];
  }
  const where = outcome === 'done' ? report.stage : `at ${report.stage}`;
  return [`${report.table}: run ${report.runId} is ${where}: ${message}`, ...summaryLines(report)];
}
