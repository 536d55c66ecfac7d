import { RefusedError } from '../../engine/errors.ts';
import type { RunReport } from '../../engine/registry/report.ts';
import type { WholeReport } from '../../engine/registry/whole-report.ts';
import { describeError } from '../describe-error.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';

/**
 * How a command ended, in one word: `done` (nothing is left to do), `stopped` (well, with the run still live: after
 * --stop-after, or with the old table kept), `interrupted`, `failed`, `bad-input`, `refused`.
 */
export type OutcomeWord = 'done' | 'stopped' | 'interrupted' | 'failed' | 'bad-input' | 'refused';

/** What `error` holds: the literal name, and for a refusal every reason by its code. */
export interface ErrorDocument {
  readonly name: string;
  readonly message: string;
  readonly refusals?: readonly { readonly code: string; readonly message: string; readonly remedy: string }[];
}

/** Of a run, or of a partitioned table's runs together. */
export type AnyReport = RunReport | WholeReport;

/** The one document that `--json` puts on stdout; the fields of the report are there once there is a run. */
export type RunDocument = {
  readonly outcome: OutcomeWord;
  readonly message: string;
  readonly error: ErrorDocument | null;
} & (Partial<RunReport> | Partial<WholeReport>);

export function errorDocument(error: unknown): ErrorDocument {
  const described = describeError(error);
  return error instanceof RefusedError ? { ...described, refusals: error.refusals } : described;
}

export function outcomeOfError(error: unknown): OutcomeWord {
  switch (exitCodeOf(error)) {
    case EXIT.badInput:
      return 'bad-input';
    case EXIT.refused:
      return 'refused';
    default:
      return 'failed';
  }
}

/** JSON has no bigint: counts are strings of digits, as in the report. */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, (_key, value) => (typeof value === 'bigint' ? value.toString() : value), 2)}\n`;
}
