import type { TaskName } from '../../engine/stages.ts';
import type { Measure } from '../../engine/unit.ts';
import { formatCount, formatDuration } from '../report/quantities.ts';

/** What the display knows of the stage that is under way. */
export interface StageView {
  readonly task: TaskName;
  readonly elapsedMs: number;
  /** What is counted; empty when nothing is. */
  readonly measure: Measure | '';
  /** So many of them; an estimate of 0 means that there is nothing to count. */
  readonly done: bigint;
  readonly estimated: bigint;
  readonly secondsLeft: number | null;
  /** What is waited for, or the trouble that is being retried; empty when neither. */
  readonly waitingFor: string;
}

const NAME_WIDTH = 16;

/** Rows are counted by statistics, keys while the application adds more of them; the rest is known. */
const ESTIMATED: ReadonlySet<Measure | ''> = new Set(['rows', 'keys']);

/**
 * The line that is written over and over on a terminal; cut to `columns`, since a line that wraps cannot be written
 * over.
 */
export function liveLine(view: StageView, columns: number): string {
  const parts = [
    view.task.padEnd(NAME_WIDTH),
    formatDuration(Math.floor(view.elapsedMs / 1_000) * 1_000),
    countPart(view),
    percentPart(view),
    view.secondsLeft === null ? '' : `about ${formatDuration(view.secondsLeft * 1_000)} left`,
    view.waitingFor === '' ? '' : `waiting: ${view.waitingFor}`,
  ];
  const line = parts.filter((part) => part !== '').join('  ');
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}

/** The line that stays: "BACKFILL             24.1 s  all batches are copied". */
export function endLine(view: StageView, message: string): string {
  return [view.task.padEnd(NAME_WIDTH), formatDuration(view.elapsedMs).padStart(9), message]
    .filter((part) => part !== '')
    .join('  ');
}

/** "BACKFILL begins", for logs. */
export function startLine(task: TaskName): string {
  return `${task.padEnd(NAME_WIDTH)}  begins`;
}

export function waitLine(task: TaskName, because: string): string {
  return `${task.padEnd(NAME_WIDTH)}  waits: ${because}`;
}

function countPart(view: StageView): string {
  if (view.estimated === 0n) {
    return '';
  }
  const about = ESTIMATED.has(view.measure) ? 'about ' : '';
  return `${formatCount(view.done)} of ${about}${formatCount(view.estimated)} ${view.measure}`;
}

/** Never 100 while the stage is under way: the estimate comes from statistics and may fall short. */
function percentPart(view: StageView): string {
  if (view.estimated === 0n) {
    return '';
  }
  return `${Math.min(99, Number((view.done * 100n) / view.estimated))} %`;
}
