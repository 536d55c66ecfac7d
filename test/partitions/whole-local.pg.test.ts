import { describe, expect, it } from 'vitest';
import { shadowstep } from '../local/shadowstep-process.ts';
import { expectAllDone, ROOT, setupWhole } from './whole-run.ts';

describe('the command line and a partitioned table', () => {
  it('plans it, runs the shipped machine through all leaves, and says how many of how many are done', async () => {
    const run = await setupWhole();
    const command = async (name: string, ...flags: string[]) => {
      const ended = await shadowstep([name, '--database-url', run.database.urlOf('owner'), '--table', ROOT, ...flags]);
      return { ...ended, json: () => JSON.parse(ended.stdout) };
    };

    const plan = await command('plan');
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    expect(plan.stdout).toMatch(/partitions, one after the other[\s\S]*public\.sales_2024: .*\n +public\.sales_2025: /);
    expect(await run.database.query(`SELECT FROM pg_namespace WHERE nspname = 'shadowstep'`)).toEqual([]);

    expect(await command('run', '--stop-after', 'SWAP')).toMatchObject({ code: 0, stderr: '' });
    const met = (await command('plan', '--json')).json();
    expect(met.liveRun).toMatchObject({ runId: '1', stage: 'CLEAN_UP', whole: { done: 0, all: 2 } });
    const { stdout } = await command('status');
    expect(stdout).toMatch(/^public\.sales: whole 1, 0 of 2 partitions done$/m);
    expect(stdout).toMatch(/^ {2}partitions +0 done, 1 under way, 1 waiting$/m);
    expect(stdout).toMatch(/^ {2}public\.sales_2024: run 1, CLEAN_UP$/m);

    const end = (await command('run', '--json')).json();
    expect(end).toMatchObject({
      outcome: 'done',
      wholeId: '1',
      table: ROOT,
      stoppedBecause: null,
      partitions: { done: 2, running: 0, waiting: 0, gone: 0, all: 2 },
      rowsCopied: '48',
      leaves: [
        { table: 'public.sales_2024', state: 'done', runId: '1' },
        { table: 'public.sales_2025', state: 'done', runId: '2' },
      ],
      partition: { table: 'public.sales_2025', stage: 'DONE' },
    });
    // One entry for the whole; the runs of its partitions are its own, unless one is asked for.
    const status = async (...flags: string[]) =>
      JSON.parse(
        (await shadowstep(['status', '--database-url', run.database.urlOf('owner'), '--json', ...flags])).stdout,
      );
    expect(await status()).toMatchObject({ runs: [], wholes: [{ wholeId: '1' }] });
    expect(await status('--table', 'public.sales_2024')).toMatchObject({ runs: [{ runId: '1' }], wholes: [] });
    await expectAllDone(run);
  });
});
