import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readArguments, type TortureArguments } from './arguments.ts';
import { familyOf } from './family.ts';
import { Random } from './random.ts';
import { type EpisodePlan, episodePlan, episodeSeed, replayCommand } from './replay.ts';
import { planRun } from './run-plan.ts';

const BEFORE_THE_WORDS = /^TEST_PG_MAJOR=(\d+) npm run torture -- /;

/** What the command hands over to the program, as the shell takes it apart. */
function readAgain(command: string): { readonly major: string | undefined; readonly wanted: TortureArguments } {
  const [head = '', major] = BEFORE_THE_WORDS.exec(command) ?? [];
  expect(head, `a command to be typed: ${command}`).not.toBe('');
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${command.slice(head.length)}`], { encoding: 'utf8' });
  return { major, wanted: readArguments(words.split('\0').slice(0, -1), {}) };
}

/** What `npm run torture` makes of an episode, with all its runs. */
function planned(plan: EpisodePlan) {
  const random = new Random(`${episodeSeed(plan)}:runs`);
  const family = familyOf(plan.shape);
  return { ...plan, runs: Array.from({ length: plan.runs }, () => planRun(random, family)) };
}

describe('the command that a failure prints', () => {
  it.each<readonly string[]>([
    ['--minutes', '30'],
    ['--minutes', '0.5', '--seed', '7', '--writers', '3', '--from-episode', '4'],
    ['--minutes', '2', '--seed', `it's a "seed" $HOME`, '--shape', 'text', '--runs', '2'],
    ['--minutes', '2', '--database-url', `postgres://postgres:a'b@localhost:5432/postgres?sslmode=disable`],
  ])('begins with the same episode, shape, writers and plan of runs: %s %s %s %s', (...argv) => {
    const wanted = readArguments(argv, {});
    const failed = episodePlan(wanted, wanted.fromEpisode + 6);
    const again = readAgain(replayCommand(failed, { majorVersion: 14, databaseUrl: wanted.databaseUrl }));
    expect(again.major).toBe('14');
    expect(again.wanted.databaseUrl).toBe(wanted.databaseUrl);
    expect(planned(episodePlan(again.wanted, again.wanted.fromEpisode))).toEqual(planned(failed));
  });

  it('leads from an episode of the short pass, whose shape is not the one whose turn it is, to the same', () => {
    const failed: EpisodePlan = { seed: 'short', number: 3, shape: 'identity', writers: 4, runs: 1 };
    const { wanted } = readAgain(replayCommand(failed, { majorVersion: 18, databaseUrl: null }));
    expect(planned(episodePlan(wanted, wanted.fromEpisode))).toEqual(planned(failed));
  });

  it.each([
    ['--shape', 'round'],
    ['--runs', '0'],
    ['--from-episode', '1.5'],
    ['--writers', '1'],
  ])('is refused with the usage where it is mistyped: %s %s', (option, value) => {
    expect(() => readArguments(['--minutes', '1', option, value], {})).toThrow(/^Usage: npm run torture/);
  });
});
