/** How numbers look to a person. Pure, and without the locale of the machine. */

/** 1234567 as "1,234,567"; takes bigint and the registry's strings of digits too. */
export function formatCount(count: bigint | number | string): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Steps of 1024, named as pg_size_pretty names them: "412 MB". */
export function formatBytes(bytes: bigint | number | string): string {
  let amount = Number(bytes);
  let unit = 0;
  while (amount >= 1024 && unit < BYTE_UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${unit === 0 || amount >= 10 ? Math.round(amount) : amount.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

/** "8 ms", "12.3 s", "4 min 05 s", "3 h 12 min". */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) {
    return `${durationMs < 10 && durationMs > 0 ? durationMs.toFixed(1) : Math.round(durationMs)} ms`;
  }
  const seconds = Math.round(durationMs / 1_000);
  if (seconds < 60) {
    return `${(durationMs / 1_000).toFixed(1)} s`;
  }
  if (seconds < 3_600) {
    return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  }
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** "412 MB → 198 MB (52 % smaller)"; what is not known is left out. */
export function formatShrinkage(before: string | null, after: string | null): string {
  if (before === null || after === null) {
    return before === null ? 'not known yet' : `${formatBytes(before)} before`;
  }
  const change = Number(before) === 0 ? 0 : Math.round((1 - Number(after) / Number(before)) * 100);
  const word = change === 0 ? 'the same' : change > 0 ? `${change} % smaller` : `${-change} % larger`;
  return `${formatBytes(before)} → ${formatBytes(after)} (${word})`;
}
