import { Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { LogFields, Logger } from '../engine/log.ts';

/** One line of JSON per event, with the invocation's id, the task, and what the engine adds (run, stage, table). */
export function functionLogger(task: string, context: Context): Logger {
  const logger = new PowertoolsLogger({ serviceName: 'shadowstep', persistentKeys: { task } });
  logger.addContext(context);
  return new FunctionLogger(logger);
}

class FunctionLogger implements Logger {
  constructor(private readonly logger: PowertoolsLogger) {}

  debug(message: string, fields: LogFields = {}): void {
    this.logger.debug(message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.logger.info(message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.logger.warn(message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.logger.error(message, fields);
  }

  child(fields: LogFields): Logger {
    const child = this.logger.createChild();
    child.appendPersistentKeys(fields);
    return new FunctionLogger(child);
  }
}
