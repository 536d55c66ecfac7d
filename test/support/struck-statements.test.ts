import { describe, expect, test } from 'vitest';
import { SentStatements, StruckStatements } from './struck-statements.ts';

/** The statements that are points, of one unit that sends them all. */
function pointsOf(struck: StruckStatements, state: string, statements: readonly string[]): string[] {
  const unit = struck.unit('SETUP', state);
  return statements.filter((statement) => unit.isPoint(1, statement));
}

const UNIT = ['SELECT 1', 'UPDATE lease', 'BEGIN', 'INSERT a', 'COMMIT', 'BEGIN', 'INSERT b', 'COMMIT'];

describe('struck statements', () => {
  test('every statement is a point once, and each COMMIT by what it commits', () => {
    const struck = new StruckStatements();
    expect(pointsOf(struck, 'one', UNIT)).toEqual([
      'SELECT 1',
      'UPDATE lease',
      'BEGIN',
      'INSERT a',
      'COMMIT',
      'INSERT b',
      'COMMIT',
    ]);
    expect(pointsOf(struck, 'one', UNIT)).toEqual([]);
  });

  test('in another state what may leave something behind is a point again, what only reads or is rolled back is not', () => {
    const struck = new StruckStatements();
    pointsOf(struck, 'one', UNIT);
    expect(pointsOf(struck, 'two', UNIT)).toEqual(['UPDATE lease', 'COMMIT', 'COMMIT']);
  });

  test('what was not struck is told, and is all that is left to strike', () => {
    const struck = new StruckStatements();
    const sent = new SentStatements();
    for (const statement of UNIT) sent.add('SETUP', statement);
    pointsOf(struck, 'one', UNIT.slice(0, 5));
    expect(() => struck.expectToCover(sent)).toThrow('never struck');
    expect(struck.narrowToMissed(sent)).toBe(true);
    expect(pointsOf(struck, 'two', UNIT)).toEqual(['INSERT b']);
    struck.expectToCover(sent);
    expect(struck.narrowToMissed(sent)).toBe(false);
  });
});
