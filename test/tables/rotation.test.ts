import { describe, expect, it } from 'vitest';
import { JOURNEYS } from './journeys.ts';
import { journeysOn } from './rotation.ts';

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
