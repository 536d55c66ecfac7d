import { describe, expect, it } from 'vitest';
import { createDatabase, ROLES } from '../support/database.ts';
import { checkpoint } from './checkpoint.ts';
import { familyDdl, familyOf, sentinelStatements } from './family.ts';
import { Tally } from './tally.ts';
import { WalOracle } from './wal-oracle.ts';
import type { TortureWriter } from './writer.ts';
import { Writers } from './writers.ts';

const STEPS_BEFORE = 30;
const ROUNDS = 8;

/** Two writers that take their steps when the test says so; number 0 truncates. */
async function setup() {
  const database = await createDatabase();
  const family = familyOf('bigserial');
  await database.query(familyDdl(family, ROLES.owner, ROLES.app));
  const admin = await database.client();
  const oracle = await WalOracle.start(await database.client(), family);
  for (const statement of sentinelStatements(family)) await database.query(statement);
  const tally = new Tally();
  const writers = await Writers.create({
    family,
    tally,
    seed: 'truncate',
    writers: 2,
    connect: () => database.appClient(),
  });
  const [truncating, other] = writers.all as [TortureWriter, TortureWriter];
  await takeSteps(other, STEPS_BEFORE);
  truncating.mayTruncate = false;
  // Nobody has started: there is nobody to be held.
  const still = { all: writers.all, hold: async () => {}, release: () => {} };
  const differences = async () => (await checkpoint(admin, family, still, oracle)).differences;
  return { database, tally, truncating, other, differences };
}

async function takeSteps(writer: TortureWriter, steps: number): Promise<void> {
  for (let left = steps; left > 0; left -= 1) await writer.step();
}

/** Within one lock_timeout the other's transactions may be in the way: then once more. */
async function truncateNow(truncating: TortureWriter): Promise<void> {
  let done = false;
  truncating.truncatesNext = () => {
    done = true;
    truncating.truncatesNext = null;
  };
  for (let tries = 0; !done && tries < 100; tries += 1) await truncating.step();
  expect(truncating.faults).toEqual([]);
  expect(done).toBe(true);
}

describe('the books of the writers', () => {
  it('go on after a TRUNCATE of another: what is there was written later, and nothing comes back', async () => {
    const { database, truncating, other, differences } = await setup();
    const [gone] = other.books.rows('main');
    await database.query('CREATE TABLE public.kept AS SELECT * FROM public.main WHERE owner = 1');
    await truncateNow(truncating);
    expect(other.booksAreGood).toBe(true);
    expect(other.books.rows('main')).toEqual([]);
    expect(other.books.rows('up').length, 'not truncated').toBeGreaterThan(0);
    await takeSteps(other, 5);
    expect(other.faults).toEqual([]);
    expect(await differences()).toEqual([]);

    await database.query('INSERT INTO public.main SELECT * FROM public.kept WHERE id = $1', [gone?.key[0]]);
    expect(await differences()).toEqual([`writer 1's books, main ${gone?.key[0]}: was removed`]);
  });

  it('are right, or known to be doubtful, whatever statement of his a TRUNCATE overtakes', async () => {
    const { tally, truncating, other, differences } = await setup();
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all([truncateNow(truncating), takeSteps(other, 4)]);
      expect(other.faults).toEqual([]);
      expect(await differences(), `round ${round}`).toEqual([]);
    }
    expect(tally.truncates).toBe(ROUNDS);
    expect(tally.booksKept + tally.booksReadAnew).toBeGreaterThan(0);
  });
});
