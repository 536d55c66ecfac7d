import type { Check } from '../../lambdas/engine/pre-validation/check.ts';
import {
  RELATION_CHECKS,
  SERVER_CHECKS,
  TABLE_CHECKS,
  WHOLE_CHECKS,
} from '../../lambdas/engine/pre-validation/checks.ts';
import { TABLE_PARTS } from '../../lambdas/engine/pre-validation/table-parts.ts';

type Described = Pick<Check<never>, 'code' | 'title' | 'why' | 'onlyWarns'>;

/** Every check of PRE_VALIDATION in the order of its report. */
export const CHECKS: readonly Described[] = [...SERVER_CHECKS, ...RELATION_CHECKS, ...WHOLE_CHECKS, ...TABLE_CHECKS];

const END = '<!-- end of what npm run docs writes -->';

/** What stands in the README between `<!-- npm run docs: NAME -->` and the next END. */
const TABLES: Readonly<Record<string, () => string>> = {
  parts: () =>
    table(
      ['what', 'how it comes to the new table', 'refused by'],
      TABLE_PARTS.map(({ what, carried, checks }) => [
        what,
        carried ?? 'it does not',
        [
          ...checks.map(({ code }) => `\`${code}\``),
          ...(carried === null && checks.length === 0 ? ['`UnknownDependent`'] : []),
        ].join(', '),
      ]),
    ),
  refusals: () =>
    table(['code', 'what must be so', 'why'], CHECKS.filter((check) => check.onlyWarns !== true).map(row)),
  warnings: () =>
    table(['code', 'what to know of', 'why'], CHECKS.filter((check) => check.onlyWarns === true).map(row)),
};

function row({ code, title, why }: Described): string[] {
  return [`\`${code}\``, title, why];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell || '–').join(' | ')} |`;
  return [line(header), `|${header.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** The README with its tables as the code has them. Throws when a marker is missing. */
export function withWrittenTables(readme: string): string {
  return Object.entries(TABLES).reduce((text, [name, write]) => {
    const marker = `<!-- npm run docs: ${name} -->`;
    const start = text.indexOf(marker);
    const end = text.indexOf(END, start);
    if (start < 0 || end < 0) throw new Error(`README.md has no ${marker} … ${END}`);
    return `${text.slice(0, start)}${marker}\n\n${write()}\n\n${text.slice(end)}`;
  }, readme);
}
