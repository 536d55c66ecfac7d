import { copyFile, cp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { TASKS } from '../lambdas/engine/stages.ts';
import { BUNDLE_DIRECTORY, DATABASE_CA_FILE, handlerFile } from './function-files.ts';

const PROJECT_ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * pg and the parser are CommonJS: inside an ES module they need a `require`, and the parser looks for its WebAssembly
 * beside `__dirname`. Named so that nothing bundled collides with it.
 */
const BANNER = `
import { createRequire as bundleCreateRequire } from 'node:module';
import { dirname as bundleDirname } from 'node:path';
import { fileURLToPath as bundleFileURLToPath } from 'node:url';
const require = bundleCreateRequire(import.meta.url);
const __filename = bundleFileURLToPath(import.meta.url);
const __dirname = bundleDirname(__filename);
`.trim();

export interface BundleOptions {
  /** Where the bundle goes; emptied first. Default: dist/lambdas. */
  readonly directory?: string;
  /** A PEM file to put beside the handlers as database-ca.pem. */
  readonly caFile?: string | undefined;
}

/**
 * All handlers as one asset: one small .mjs a task, one chunk that they share, source maps, and the parser's
 * WebAssembly. The AWS SDK is bundled too, so that what was tested is what runs. Resolves to the directory.
 */
export async function bundleHandlers(options: BundleOptions = {}): Promise<string> {
  const directory = options.directory ?? join(PROJECT_ROOT, BUNDLE_DIRECTORY);
  await rm(directory, { recursive: true, force: true });
  await build({
    absWorkingDir: PROJECT_ROOT,
    entryPoints: TASKS.map((task) => `lambdas/handlers/${handlerFile(task)}.ts`),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'shared-[hash]',
    platform: 'node',
    // The newest that esbuild and Lambda's Node 24 have in common.
    target: 'node22',
    format: 'esm',
    banner: { js: BANNER },
    external: ['pg-native'],
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
  });
  const parser = dirname(createRequire(import.meta.url).resolve('libpg-query'));
  await copyFile(join(parser, 'libpg-query.wasm'), join(directory, 'libpg-query.wasm'));
  if (options.caFile !== undefined) await cp(options.caFile, join(directory, DATABASE_CA_FILE));
  return directory;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await bundleHandlers());
}
