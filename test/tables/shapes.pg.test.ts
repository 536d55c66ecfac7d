import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Arena, chanceOf } from './arena.ts';
import { JOURNEYS, type Journey } from './journeys.ts';
import { isAmongSome, journeysOn } from './rotation.ts';
import { discoverShapes, type Shape } from './shape.ts';

/** Where runs die and which stage is reset follows from it and the shape's name. */
const SEED = process.env.SHAPES_SEED ?? '1';
/** 'all', or parts of shapes' names, parted by commas, to go through a few of them. Without it: some, see `isAmongSome`. */
const ASKED_SHAPES = process.env.SHAPES ?? '';
/** Shapes that share a database: more make fewer dumps of larger catalogs. */
const SHAPES_PER_DATABASE = 15;

/** Two hundred indexes are as many statements, each over a connection of its own. */
const LONGEST_JOURNEY_MS = 240_000;

const { majorVersion } = inject('postgres');

/** SHAPES_JOURNEYS=all goes through all four, SHAPES_JOURNEYS=run,crash through some. */
const ASKED = process.env.SHAPES_JOURNEYS ?? '';

interface Group {
  readonly shapes: readonly Shape[];
  readonly journeys: readonly Journey[];
}

function isAsked(name: string): boolean {
  if (ASKED_SHAPES === 'all') return true;
  if (ASKED_SHAPES === '') return isAmongSome(majorVersion, name);
  return ASKED_SHAPES.split(',').some((part) => name.includes(part));
}

function groups(): Group[] {
  const asked = JOURNEYS.filter((journey) => ASKED === 'all' || ASKED.split(',').includes(journey));
  const shapes = discoverShapes(majorVersion).filter(({ name }) => isAsked(name));
  const together = new Map<string, Shape[]>();
  for (const shape of shapes) {
    const journeys = (asked.length > 0 ? asked : journeysOn(majorVersion, shape)).join();
    together.set(journeys, [...(together.get(journeys) ?? []), shape]);
  }
  return [...together].toSorted().flatMap(([key, mine]) => {
    const journeys = JOURNEYS.filter((journey) => key.split(',').includes(journey));
    const sharing = mine.filter((shape) => shape.ownDatabase !== true);
    return [
      ...Array.from({ length: Math.ceil(sharing.length / SHAPES_PER_DATABASE) }, (_, number) => ({
        shapes: sharing.slice(number * SHAPES_PER_DATABASE, (number + 1) * SHAPES_PER_DATABASE),
        journeys,
      })),
      ...mine.filter((shape) => shape.ownDatabase === true).map((shape) => ({ shapes: [shape], journeys })),
    ];
  });
}

const titled = groups().map((group) => [`${group.shapes[0]?.name} and those after it`, group] as const);

describe.each(titled)('%s', (_, { shapes, journeys }) => {
  let arena: Arena;
  /** Tests that have not ended well. */
  let failed = 0;

  beforeAll(async () => {
    arena = await Arena.build(shapes);
  });

  afterAll(async () => {
    if (failed === 0) await arena?.drop();
  });

  describe.each(journeys)('%s', (journey) => {
    it.each(shapes.map((shape) => [shape.name, shape] as const))(
      '[%s] is the same table afterwards',
      async (_, shape) => {
        failed += 1;
        await arena.expectJourney(shape, journey, chanceOf(shape.name, journey, majorVersion, SEED));
        failed -= 1;
      },
      LONGEST_JOURNEY_MS,
    );

    it('the whole catalog is the same afterwards', async () => {
      failed += 1;
      await arena.expectSameCatalog(journey);
      failed -= 1;
    });
  });
});

it('there are shapes', () => {
  expect(discoverShapes(majorVersion).length).toBeGreaterThan(0);
});
