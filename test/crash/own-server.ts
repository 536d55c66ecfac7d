import { inject } from 'vitest';
import { createDatabaseOn, forgetDatabasesOn, makeTemplate, type TestDatabase } from '../support/database.ts';
import {
  EMBEDDED_MAJORS,
  type EmbeddedMajor,
  type EmbeddedServer,
  startEmbeddedServer,
} from '../support/embedded-server.ts';

/**
 * A server that a test may stop, and whose processes it may freeze: on the run's own server, which other files use at the
 * same moment, a frozen process holds up everybody's CREATE DATABASE.
 */
export interface OwnServer {
  readonly server: EmbeddedServer;
  createDatabase(): Promise<TestDatabase>;
  stop(): Promise<void>;
}

/** Of the same major as the run's server where there are binaries of it, else of the newest. Stop it in `afterAll`: its databases go with it. */
export async function startOwnServer(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const server = await startEmbeddedServer({
    major: ownMajor(),
    // Nobody pulls the plug on the machine: what the server has handed to the kernel stays.
    settings: { fsync: 'off', max_connections: '100', ...settings },
  });
  const template = await makeTemplate(server.url);
  return {
    server,
    createDatabase: () => createDatabaseOn(server.url, template),
    async stop() {
      await forgetDatabasesOn(server.url);
      await server.stop();
    },
  };
}

function ownMajor(): EmbeddedMajor {
  const { majorVersion } = inject('postgres');
  return EMBEDDED_MAJORS.find((major) => major === majorVersion) ?? 18;
}
