import type { OpenSession } from '../../engine/postgres/session.ts';
import type { CommandLine } from '../arguments.ts';
import type { TextSink } from '../progress/display.ts';

/** What a command works with. */
export interface CommandContext {
  readonly line: CommandLine;
  readonly openSession: OpenSession;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Aborted by SIGINT and SIGTERM. */
  readonly stop: AbortSignal;
}
