import { chanceOf } from './arena.ts';
import { JOURNEYS, type Journey } from './journeys.ts';
import type { Shape } from './shape.ts';

/** How many of the four journeys a shape goes through on which major: two on 16, where few other tests run. */
const SHARES: readonly (readonly [major: number, journeys: number])[] = [
  [14, 1],
  [16, 2],
  [18, 1],
];

/**
 * The shape's journeys on a major, in the order of JOURNEYS: all four on 14, 16 and 18 together, and all four on another
 * major. What an older one cannot have is made up for on the next.
 */
export function journeysOn(
  majorVersion: number,
  { name, minimumMajor = 14, refusedBelow = 14 }: Pick<Shape, 'name' | 'minimumMajor' | 'refusedBelow'>,
): readonly Journey[] {
  let first = chanceOf(name) % JOURNEYS.length;
  let count = 0;
  for (const [major, share] of SHARES) {
    count += share;
    if (major === majorVersion) {
      return JOURNEYS.filter((_, place) => (place - first + 2 * JOURNEYS.length) % JOURNEYS.length < count);
    }
    if (major >= Math.max(minimumMajor, refusedBelow)) {
      first += count;
      count = 0;
    }
  }
  return JOURNEYS;
}

/** One shape in so many is in `npm test`: all of them take a third of its time. */
const SOME = 6;

/** Whether a shape is among those that go through without being asked for; on another major others are. */
export function isAmongSome(majorVersion: number, name: string): boolean {
  return (chanceOf(name, 'some') + majorVersion / 2) % SOME < 1;
}
