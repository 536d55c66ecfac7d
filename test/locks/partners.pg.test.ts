import { afterAll, describe, expect, it } from 'vitest';
import { ItemRun } from '../engine/item-run.ts';
import { drive } from '../lifecycle/drive.ts';
import { ROLES } from '../support/database.ts';
import { LateHolders } from './late-holders.ts';
import { LONGEST_STALL_MS, type ProbeStatement, StallMeter, type Stalls } from './stall-meter.ts';

/** The exchange: the block, and COMMIT in the same round trip. */
const EXCHANGE = /^SET LOCAL statement_timeout = (\d+);[\s\S]*COMMIT$/;

interface Shape {
  readonly what: string;
  /** The table of the run: `public.item`, key `id`, or what `table` says. */
  readonly ddl: string;
  readonly table?: string;
  readonly probes: readonly ProbeStatement[];
  /** What somebody takes at the last moment, at each attempt another one, until that is over; in the revert the last one. */
  readonly late: readonly string[];
  /** How long an attempt may last, ms. */
  readonly longestMs: number;
}

const read = (table: string): ProbeStatement => ({
  of: `${table}, read`,
  sql: `SELECT note FROM public.${table} WHERE id = 2`,
});
const write = (table: string): ProbeStatement => ({
  of: `${table}, written`,
  sql: `UPDATE public.${table} SET note = 'x' WHERE id = 2`,
});

const ROWS = `SELECT i, 'n' FROM generate_series(1, 100) AS i`;
const CONTROL = /* sql */ `
  CREATE TABLE public.control (id int PRIMARY KEY, kind_id int, note text);
  INSERT INTO public.control SELECT i, 1, 'n' FROM generate_series(1, 100) AS i;`;
const GRANTS = `GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO ${ROLES.app};`;

function manyPartners(partners: number, views: number): string {
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
  return [
    ...numbers(partners / 2).map(
      (at) => `CREATE TABLE public.out_${at} (id int PRIMARY KEY, note text); INSERT INTO public.out_${at} ${ROWS}`,
    ),
    `CREATE TABLE public.item (id int PRIMARY KEY, note text${numbers(partners / 2)
      .map((at) => `, p${at} int DEFAULT 2 REFERENCES public.out_${at}`)
      .join('')})`,
    `INSERT INTO public.item ${ROWS}`,
    ...numbers(partners / 2).map(
      (at) =>
        `CREATE TABLE public.in_${at} (id int PRIMARY KEY REFERENCES public.item, note text); INSERT INTO public.in_${at} ${ROWS}`,
    ),
    ...numbers(views).map(
      (at) => `CREATE VIEW public.view_${at} AS SELECT id, note FROM public.item WHERE id > -${at}`,
    ),
  ].join(';\n');
}

const SHAPES: readonly Shape[] = [
  {
    what: 'partners of foreign keys on both sides, and a view',
    ddl: /* sql */ `
      CREATE TABLE public.kind (id int PRIMARY KEY, note text);
      INSERT INTO public.kind ${ROWS};
      CREATE TABLE public.item (id int PRIMARY KEY, note text, kind_id int DEFAULT 2 REFERENCES public.kind);
      INSERT INTO public.item ${ROWS};
      CREATE TABLE public.line (id int PRIMARY KEY REFERENCES public.item, note text);
      INSERT INTO public.line ${ROWS};
      CREATE VIEW public.seen AS SELECT id, note FROM public.item;`,
    probes: [...['item', 'kind', 'line'].flatMap((table) => [read(table), write(table)]), read('seen')],
    late: ['public.kind', 'public.line', 'public.seen'],
    longestMs: LONGEST_STALL_MS,
  },
  {
    what: 'a partition: its parent, its default sibling and another one',
    table: 'public.item_a',
    ddl: /* sql */ `
      CREATE TABLE public.item (id int, note text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
      CREATE TABLE public.item_a PARTITION OF public.item FOR VALUES FROM (1) TO (100);
      CREATE TABLE public.item_b PARTITION OF public.item FOR VALUES FROM (100) TO (200);
      CREATE TABLE public.item_rest PARTITION OF public.item DEFAULT;
      INSERT INTO public.item SELECT i, 'n' FROM generate_series(1, 300) AS i;`,
    probes: [
      ...['item', 'item_a', 'item_rest'].flatMap((table) => [read(table), write(table)]),
      { of: 'item_b, through its parent', sql: `UPDATE public.item SET note = 'x' WHERE id = 102` },
      { of: 'item_b, itself', sql: `UPDATE public.item_b SET note = 'x' WHERE id = 103` },
    ],
    late: ['public.item', 'public.item_a', 'public.item_rest'],
    longestMs: LONGEST_STALL_MS,
  },
  {
    what: '20 partners of foreign keys and 5 views',
    ddl: manyPartners(20, 5),
    probes: [read('item'), write('item'), ...['out_10', 'in_10', 'view_5'].map(read)],
    late: ['public.view_5', 'public.in_10'],
    // What more than 33 statements may take comes on top.
    longestMs: 270,
  },
];

const felt: string[] = [];

afterAll(() => {
  console.log(`What is felt around the table\n  ${felt.join('\n  ')}`);
});

describe.each(SHAPES)('$what', (shape) => {
  it('nobody is stalled for longer than one attempt, in a swap and a revert with attempts in vain', async () => {
    const run = await ItemRun.create({
      table: `${CONTROL}${shape.ddl};${GRANTS}`,
      request: { table: shape.table ?? 'public.item', keepOldTable: true },
    });
    await run.database.query(`GRANT SELECT, UPDATE ON public.control TO PUBLIC`);
    await run.through('POST_SYNC_UPDATE');
    const meter = await StallMeter.start(run.database, shape.probes);
    let inVain = 0;
    let boundsMs: number[] = [];
    const ways = [
      { fields: { stopAfter: 'SWAP' }, taken: shape.late },
      { fields: { action: 'revert' }, taken: shape.late.slice(-1) },
    ];
    for (const { fields, taken } of ways) {
      const late = new LateHolders(run, EXCHANGE, [...taken]);
      await drive({
        url: run.database.urlOf('owner'),
        request: { ...run.request, ...fields },
        observer: late,
        async onUnit(_task, result) {
          const held = await late.release();
          if (held && result.status === 'wait') inVain += 1;
        },
      });
      boundsMs = [...boundsMs, ...late.attempts.map((attempt) => Number(EXCHANGE.exec(attempt)?.[1]))];
    }
    const stalls = await meter.stop();
    const longest = [...stalls.apart()].map(([of, one]: [string, Stalls]) => `${of}: ${one.describe()}`);
    felt.push(`${shape.what} (an attempt may last ${Math.max(...boundsMs)} ms)`, ...longest.map((one) => `  ${one}`));
    expect(inVain, 'attempts in vain').toBe(shape.late.length + 1);
    for (const [of, one] of stalls.apart()) {
      expect(one.longestByUsMs, of).toBeLessThanOrEqual(shape.longestMs);
    }
    expect(Math.max(...boundsMs)).toBeLessThanOrEqual(shape.longestMs);
    expect(stalls.timesSeen, 'somebody waited behind an attempt').toBeGreaterThan(0);
  });
});
