import { describe, expect, test } from 'vitest';
import type { StatementObserver } from '../../lambdas/engine/postgres/session.ts';
import { CrashingObserver, crashPoints, SimulatedCrash, StatementCounter } from './crash-points.ts';

/** Sends statements as a session does; resolves to those that reached the server. */
async function run(observer: StatementObserver, statements: readonly string[]): Promise<string[]> {
  const reached: string[] = [];
  for (const statement of statements) {
    try {
      await observer.before(statement);
      reached.push(statement);
      await observer.after(statement);
    } catch (error) {
      expect(error).toBeInstanceOf(SimulatedCrash);
    }
  }
  return reached;
}

describe('crash points', () => {
  test('every statement gives two', async () => {
    const counter = new StatementCounter();
    await run(counter, ['BEGIN', 'COMMIT']);
    expect(counter.count).toBe(2);
    expect(crashPoints(counter)).toEqual([
      { statement: 1, moment: 'before' },
      { statement: 1, moment: 'after' },
      { statement: 2, moment: 'before' },
      { statement: 2, moment: 'after' },
    ]);
  });

  test('nothing reaches the server from the point on', async () => {
    const statements = ['a', 'b', 'ROLLBACK'];
    expect(await run(new CrashingObserver({ statement: 2, moment: 'before' }), statements)).toEqual(['a']);
    expect(await run(new CrashingObserver({ statement: 2, moment: 'after' }), statements)).toEqual(['a', 'b']);
  });

  test('a second session of the same process is dead too', async () => {
    const observer = new CrashingObserver({ statement: 1, moment: 'after' });
    observer.before('a');
    expect(() => observer.before('of another session')).toThrow(SimulatedCrash);
    expect(() => observer.after()).toThrow('Died after statement 1: a');
  });

  test('a point beyond the end is noticed', async () => {
    const observer = new CrashingObserver({ statement: 4, moment: 'before' });
    expect(await run(observer, ['a', 'b'])).toEqual(['a', 'b']);
    expect(observer.crashed).toBe(false);
  });
});
