import { describe, expect, it } from 'vitest';
import type { TaskName } from '../../lambdas/engine/stages.ts';
import { dieThroughout, total } from '../lifecycle/die-everywhere.ts';
import { drive } from '../lifecycle/drive.ts';
import { dumpCatalog, expectSameCatalog } from '../support/catalog-dump.ts';
import { createDatabase } from '../support/database.ts';
import { expectExchanged, oidOf, type RunEnd } from '../support/exchanged.ts';
import { FAMILY } from './family.ts';
import { fill, PARTITIONED_SHAPES, type PartitionedShape } from './shapes.ts';

const RANGE = PARTITIONED_SHAPES[0] as PartitionedShape;

interface Journey {
  readonly what: string;
  readonly table: string;
  readonly ddl: string;
  /** Every row that must be there at the end, in an order of its own. */
  readonly rows: string;
  readonly until: string;
  readonly afterwards: readonly {
    readonly tasks: readonly TaskName[];
    readonly action?: string;
    readonly stopAfter?: string;
  }[];
  readonly end: RunEnd;
}

const OF_SALES = `SELECT tableoid::regclass::text AS of, s::text AS row FROM public.sales AS s ORDER BY 1, 2`;
const OF_FAMILY = `SELECT tableoid::regclass::text AS of, g::text AS row FROM public.grand AS g ORDER BY 1, 2`;

const JOURNEYS: readonly Journey[] = [
  {
    what: 'a partition: swap and revert',
    table: RANGE.leaf,
    ddl: `${RANGE.ddl}; ${fill(RANGE, 100)}`,
    rows: OF_SALES,
    until: 'POST_SYNC_UPDATE',
    afterwards: [
      { tasks: ['SWAP'], stopAfter: 'SWAP' },
      { tasks: ['REVERT'], action: 'revert' },
    ],
    end: 'REVERTED',
  },
  {
    what: 'a parent and child: set-up and reset',
    table: 'public.item',
    ddl: FAMILY,
    rows: OF_FAMILY,
    until: 'PRE_VALIDATION',
    afterwards: [
      { tasks: ['SETUP'], stopAfter: 'SETUP' },
      { tasks: ['RESET'], action: 'reset' },
    ],
    end: 'RESET',
  },
  {
    what: 'a parent and child: swap and clean-up',
    table: 'public.item',
    ddl: FAMILY,
    rows: OF_FAMILY,
    until: 'POST_SYNC_UPDATE',
    afterwards: [{ tasks: ['SWAP', 'CLEAN_UP'] }],
    end: 'DONE',
  },
];

describe('killed between any two statements', () => {
  it.each(JOURNEYS)(
    '$what',
    async ({ what, table, ddl, rows, until, afterwards, end }) => {
      const database = await createDatabase();
      const owner = await database.appClient('owner');
      await owner.query(ddl);
      await owner.end();
      const catalogOf = async () => {
        const admin = await database.client();
        const catalog = await dumpCatalog(admin);
        await admin.end();
        return catalog;
      };
      const before = await catalogOf();
      const all = await database.query(rows);
      const oidBefore = await oidOf(database, table);
      await drive({ url: database.urlOf('owner'), request: { table, workers: 1, stopAfter: until } });
      let count = 0;
      for (const { tasks, ...fields } of afterwards) {
        const template = await database.clone();
        const { deaths } = await dieThroughout({
          dying: database,
          unbroken: () => template.clone(),
          rest: () => template.clone(),
          request: { table, workers: 1, ...fields },
          tasks,
        });
        count += total(deaths);
        expect(await database.query(rows)).toEqual(all);
      }
      console.log(`kill points held ${count}: ${what}`);
      expectSameCatalog(before, await catalogOf());
      await expectExchanged(database, table, oidBefore, [end]);
      expect(await database.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'shadowstep\\_%'`)).toEqual([]);
    },
    200_000,
  );
});
