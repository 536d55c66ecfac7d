import { describe, expect, it } from 'vitest';
import { JOURNEYS } from './journeys.ts';
import { isAmongSome, journeysOn } from './rotation.ts';
import { discoverShapes } from './shape.ts';

describe('the rotation of journeys', () => {
  it.each([
    [14, [14, 16, 18]],
    [15, [16, 18]],
    [18, [18]],
  ])('takes a shape that needs %i through all four, each once', (minimumMajor, majors) => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'keys-of-some-kind', 'sizes-of-another']) {
      const shape = { name, minimumMajor };
      expect(majors.flatMap((major) => journeysOn(major, shape)).toSorted()).toEqual(JOURNEYS.toSorted());
    }
  });

  it('takes a shape through all four on a major of its own', () => {
    expect(journeysOn(17, { name: 'a' })).toEqual(JOURNEYS);
  });
});

describe('the shapes of npm test', () => {
  it.each([14, 15, 16, 17, 18])('are about a sixth on %i', (major) => {
    const names = discoverShapes(18).map(({ name }) => name);
    const some = names.filter((name) => isAmongSome(major, name));
    expect(some.length).toBeGreaterThan(names.length / 9);
    expect(some.length).toBeLessThan(names.length / 4);
  });

  it('are others on 14, 16 and 18', () => {
    for (const { name } of discoverShapes(18)) {
      expect([14, 16, 18].filter((major) => isAmongSome(major, name)).length).toBeLessThan(2);
    }
  });
});
