import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STAGES } from '../../lambdas/engine/stages.ts';
import { PROJECT_ROOT } from '../../lambdas/local/definition.ts';
import { readProjectFile, section, tableRows } from './markdown.ts';

const ENGINE = 'lambdas/engine/README.md';
const DOCUMENTS = ['README.md', 'CHANGELOG.md', ENGINE];

/** As GitHub makes anchors: lower case, no punctuation, hyphens for blanks. */
function anchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function engineSources(): string[] {
  const folder = dirname(ENGINE);
  const files = readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts')).map((file) => readProjectFile(join(folder, file)));
}

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readProjectFile(document);

  test('has no link that leads nowhere', () => {
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
    const dead = targets.filter((target) => {
      if (target.startsWith('https://')) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? document : join(dirname(document), path);
      if (!existsSync(join(PROJECT_ROOT, file))) return true;
      return anchor !== undefined && !anchors(readProjectFile(file)).includes(anchor);
    });
    expect(dead).toEqual([]);
  });
});

describe('the README of the engine', () => {
  const text = readProjectFile(ENGINE);

  test('has every stage, in order', () => {
    const stages = tableRows(text, ['stage', 'what a unit of it does', 'it is over when', 'file']).map(
      ([name]) => name,
    );
    expect(stages).toEqual([...STAGES, 'REVERT', 'RESET']);
  });

  test('numbers the invariants from I-1 to I-13', () => {
    const numbers = tableRows(text, ['number', 'it always holds that', 'kept in']).map(([number]) => number);
    expect(numbers).toEqual(Array.from({ length: 13 }, (_, at) => `I-${at + 1}`));
  });

  test('names no file or folder that is not there', () => {
    const paths = [...text.matchAll(/`([a-z][\w/-]*(?:\.ts|\/))`/g)].map((match) => match[1] ?? '');
    expect(paths.length).toBeGreaterThan(40);
    const roots = [
      PROJECT_ROOT,
      join(PROJECT_ROOT, dirname(ENGINE)),
      join(PROJECT_ROOT, dirname(ENGINE), 'pre-validation'),
    ];
    expect(paths.filter((path) => !roots.some((root) => existsSync(join(root, path))))).toEqual([]);
  });

  test('explains every table and column of the registry', () => {
    const registry = section(text, '## The registry');
    const schema = readProjectFile('lambdas/engine/registry/schema.ts');
    const tables = [...schema.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?shadowstep\.(\w+) \(\n([\s\S]*?)\n\s*\)[;`]/g)];
    expect(tables.map((match) => match[1])).toContain('run');
    const missing = tables.flatMap(([, table = '', body = '']) => {
      const told = registry.slice(registry.indexOf(`**\`${table}\`**`)).slice(2);
      const upToTheNext = told.slice(0, told.search(/\n\*\*`|\nIn the run/));
      const columns = [...body.matchAll(/^\s+([a-z_]+) +(?:bigint|text|oid|jsonb|integer|timestamptz|double)/gm)];
      return columns
        .map((match) => match[1] ?? '')
        .filter((column) => !upToTheNext.includes(`\`${column}\``))
        .map((column) => `${table}.${column}`);
    });
    expect(missing).toEqual([]);
  });

  test('names every rule of the registry', () => {
    const schema = readProjectFile('lambdas/engine/registry/schema.ts');
    const rules = [...schema.matchAll(/(?:CONSTRAINT|UNIQUE INDEX) (\w+)/g)].map((match) => match[1] ?? '');
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.filter((rule) => !text.includes(`\`${rule}\``))).toEqual([]);
  });

  test('names every mark that a run can bear', () => {
    const marks = engineSources().flatMap((source) => [...source.matchAll(/\bmarks(?:\.| ?->> ?')(\w+)/g)]);
    const names = [...new Set(marks.map((match) => match[1] ?? ''))];
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
