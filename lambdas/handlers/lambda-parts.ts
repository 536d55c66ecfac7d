import type { Context } from 'aws-lambda';
import { openPostgresSession } from '../engine/postgres/connect.ts';
import { runTask } from '../engine/run-unit.ts';
import { databaseLogin } from './database-login.ts';
import { readEnvironment } from './environment.ts';
import { functionLogger } from './function-logger.ts';
import type { HandlerParts } from './unit-handler.ts';

/** What the shipped functions work with: the login that their environment names, and a log for CloudWatch. */
export function lambdaParts(environment: NodeJS.ProcessEnv = process.env): HandlerParts<Context> {
  return {
    runTask,
    openPostgresSession,
    login: () => databaseLogin(readEnvironment(environment)),
    logger: functionLogger,
  };
}
