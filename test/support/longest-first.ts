import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Begun last, one of these would keep one core busy while the others have nothing left to do. In order, longest first. */
const LONGEST = [
  'test/tables/shapes.pg.test.ts',
  'test/lifecycle/crash.pg.test.ts',
  'test/local/cli.pg.test.ts',
  'test/partitions/crash.pg.test.ts',
  'test/crash/client-dies.pg.test.ts',
  'test/partitions/leaf.pg.test.ts',
  'test/meddling/ours.pg.test.ts',
  'test/lifecycle/whole-run.pg.test.ts',
  'test/meddling/source.pg.test.ts',
  'test/dependents/materialized-views.pg.test.ts',
  'test/undo/mid-stage.pg.test.ts',
  'test/replicas/promotion.pg.test.ts',
  'test/crash/terminated.pg.test.ts',
  'test/torture/short.pg.test.ts',
  'test/locks/stages-and-holders.pg.test.ts',
  'test/lifecycle/revert-and-reset.pg.test.ts',
  'test/engine/backfill-truncate.pg.test.ts',
  'test/verify/random-tables.pg.test.ts',
];

/** Those known to be long first, the others by size, as vitest orders files of which it remembers nothing. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const gone = LONGEST.filter((file) => !existsSync(join(root, file)));
    if (gone.length > 0) throw new Error(`${import.meta.url} names files that are not there: ${gone.join(', ')}`);
    const rank = (file: TestSpecification) => {
      const place = LONGEST.indexOf(relative(root, file.moduleId));
      return place < 0 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
