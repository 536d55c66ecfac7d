import { describe, expect, test } from 'vitest';
import { PostgresError } from '../../lambdas/engine/errors.ts';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import type { Measure, UnitResult } from '../../lambdas/engine/unit.ts';
import { displayOn } from '../../lambdas/local/progress/display.ts';
import { secondsLeft, withSample } from '../../lambdas/local/progress/estimate.ts';
import { Progress } from '../../lambdas/local/progress/progress.ts';
import { liveLine, type StageView } from '../../lambdas/local/progress/stage-view.ts';
import { exampleReport } from './reports.ts';
import { CollectingSink } from './sink.ts';

const RESULT: UnitResult = {
  status: 'more',
  waitSeconds: 0,
  because: '',
  action: 'repack',
  runId: '7',
  stage: 'BACKFILL',
  table: 'public.orders',
  unitsDone: 1,
  progress: { done: '0', estimated: '0', percent: 0, measure: '' },
  message: '',
};

/** A progress over a clock that the test moves. */
function progressOn(sink: CollectingSink) {
  let nowMs = 0;
  const progress = new Progress(displayOn(sink), () => nowMs);
  return {
    progress,
    after: (ms: number) => {
      nowMs += ms;
    },
    unit: (task: TaskName, result: Partial<UnitResult>, tookMs = 0) => {
      progress.onEvent({ type: 'unit-started', task });
      nowMs += tookMs;
      progress.onEvent({ type: 'unit-ended', task, result: { ...RESULT, ...result } });
    },
  };
}

function rows(done: number): UnitResult['progress'] {
  return counted('rows', done, 1_000_000);
}

function counted(measure: Measure, done: number, estimated: number) {
  return { measure, done: String(done), estimated: String(estimated), percent: 0 };
}

describe('progress in a log', () => {
  test('is a line when a stage begins and one when it ends, whatever the number of its units', () => {
    const sink = new CollectingSink();
    const { progress, unit } = progressOn(sink);
    unit('REQUEST', { status: 'done' });
    unit('SETUP', { status: 'done', message: 'The copy is made' }, 150);
    for (let done = 0; done < 10; done += 1) {
      unit('BACKFILL', { progress: rows(done * 100_000) }, 60_000);
    }
    unit('BACKFILL', { status: 'done', progress: rows(1_000_000), message: 'All rows are copied' }, 3_000);
    progress.close();
    expect(sink.lines()).toEqual([
      'SETUP             begins',
      'SETUP                150 ms  The copy is made',
      'BACKFILL          begins',
      'BACKFILL          10 min 03 s  All rows are copied',
    ]);
  });

  test('tells a reason to wait once, however its age has changed, and others ten seconds apart', () => {
    const sink = new CollectingSink();
    const { unit } = progressOn(sink);
    const blockedFor = (age: number) => `pid 4711 (psql, user shop, ${age} s, UPDATE) holds RowExclusiveLock`;
    for (const age of [1, 2, 61]) {
      unit('SWAP', { status: 'wait', because: blockedFor(age) }, 15_000);
    }
    for (let pid = 1; pid <= 12; pid += 1) {
      unit('SWAP', { status: 'wait', because: `pid ${pid} holds it` }, 1_000);
    }
    expect(sink.lines()).toEqual([
      'SWAP              begins',
      `SWAP              waits: ${blockedFor(1)}`,
      'SWAP              waits: pid 1 holds it',
      'SWAP              waits: pid 11 holds it',
    ]);
  });

  test('tells of a trouble that is retried, and of the error that ended it', () => {
    const sink = new CollectingSink();
    const { progress } = progressOn(sink);
    progress.onEvent({ type: 'unit-started', task: 'SWAP' });
    const error = new PostgresError('DeadlockError', 'The server chose us. Nothing was changed.', '40P01', null);
    progress.onEvent({ type: 'unit-failed', task: 'SWAP', error });
    progress.close();
    expect(sink.lines().slice(1)).toEqual([
      'SWAP              waits: DeadlockError: The server chose us.',
      'SWAP                   0 ms  DeadlockError',
    ]);
  });
});

