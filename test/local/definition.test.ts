import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TASKS } from '../../lambdas/engine/stages.ts';
import { loadDefinition, PROJECT_ROOT } from '../../lambdas/local/definition.ts';

const SMALL = { StartAt: 'END', States: { END: { Type: 'Succeed' } } };

let folder: string;
let input: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shadowstep-definition-'));
  input = join(folder, 'input.ts');
  await writeFile(input, 'one');
});

afterEach(() => rm(folder, { recursive: true }));

/** Loads with a counter in place of CDK. */
function loader(text: string = JSON.stringify(SMALL)) {
  let synthesised = 0;
  const cacheFolder = join(folder, 'cache');
  const load = () =>
    loadDefinition({
      cacheFolder,
      inputs: [relative(PROJECT_ROOT, input)],
      synthesise: async () => {
        synthesised += 1;
        return text;
      },
    });
  return { load, cacheFolder, count: () => synthesised };
}

describe('the definition', () => {
  test('is synthesised once, and kept until something that it is made from changes', async () => {
    const { load, count } = loader();
    expect(await load()).toEqual(SMALL);
    expect(await load()).toEqual(SMALL);
    expect(count()).toBe(1);
    await writeFile(input, 'two');
    expect(await load()).toEqual(SMALL);
    expect(count()).toBe(2);
  });

  test('a kept file that was cut off is made again', async () => {
    const { load, count, cacheFolder } = loader();
    await load();
    const [kept] = await readdir(cacheFolder);
    await writeFile(join(cacheFolder, String(kept)), '{"StartAt": "EN');
    expect(await load()).toEqual(SMALL);
    expect(count()).toBe(2);
  });

  test('what is no state machine is refused and not kept', async () => {
    const { load, count } = loader('{"Resources": {}}');
    await expect(load()).rejects.toMatchObject({ name: 'DefinitionError' });
    await expect(load()).rejects.toMatchObject({ name: 'DefinitionError' });
    expect(count()).toBe(2);
  });

  test('a timeout beyond what setTimeout can count is left out, a shorter one stays', async () => {
    const yearLong = loader(JSON.stringify({ ...SMALL, TimeoutSeconds: 31_536_000 }));
    expect(await yearLong.load()).toEqual(SMALL);
    await writeFile(input, 'other');
    const hourLong = loader(JSON.stringify({ ...SMALL, TimeoutSeconds: 3_600 }));
    expect(await hourLong.load()).toEqual({ ...SMALL, TimeoutSeconds: 3_600 });
  });

  test('the one that ships has a state for each task, and comes from a child process', async () => {
    const definition = await loadDefinition({ cacheFolder: join(folder, 'shipped') });
    expect(Object.keys(definition.States)).toEqual(expect.arrayContaining([...TASKS]));
  });
});
