import { readFileSync } from 'node:fs';
import { PROJECT_ROOT } from '../../lambdas/local/definition.ts';

/** The text of a file of the project, by its path from the root. */
export function readProjectFile(path: string): string {
  return readFileSync(`${PROJECT_ROOT}${path}`, 'utf8');
}

/**
 * The rows of the one table whose header cells are exactly these, without code marks. Throws when there is no such table, or more than one, or
 * a row with another number of cells, so that a test cannot pass on a table it did not find.
 */
export function tableRows(markdown: string, header: readonly string[]): string[][] {
  const lines = markdown.split('\n');
  const wanted = `| ${header.join(' | ')} |`;
  const places = lines.flatMap((line, at) => (line.trim() === wanted ? [at] : []));
  const [place] = places;
  if (place === undefined || places.length > 1) {
    throw new Error(`${places.length} tables have the header ${wanted}`);
  }
  const rows: string[][] = [];
  for (const line of lines.slice(place + 2)) {
    if (!line.startsWith('|')) break;
    const cells = cellsOf(line);
    if (cells.length !== header.length) throw new Error(`A row has ${cells.length} cells: ${line}`);
    rows.push(cells);
  }
  if (rows.length === 0) throw new Error(`The table ${wanted} has no rows`);
  return rows;
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim().replaceAll('`', ''));
}

/** The text under a heading, up to the next one of the same or a higher level. */
export function section(markdown: string, heading: string): string {
  const level = heading.split(' ')[0]?.length ?? 1;
  const lines = markdown.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`There is no heading ${heading}`);
  const end = lines.findIndex((line, at) => at > start && new RegExp(`^#{1,${level}} `).test(line));
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
}
