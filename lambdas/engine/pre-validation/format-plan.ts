import type { Plan, PlannedBytes } from './plan.ts';
import type { PlannedStage } from './planned-stage.ts';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
const SQL_INDENT = '      ';

/** The plan for a terminal: what is there, what the run needs, then stage by stage its locks and its SQL. */
export function formatPlan(plan: Plan): string {
  const lines = [
    `${plan.table} on PostgreSQL ${plan.serverVersion}`,
    `  rows      ${plan.estimatedRows === null ? 'unknown (never analysed)' : `about ${Math.round(plan.estimatedRows).toLocaleString('en-US')}`}`,
    ...(plan.key === null
      ? []
      : [
          `  key       ${plan.key.columns.join(', ')} (${plan.key.primary ? 'primary key' : 'unique index'} ${plan.key.index})`,
        ]),
    ...(plan.bytes === null ? [] : bytesLines(plan.bytes)),
    ...partitionLines(plan),
    ...plan.stages.flatMap(stageLines),
  ];
  return lines.join('\n');
}

function bytesLines(bytes: PlannedBytes): string[] {
  return [
    `  today     heap ${size(bytes.heap)}, TOAST ${size(bytes.toast)}, indexes ${size(bytes.indexes)}`,
    `  needs     ${size(bytes.dataNeeded)} of data (heap of the copy ${size(bytes.copyHeap)}), ${size(bytes.wal)} of WAL, a change log of at most ${size(Number(bytes.changeLogAtMost))}`,
    `            estimated by ${bytes.basis}`,
  ];
}

function partitionLines({ partitions }: Plan): string[] {
  const [first] = partitions;
  if (first === undefined) {
    return [];
  }
  return [
    `  partitions, one after the other; what follows them is done to ${first.table}, and then to each of the others`,
    ...partitions.map(
      ({ table, estimatedRows, bytes }) =>
        `            ${table}: ${estimatedRows === null ? 'rows unknown' : `about ${Math.round(estimatedRows).toLocaleString('en-US')} rows`}${bytes === null ? '' : `, ${size(bytes)}`}`,
    ),
  ];
}

function stageLines(stage: PlannedStage): string[] {
  return [
    '',
    stage.stage,
    `  ${stage.does}`,
    ...(stage.locks.length === 0
      ? ['  locks: none on the table']
      : stage.locks.map((one) => `  lock: ${one.mode} on ${one.on}, ${one.duration}`)),
    ...(stage.sql.length === 0 ? [] : ['  SQL:']),
    ...stage.sql.map((statement) => `    ${unindented(statement)};`),
  ];
}

/** Statements are indented as the code that makes them is; the shift is taken off, whole lines only. */
function unindented(statement: string): string {
  const lines = statement.split('\n').filter((line) => line.trim() !== '');
  const shift = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(shift)).join(`\n${SQL_INDENT}`);
}

function size(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[power]}`;
}
