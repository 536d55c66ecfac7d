/**
 * The candidates that a person may have meant by `word`, nearest first, at most three. Case, `_` and `-` do not count:
 * lock_timeout_ms means lockTimeoutMs.
 */
export function nearNames(word: string, candidates: readonly string[]): string[] {
  const wanted = plain(word);
  const tolerated = Math.max(1, Math.floor(wanted.length / 3));
  return candidates
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, plain(candidate)) }))
    .filter(({ distance }) => distance <= tolerated)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[_-]/g, '');
}

/** Levenshtein's distance; what begins with the other counts as near (`lockTimeout`, `lockTimeoutMs`). */
function distanceTo(wanted: string, candidate: string): number {
  const [shorter, longer] = wanted.length < candidate.length ? [wanted, candidate] : [candidate, wanted];
  if (shorter.length >= 4 && longer.startsWith(shorter)) {
    return 1;
  }
  let row = Array.from({ length: candidate.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...wanted].entries()) {
    const next = [i + 1];
    for (let j = 0; j < candidate.length; j += 1) {
      const substitute = (row[j] ?? 0) + (candidate[j] === letter ? 0 : 1);
      next.push(Math.min(substitute, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[candidate.length] ?? 0;
}