describe('progress on a terminal', () => {
  test('is one line per stage, written over, with rows, percent, time left and what is waited for', () => {
    const sink = new CollectingSink({ columns: 200 });
    const { progress, unit, after } = progressOn(sink);
    unit('BACKFILL', { progress: rows(0) });
    unit('BACKFILL', { progress: rows(100_000) }, 10_000);
    expect(sink.text.split('\r\u001b[2K').at(-1)).toBe(
      'BACKFILL          10.0 s  100,000 of about 1,000,000 rows  10 %  about 1 min 30 s left',
    );
    after(10_000);
    progress.onReport(exampleReport({ stage: 'BACKFILL', progress: counted('rows', 300_000, 1_000_000) }));
    expect(sink.text.split('\r\u001b[2K').at(-1)).toContain('300,000 of about 1,000,000 rows  30 %');
    unit('BACKFILL', { status: 'done', progress: rows(1_000_000) });
    progress.close();
    expect(sink.text).not.toContain('\n\r');
    expect(sink.lines()).toHaveLength(1);
  });

  test('the blocks of a unit are called blocks, and give way to the rows that the registry tells of', () => {
    const sink = new CollectingSink({ columns: 200 });
    const { progress, unit } = progressOn(sink);
    const shown = () => sink.text.split('\r\u001b[2K').at(-1);
    unit('BACKFILL', { progress: counted('blocks', 500, 1_000) });
    expect(shown()).toContain('500 of 1,000 blocks  50 %');
    progress.onReport(exampleReport({ stage: 'BACKFILL', progress: counted('rows', 300_000, 1_000_000) }));
    expect(shown()).toContain('300,000 of about 1,000,000 rows  30 %');
    unit('BACKFILL', { progress: counted('blocks', 600, 1_000) });
    expect(shown()).toContain('300,000 of about 1,000,000 rows  30 %');
  });

  test('a stage counts one thing after the other, each from its own beginning', () => {
    const sink = new CollectingSink({ columns: 200 });
    const { progress, unit, after: later } = progressOn(sink);
    const shown = () => sink.text.split('\r\u001b[2K').at(-1);
    unit('POST_SYNC_UPDATE', { progress: counted('keys', 4_000, 5_000) });
    expect(shown()).toContain('4,000 of about 5,000 keys  80 %');
    progress.onReport(exampleReport({ stage: 'POST_SYNC_UPDATE', progress: counted('ranges', 1, 8) }));
    later(10_000);
    progress.onReport(exampleReport({ stage: 'POST_SYNC_UPDATE', progress: counted('ranges', 3, 8) }));
    expect(shown()).toContain('3 of 8 ranges  37 %  about 25.0 s left');
    unit('SWAP', { stage: 'SWAP', progress: counted('foreign keys', 1, 2) });
    expect(shown()).toContain('1 of 2 foreign keys  50 %');
  });

  test('a line is never wider than the terminal', () => {
    const view: StageView = {
      task: 'POST_SYNC_UPDATE',
      elapsedMs: 1_000,
      measure: 'ranges',
      done: 5n,
      estimated: 10n,
      secondsLeft: null,
      waitingFor: 'x'.repeat(200),
    };
    expect(liveLine(view, 80)).toHaveLength(79);
    expect(liveLine(view, 80)).toMatch(/^POST_SYNC_UPDATE {2}1\.0 s {2}5 of 10 ranges {2}50 % {2}waiting: x+…$/);
  });
});

describe('the estimate', () => {
  const at = (atMs: number, done: number) => ({ atMs, done: BigInt(done) });

  test('is the rest at the pace of the samples', () => {
    expect(secondsLeft([at(0, 0), at(10_000, 100)], 400n)).toBe(30);
  });

  test('is none where there is no pace: too short, standing still, or beyond the estimate', () => {
    expect(secondsLeft([], 10n)).toBeNull();
    expect(secondsLeft([at(0, 0), at(1_000, 5)], 10n)).toBeNull();
    expect(secondsLeft([at(0, 5), at(9_000, 5)], 10n)).toBeNull();
    expect(secondsLeft([at(0, 0), at(9_000, 12)], 10n)).toBeNull();
  });

  test('forgets what is more than a minute old', () => {
    const samples = [at(0, 0), at(30_000, 1), at(61_000, 2)].reduce(withSample, [] as ReturnType<typeof withSample>);
    expect(samples).toEqual([at(30_000, 1), at(61_000, 2)]);
  });
});
