import type { LogFields, Logger } from '../engine/log.ts';
import { withoutPassword } from './describe-error.ts';
import type { TextSink } from './progress/display.ts';

/** One structured line per event, as the functions on AWS write them; for `--debug`. */
export function loggerOn(sink: TextSink, fixed: LogFields = {}): Logger {
  const write =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      const entry = { level, timestamp: new Date().toISOString(), message, ...fixed, ...fields };
      const text = JSON.stringify(entry, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
      sink.write(`${withoutPassword(text)}\n`);
    };
  return {
    debug: write('DEBUG'),
    info: write('INFO'),
    warn: write('WARN'),
    error: write('ERROR'),
    child: (fields) => loggerOn(sink, { ...fixed, ...fields }),
  };
}
