import type { TableFacts } from '../catalog/table-facts.ts';
import { quoteIdent, quoteLiteral } from '../postgres/identifier.ts';

/** While the table is ours: we vacuum it, and nobody else's vacuum may hold a lock or cut its end off. */
const OURS: readonly (readonly [string, string])[] = [
  ['autovacuum_enabled', 'false'],
  ['vacuum_truncate', 'false'],
];

const TOAST_PREFIX = 'toast.';

type Facts = Pick<TableFacts, 'options' | 'toastOptions'>;

/** reloptions entries are name=value; a value may hold further equals signs. */
function parse(options: readonly string[], prefix: string): [string, string][] {
  return options.map((option) => {
    const at = option.indexOf('=');
    return [prefix + option.slice(0, at), option.slice(at + 1)];
  });
}

function allOptions(facts: Facts): [string, string][] {
  return [...parse(facts.options, ''), ...parse(facts.toastOptions, TOAST_PREFIX)];
}

function optionName(name: string): string {
  return name.startsWith(TOAST_PREFIX)
    ? `${quoteIdent('toast')}.${quoteIdent(name.slice(TOAST_PREFIX.length))}`
    : quoteIdent(name);
}

export function optionList(options: readonly (readonly [string, string])[]): string {
  return options.map(([name, value]) => `${optionName(name)} = ${quoteLiteral(value)}`).join(', ');
}

/** `name = 'value', …` for CREATE TABLE … WITH: the source's options with ours laid over them. */
export function copyOptions(facts: Facts): string {
  const ours = [...OURS, ...OURS.map(([name, value]) => [TOAST_PREFIX + name, value] as const)];
  return optionList([...new Map([...allOptions(facts), ...ours])]);
}

/** pg_class.reloptions entries as `name = 'value', …` for ALTER INDEX … SET and CREATE VIEW … WITH. */
export function relationOptions(options: readonly string[]): string {
  return optionList(parse(options, ''));
}

/**
 * Gives the table (`target`, quoted and qualified) exactly the options of `wanted`, in their order, since a dump prints
 * them in it; nothing when it has them. SHARE UPDATE EXCLUSIVE.
 */
export function ensureOptions(target: string, wanted: Facts, present: Facts): string[] {
  const before = allOptions(present);
  const after = allOptions(wanted);
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const names = [...new Set([...before, ...after].map(([name]) => name))];
  return [
    /* sql */ `ALTER TABLE ${target} RESET (${names.map(optionName).join(', ')})`,
    ...(after.length > 0 ? [/* sql */ `ALTER TABLE ${target} SET (${optionList(after)})`] : []),
  ];
}
