import { Socket } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { spawnShadowstep } from '../local/shadowstep-process.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { drive } from './drive.ts';

/** In every row, and nowhere else. */
const MARKER = 'in-every-row';
const ROW_BYTES = 1_000;

async function tableOf(rows: number): Promise<TestDatabase> {
  const database = await createDatabase();
  const owner = await database.appClient('owner');
  await owner.query(/* sql */ `CREATE TABLE public.item (id bigint PRIMARY KEY, code text UNIQUE, body text)`);
  await owner.query(
    /* sql */ `
    INSERT INTO public.item
    SELECT i, $1 || i, repeat($1, $2) FROM generate_series(1, $3::bigint) AS i`,
    [MARKER, Math.trunc(ROW_BYTES / MARKER.length), rows],
  );

  await owner.query('ANALYZE public.item');
  return database;
}

/** Counts what the server sends, and looks for what only rows hold. */
class WatchedWire {
  received = 0;
  sightings = 0;

  readonly stream = (): Socket => {
    const socket = new Socket();
    let tail = '';
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.length;
      // The end of the last chunk too: the marker may lie across two.
      const text = tail + chunk.toString('latin1');
      this.sightings += text.split(MARKER).length - 1;
      tail = text.slice(1 - MARKER.length);
    });
    return socket;
  };
}

describe('the footprint of a run', () => {
  let small: TestDatabase;
  let large: TestDatabase;

  beforeAll(async () => {
    [small, large] = await Promise.all([tableOf(100), tableOf(20_000)]);
  });

  it('on the wire holds no row, and does not grow with the table', async () => {
    const [ofSmall, ofLarge] = [new WatchedWire(), new WatchedWire()];
    for (const [database, wire] of [
      [small, ofSmall],
      [large, ofLarge],
    ] as const) {
      const writer = await database.appClient('owner');
      const results = await drive({
        url: database.urlOf('owner'),
        request: { table: 'public.item' },
        stream: wire.stream,
        onUnit: async (task) => {
          // Something to drain, a changed key among it.
          if (task === 'SETUP' || task === 'BACKFILL') {
            await writer.query(`UPDATE public.item SET body = body || '.' WHERE id <= 50`);
            await writer.query('UPDATE public.item SET id = -id WHERE id = (SELECT max(id) FROM public.item)');
          }
        },
      });
      expect(results.at(-1)).toMatchObject({ stage: 'DONE' });
    }
    expect(ofSmall.sightings + ofLarge.sightings).toBe(0);
    expect(ofSmall.received).toBeGreaterThan(10_000);
    expect(ofLarge.received - ofSmall.received, 'of a table 20 MB larger').toBeLessThan(200_000);
  });

  it('in memory stays under 200 MB', async () => {
    const database = await createDatabase();
    const owner = await database.appClient('owner');
    await owner.query(/* sql */ `
      CREATE TABLE public.item (id int PRIMARY KEY, code text);
      INSERT INTO public.item SELECT i, 'c' || i FROM generate_series(1, 300000) AS i;`);
    const tell = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + ' kB'))`;
    const { ended } = spawnShadowstep(
      ['run', '--database-url', database.urlOf('owner'), '--table', 'public.item', '--json'],
      ['--import', `data:text/javascript,${encodeURIComponent(tell)}`],
    );
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ stage: 'DONE', rowsCopied: '300000' });
    const peakKb = Number(/peak (\d+) kB/.exec(stderr)?.[1]);
    expect(peakKb).toBeGreaterThan(30_000);
    expect(peakKb).toBeLessThan(200_000);
    console.log(`a run of 300,000 rows peaked at ${Math.round(peakKb / 1024)} MB`);
  });
});
