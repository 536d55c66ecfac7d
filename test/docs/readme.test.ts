import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FATAL_ERROR_NAMES, RETRYABLE_ERROR_NAMES } from '../../lambdas/engine/errors.ts';
import { TABLE_PARTS } from '../../lambdas/engine/pre-validation/table-parts.ts';
import { REQUEST_FIELDS, type RequestField } from '../../lambdas/engine/request-fields.ts';
import { STAGES } from '../../lambdas/engine/stages.ts';
import { PROJECT_ROOT } from '../../lambdas/local/definition.ts';
import { EXIT, exitCodeOf } from '../../lambdas/local/exit-codes.ts';
import { helpText } from '../../lambdas/local/help.ts';
import { readProjectFile, tableRows } from './markdown.ts';
import { CHECKS, withWrittenTables } from './readme-tables.ts';

const README = readProjectFile('README.md');
const CHECKS_FOLDER = 'lambdas/engine/pre-validation/checks';

/** Codes of the checks that never refuse: a check's verdict is only known by running it, so its source is asked. */
function codesThatOnlyWarn(): ReadonlySet<string> {
  const sources = readdirSync(`${PROJECT_ROOT}${CHECKS_FOLDER}`).map((file) =>
    readProjectFile(`${CHECKS_FOLDER}/${file}`),
  );
  const warning = sources.filter((source) => source.includes('warn(') && !source.includes('refuse('));
  return new Set(warning.flatMap((source) => [...source.matchAll(/code: '(\w+)'/g)].map((match) => match[1] ?? '')));
}

describe('the README', () => {
  test('has the tables that `npm run docs` writes from the lists of PRE_VALIDATION', () => {
    expect(withWrittenTables(README) === README, 'run npm run docs').toBe(true);
    const written = tableRows(README, ['code', 'what must be so', 'why']).map(([code]) => code);
    expect(written).toEqual(CHECKS.filter((check) => check.onlyWarns !== true).map(({ code }) => code));
  });

  test('lists as a warning what never refuses', () => {
    const warnings = tableRows(README, ['code', 'what to know of', 'why']).map(([code]) => code ?? '');
    expect(warnings.toSorted()).toEqual([...codesThatOnlyWarn()].toSorted());
  });

  test('has every fact of a table in the list of what is carried and refused', async () => {
    const parts = TABLE_PARTS.flatMap((part) => part.facts);
    const source = readProjectFile('lambdas/engine/catalog/table-facts.ts');
    const dependents = readProjectFile('lambdas/engine/catalog/dependent-facts.ts');
    const fieldsOf = (text: string, name: string) => {
      const body = new RegExp(`export interface ${name}[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(text)?.[1] ?? '';
      return [...body.matchAll(/^ {2}readonly (\w+):/gm)].map((match) => match[1] ?? '');
    };
    const known = [...fieldsOf(source, 'TableFacts'), ...fieldsOf(dependents, 'DependentFacts')];
    expect(known.length).toBeGreaterThan(30);
    expect(parts.toSorted()).toEqual(known.toSorted());
  });

  test('lists every field of a request with its meaning, its range and its default', () => {
    const expected = Object.entries<RequestField>(REQUEST_FIELDS).map(([name, { schema, expects }]) => {
      const byDefault = schema.safeParse(undefined);
      return [name, schema.description, expects, byDefault.success ? JSON.stringify(byDefault.data) : '–'];
    });
    expect(tableRows(README, ['field', 'what it is', 'must be', 'default'])).toEqual(expected);
  });

  test('lists every error that is retried, and every other one with its exit code', () => {
    const retried = tableRows(README, ['error', 'what happened', 'repeated for at most', 'then']);
    expect(retried.map(([name]) => name)).toEqual([...RETRYABLE_ERROR_NAMES]);
    const fatal = tableRows(README, ['error', 'what happened, and what was not changed', 'what to do', 'exit code']);
    expect(fatal.map(([name, , , code]) => [name, code])).toEqual(
      FATAL_ERROR_NAMES.map((name) => [name, String(exitCodeOf(Object.assign(new Error(), { name })))]),
    );
  });

  test('says for each stage what is locked, and what is there when it fails', () => {
    const locks = tableRows(README, ['stage', 'strongest lock', 'on', 'how long']);
    expect(locks.map(([stage]) => stage)).toEqual([...STAGES]);
    const header = ['stage', 'what is in the database when it fails', 'the application', 'to go on, to undo'];
    const failures = tableRows(README, header).map(([stage]) => stage ?? '');
    for (const stage of STAGES)
      expect(
        failures.some((cell) => cell.includes(stage)),
        stage,
      ).toBe(true);
  });

  test('lists every flag and every exit code of the command line', () => {
    const flags = tableRows(README, ['flag', 'of', 'meaning']).map(([flag]) => /--[\w-]+/.exec(flag ?? '')?.[0] ?? '');
    const help = `${helpText(null)}${helpText('run')}`.matchAll(/^ {2}(?:-h, )?(--[\w-]+)/gm);
    expect(flags.toSorted()).toEqual([...new Set([...help].map((match) => match[1] ?? ''))].toSorted());
    const codes = tableRows(README, ['exit code', 'means']).flatMap(
      (row) => row.join(' ').match(/^\d+|\d+(?= by)/g) ?? [],
    );
    expect(codes.map(Number)).toEqual(Object.values(EXIT));
  });

  test('lists every field of a report, which `status` and --json print', () => {
    const fieldsOf = (file: string, name: string) => {
      const source = readProjectFile(`lambdas/engine/registry/${file}`);
      const report = new RegExp(`export interface ${name} \\{\\n([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? '';
      return [...report.matchAll(/^ {2}readonly (\w+):/gm)].map((match) => match[1] ?? '');
    };
    const listed = (field: string) =>
      tableRows(README, [field, 'what it is', 'healthy'])
        .flatMap(([cell]) => cell?.split(', ') ?? [])
        .toSorted();
    const fields = fieldsOf('report.ts', 'RunReport');
    expect(fields.length).toBeGreaterThan(10);
    expect(listed('field')).toEqual([...fields, 'outcome', 'message', 'error'].toSorted());
    const ofWhole = fieldsOf('whole-report.ts', 'WholeReport');
    expect(ofWhole.length).toBeGreaterThan(10);
    expect(listed('field of a whole')).toEqual(ofWhole.toSorted());
  });
});
