import type { RunReport } from '../../engine/registry/report.ts';
import { LEASE_SECONDS } from '../../engine/registry/runs.ts';
import type { WholeReport } from '../../engine/registry/whole-report.ts';
import { formatBytes, formatCount, formatDuration, formatShrinkage } from './quantities.ts';

const LABEL_WIDTH = 20;

/** The closing lines of `run`: what a person wants to know of a run, its figures in their healthy order. */
export function summaryLines(report: RunReport): string[] {
  return [
    line('rows copied', formatCount(report.rowsCopied)),
    line('changes applied', changes(report)),
    line('size', size(report)),
    line('longest lock wait', formatDuration(report.longestLockWaitMs)),
    line('longest lock held', formatDuration(report.longestLockHeldMs)),
    line('verification', verification(report)),
    line('foreign keys', foreignKeys(report)),
    line('findings', findings(report)),
  ];
}

/** `status`: the same figures, and where the run is, who drives it, and what holds it up. */
export function statusLines(report: RunReport): string[] {
  const ended = report.finishedAt === null ? [] : [line('finished', report.finishedAt)];
  return [
    `${report.table}: run ${report.runId}, ${report.stage}`,
    line('started', report.startedAt),
    ...ended,
    line('driver', driver(report)),
    line('progress', progress(report)),
    line('waiting for', waitingFor(report)),
    line('running', running(report)),
    line('last error', lastError(report)),
    line('rows copied', `${formatCount(report.rowsCopied)} of about ${formatCount(report.rowsEstimated)}`),
    line('changes applied', changes(report)),
    line('changes pending', report.keysPending === null ? 'no log' : `${formatCount(report.keysPending)} keys`),
    ...summaryLines(report).slice(2),
    line('stages', stages(report)),
  ];
}

/** The closing lines of `run` for a partitioned table. */
export function wholeSummaryLines(report: WholeReport): string[] {
  return [
    line('partitions', partitions(report)),
    line('rows copied', formatCount(report.rowsCopied)),
    line('size', `${formatShrinkage(report.bytesBefore, report.bytesAfter)}, of those done`),
    line('longest lock wait', formatDuration(report.longestLockWaitMs)),
    line('longest lock held', formatDuration(report.longestLockHeldMs)),
    line('findings', findings(report)),
  ];
}

/** `status` of a partitioned table: how many partitions are done, and the report of the one under way. */
export function wholeStatusLines(report: WholeReport): string[] {
  const { partition, finishedAt, stoppedBecause } = report;
  return [
    `${report.table}: ${wholeStanding(report)}`,
    line('started', report.startedAt),
    ...(finishedAt === null
      ? []
      : [line('finished', `${finishedAt}${stoppedBecause === null ? '' : `: ${stoppedBecause}`}`)]),
    ...wholeSummaryLines(report),
    ...(partition === null ? [] : statusLines(partition).map((text) => `  ${text}`)),
  ];
}

/** "whole 3, 2 of 7 partitions done" */
export function wholeStanding({ wholeId, partitions: { done, all } }: WholeReport): string {
  return `whole ${wholeId}, ${formatCount(done)} of ${formatCount(all)} partitions done`;
}

function partitions({ partitions: { done, running: underWay, waiting, gone } }: WholeReport): string {
  const counted = [`${formatCount(done)} done`, `${underWay} under way`, `${formatCount(waiting)} waiting`];
  return [...counted, ...(gone === 0 ? [] : [`${formatCount(gone)} gone`])].join(', ');
}

function line(label: string, value: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${value}`;
}

function changes(report: RunReport): string {
  return `${formatCount(report.keysDrained)} keys, ${formatCount(report.keysPutBack)} put back`;
}

function verification({ verification: { result, rowsCompared, differences } }: RunReport): string {
  switch (result) {
    case 'passed':
      return `passed: ${formatCount(rowsCompared)} rows compared, no difference`;
    case 'failed':
      return `FAILED: ${formatCount(differences)} of ${formatCount(rowsCompared)} rows differ`;
    default:
      return result;
  }
}

function foreignKeys({ foreignKeys: { validated, leftNotValid } }: RunReport): string {
  const open = leftNotValid === 0 ? '' : `, ${leftNotValid} LEFT NOT VALID (see findings)`;
  return `${validated} validated${open}`;
}

function findings(report: Pick<RunReport, 'findings'>): string {
  return report.findings.length === 0
    ? 'none'
    : report.findings.map((one) => `${one.findingId} (${one.kind})`).join(', ');
}

function progress({ progress: counted }: RunReport): string {
  return counted === null
    ? 'nothing to count'
    : `${formatCount(counted.done)} of ${formatCount(counted.estimated)} ${counted.measure}`;
}

/** After a revert or a reset the table in place is the old one, whatever the new one would have saved. */
function size({ stage, bytesBefore, bytesAfter }: RunReport): string {
  const oldTableIsBack = stage === 'REVERTED' || stage === 'RESET';
  return oldTableIsBack && bytesBefore !== null
    ? `${formatBytes(bytesBefore)} when the run began; the old table stays`
    : formatShrinkage(bytesBefore, bytesAfter);
}

function driver({ stage, driver: { id, live, expiresAt } }: RunReport): string {
  if (id === null) {
    return 'none';
  }
  const command = stage === 'REVERT' ? 'revert' : 'run';
  return live ? `${id}, lease until ${expiresAt ?? 'unknown'}` : `${id}, gone: \`${command}\` resumes`;
}

/** What was waited for is known from the last unit; with the driver gone nobody has looked since. */
function waitingFor({ waitingFor: because, driver: { live, expiresAt } }: RunReport): string {
  if (because === null || live) {
    return because ?? 'nothing';
  }
  const since = expiresAt === null ? '' : ` since about ${lastRenewal(expiresAt)}`;
  return `${because} (as last seen: nobody has driven the run${since})`;
}

/** A lease is renewed to its full length by each unit, and while one works. */
function lastRenewal(expiresAt: string): string {
  return new Date(Date.parse(expiresAt) - LEASE_SECONDS * 1_000).toISOString();
}

/** A long transaction keeps VACUUM from removing what died since, in every table of the database: said as long as it lasts. */
function running({ running: statements }: RunReport): string {
  if (statements.length === 0) {
    return 'nothing';
  }
  const each = statements.map(({ kind, object, pid, seconds, percent }) => {
    const facts = [
      `pid ${pid}`,
      seconds === null ? null : formatDuration(seconds * 1000),
      percent === null ? null : `${percent} %`,
    ];
    return `${kind} ${object} (${facts.filter((fact) => fact !== null).join(', ')})`;
  });
  return `${each.join(', ')}; holds back the vacuum horizon of the database until then`;
}

function lastError({ lastError: error }: RunReport): string {
  return error === null ? 'none' : `${error.name} at ${error.at}: ${error.message.replaceAll('\n', ' ')}`;
}

function stages(report: RunReport): string {
  return report.stages
    .map((one) => `${one.stage} ${one.durationMs === null ? 'under way' : formatDuration(one.durationMs)}`)
    .join(', ');
}
