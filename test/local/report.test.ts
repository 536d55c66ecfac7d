import { describe, expect, test } from 'vitest';
import { RefusedError } from '../../lambdas/engine/errors.ts';
import { errorDocument, jsonText, outcomeOfError } from '../../lambdas/local/report/json-document.ts';
import { formatBytes, formatCount, formatDuration, formatShrinkage } from '../../lambdas/local/report/quantities.ts';
import { statusLines, summaryLines } from '../../lambdas/local/report/summary.ts';
import { exampleReport } from './reports.ts';

describe('quantities', () => {
  test.each([
    [0, '0'],
    ['999', '999'],
    [1234567n, '1,234,567'],
  ])('%s rows are %s', (count, text) => expect(formatCount(count)).toBe(text));

  test.each([
    [0, '0 bytes'],
    ['8192', '8.0 kB'],
    [1290797056n, '1.2 GB'],
    ['99999999999999999', '89 PB'],
  ])('%s bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  test.each([
    [0, '0 ms'],
    [8.25, '8.3 ms'],
    [999, '999 ms'],
    [12_345, '12.3 s'],
    [59_960, '1 min 00 s'],
    [245_000, '4 min 05 s'],
    [11_520_000, '3 h 12 min'],
  ])('%s ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  test('sizes say which way they went', () => {
    expect(formatShrinkage('1000', '250')).toBe('1000 bytes → 250 bytes (75 % smaller)');
    expect(formatShrinkage('1000', '1100')).toBe('1000 bytes → 1.1 kB (10 % larger)');
    expect(formatShrinkage('1000', null)).toBe('1000 bytes before');
    expect(formatShrinkage(null, null)).toBe('not known yet');
  });
});

describe('what a person reads', () => {
  test('the closing lines of a run', () => {
    expect(summaryLines(exampleReport())).toEqual([
      '  rows copied         1,600,000',
      '  changes applied     12,345 keys, 6 put back',
      '  size                1.2 GB → 695 MB (44 % smaller)',
      '  longest lock wait   12 ms',
      '  longest lock held   8.3 ms',
      '  verification        passed: 1,600,000 rows compared, no difference',
      '  foreign keys        2 validated',
      '  findings            none',
    ]);
  });

  test('trouble is not overlooked', () => {
    const lines = statusLines(
      exampleReport({
        stage: 'SWAP',
        finishedAt: null,
        verification: { result: 'failed', rowsCompared: '100', differences: '2' },
        foreignKeys: { validated: 1, leftNotValid: 1 },
        findings: [{ findingId: '3', kind: 'FOREIGN_KEY', at: '2026-03-01T10:00:00Z' }],
        waitingFor: 'pid 4711',
        running: [
          { kind: 'index', object: 'orders_pkey', pid: 4712, seconds: 754, percent: 42 },
          { kind: 'index', object: 'orders_code_key', pid: 4713, seconds: null, percent: null },
        ],
        lastError: { name: 'LockTimeoutError', message: 'Could not\nlock', at: '2026-03-01T10:00:00Z' },
        driver: { id: 'local:d', live: false, expiresAt: null },
        keysPending: '1200',
      }),
    );
    expect(lines[0]).toBe('public.orders: run 7, SWAP');
    expect(lines).toEqual(
      expect.arrayContaining([
        '  verification        FAILED: 2 of 100 rows differ',
        '  foreign keys        1 validated, 1 LEFT NOT VALID (see findings)',
        '  findings            3 (FOREIGN_KEY)',
        '  waiting for         pid 4711 (as last seen: nobody has driven the run)',
        '  running             index orders_pkey (pid 4712, 12 min 34 s, 42 %), index orders_code_key (pid 4713); holds back the vacuum horizon of the database until then',
        '  last error          LockTimeoutError at 2026-03-01T10:00:00Z: Could not lock',
        '  driver              local:d, gone: `run` resumes',
        '  changes pending     1,200 keys',
      ]),
    );
  });
});

describe('what is no longer so', () => {
  const lineOf = (changes: Parameters<typeof exampleReport>[0], label: string) =>
    statusLines(exampleReport(changes)).find((line) => line.startsWith(`  ${label}`));

  test('what a dead driver waited for is told with its age', () => {
    const gone = { id: 'local:d', live: false, expiresAt: '2026-03-01T10:01:30.000Z' };
    expect(lineOf({ waitingFor: 'pid 4711', driver: gone }, 'waiting')).toBe(
      '  waiting for         pid 4711 (as last seen: nobody has driven the run since about 2026-03-01T10:00:00.000Z)',
    );
    expect(lineOf({ waitingFor: 'pid 4711', driver: { ...gone, live: true } }, 'waiting')).toBe(
      '  waiting for         pid 4711',
    );
    expect(lineOf({ waitingFor: null, driver: gone }, 'waiting')).toBe('  waiting for         nothing');
  });

  test('a revert whose driver is gone is finished by revert: run is refused there', () => {
    const driver = { id: 'local:d', live: false, expiresAt: null };
    expect(lineOf({ stage: 'REVERT', driver }, 'driver')).toBe('  driver              local:d, gone: `revert` resumes');
  });

  test.each(['REVERTED', 'RESET'] as const)('a run that is %s has made nothing smaller', (stage) => {
    expect(lineOf({ stage }, 'size')).toBe('  size                1.2 GB when the run began; the old table stays');
  });
});

describe('the JSON document', () => {
  test('has counts as strings of digits, and ends with a newline', () => {
    expect(jsonText({ rows: 2n ** 60n })).toBe('{\n  "rows": "1152921504606846976"\n}\n');
  });

  test('of a refusal holds every reason by its code', () => {
    const refusals = [{ code: 'NO_USABLE_KEY', message: 'It has no key.', remedy: 'ALTER TABLE …' }];
    const error = new RefusedError('public.orders', refusals);
    expect(errorDocument(error)).toMatchObject({ name: 'RefusedError', refusals });
    expect(outcomeOfError(error)).toBe('refused');
  });
});
