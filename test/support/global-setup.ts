import type { TestProject } from 'vitest/node';
import { dropTemplate, makeTemplate } from './database.ts';
import { startTestServer, type TestServer } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's URL of the server of this run, and the name of the database that `createDatabase` clones. */
    postgres: { readonly url: string; readonly majorVersion: number; readonly template: string };
  }
}

let server: TestServer | undefined;
let template = '';

/** Once per run, before the first test file. */
export async function setup(project: TestProject): Promise<void> {
  server = await startTestServer();
  template = await makeTemplate(server.url);
  project.provide('postgres', { url: server.url, majorVersion: server.majorVersion, template });
  console.log(server.description);
}

/** Once per run, after the last test file. */
export async function teardown(): Promise<void> {
  if (server === undefined) return;
  await dropTemplate(server.url, template);
  await server.stop();
}
