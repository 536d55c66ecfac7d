import type { TableFacts } from './table-facts.ts';

type Fingerprint = TableFacts['fingerprint'];

/** Names of the sections that differ, e.g. ["indexes", "grants"]; empty when nothing changed (I-10). */
export function changedSections(before: Fingerprint, after: Fingerprint): string[] {
  const sections = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...sections].filter((section) => before[section] !== after[section]);
}
