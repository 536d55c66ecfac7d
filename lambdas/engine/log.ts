/** Fields of a structured line. Never row values, keys or secrets (I-13). */
export type LogFields = Record<string, unknown>;

/** `info`: what an operator would want tomorrow; `debug`: statements; `warn`: heals itself; `error`: needs a person. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}

/** Says nothing. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child() {
    return silentLogger;
  },
};
