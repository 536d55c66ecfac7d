import { describe, expect, it } from 'vitest';
import { createDatabase, ROLES } from '../support/database.ts';
import { runEpisode } from './episode.ts';
import { formatNumbers } from './numbers.ts';
import type { Shape } from './shapes.ts';
import { Tally } from './tally.ts';

/** A run that goes through at full speed, one that is reverted and one that is reset: what a seed plans is always the same. */
const EPISODES: readonly (readonly [Shape, string])[] = [
  ['composite', 'short/14'],
  ['identity', 'short/3'],
  ['uuid', 'short/6'],
];

/** A bound for a hung run; an episode takes seconds, and minutes on a machine with ten times its work. */
const MOST_MS = 600_000;

describe('torture, a short pass', () => {
  it.each(EPISODES)(
    '[%s, seed %s] loses nothing, whatever the writers do',
    async (shape, seed) => {
      const database = await createDatabase();
      const tally = new Tally();
      const startedMs = performance.now();
      const result = await runEpisode({
        database: {
          superuserUrl: database.url,
          ownerUrl: database.urlOf('owner'),
          appUrl: database.urlOf('app'),
          ownerRole: ROLES.owner,
          appRole: ROLES.app,
        },
        shape,
        seed,
        writers: 4,
        tally,
        goesOn: () => false,
      });
      console.log(
        formatNumbers({ minutes: (performance.now() - startedMs) / 60_000, results: [result], tally }).join('\n'),
      );
      expect(result.failure ?? 'nothing').toBe('nothing');
      expect(result.rowsCompared).toBeGreaterThan(0);
    },
    MOST_MS,
  );
});
