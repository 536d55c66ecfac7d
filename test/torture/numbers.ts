import type { EpisodeResult } from './episode.ts';
import type { Tally } from './tally.ts';

export interface Totals {
  readonly minutes: number;
  readonly results: readonly EpisodeResult[];
  readonly tally: Tally;
}

/** What was tried and what held, for a person. */
export function formatNumbers({ minutes, results, tally }: Totals): string[] {
  const runs = new Map<string, number>();
  for (const result of results) for (const [kind, times] of result.runs) runs.set(kind, (runs.get(kind) ?? 0) + times);
  const sum = (of: (result: EpisodeResult) => number) => results.reduce((total, result) => total + of(result), 0);
  return [
    `minutes              ${minutes.toFixed(1)}, episodes ${results.length}`,
    `runs                 ${listOf(runs)}`,
    `checkpoints          ${sum((result) => result.checkpoints)}`,
    `rows compared        ${sum((result) => result.rowsCompared)} with the write-ahead log, ${sum((result) => result.bookRowsCompared)} with the writers' books`,
    `failed               ${results.filter((result) => result.failure !== null).length}`,
    `transactions         ${listOf(tally.transactions)}`,
    `types changed        ${tally.alterations}`,
    `truncates            ${tally.truncates}; ${tally.overtakenByTruncate} operations of others overtaken by them; books kept ${tally.booksKept} times, read anew ${tally.booksReadAnew} times`,
    `old snapshots        ${tally.oldReaders} readers from before the last drain, ${tally.oldReadersWaitedFor} of them waited for, looked ${tally.oldReaderLooks} times and saw what they must (and ${tally.oldReadersOvertakenByTruncate} times a TRUNCATE had come); ${tally.staleSnapshots} writers' transactions from within a swap missed rows that its last drain had moved`,
    `expected errors      ${listOf(tally.expectedErrors)}`,
    `writers' statements  p50 ${tally.quantileMs(0.5).toFixed(1)} ms, p99 ${tally.quantileMs(0.99).toFixed(1)} ms, longest ${tally.quantileMs(1).toFixed(0)} ms (waiting for each other included)`,
    `statements           ${listOf(tally.statements)}`,
  ];
}

function listOf(counts: ReadonlyMap<string, number>): string {
  const total = [...counts.values()].reduce((sum, times) => sum + times, 0);
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  return [
    String(total),
    ...(total > 0 ? [`(${sorted.map(([what, times]) => `${what} ${times}`).join(', ')})`] : []),
  ].join(' ');
}
