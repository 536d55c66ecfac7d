import type { Refusal } from '../errors.ts';
import type { Check } from './check.ts';
import { serverVersion } from './checks/server-version.ts';

/** What the checks have said so far. */
export class Outcome {
  readonly refusals: Refusal[] = [];
  readonly warnings: string[] = [];

  /** One after the other: they share a connection. */
  async run<Context>(checks: readonly Check<Context>[], context: Context): Promise<void> {
    for (const check of checks) {
      // What the others ask of such a server it may not even know.
      if (this.has(serverVersion.code)) {
        return;
      }
      for (const verdict of await check.run(context)) {
        if (verdict.kind === 'refusal') {
          this.refusals.push({ code: check.code, message: verdict.message, remedy: verdict.remedy });
        } else {
          this.warnings.push(`${check.code}: ${verdict.message}`);
        }
      }
    }
  }

  has(code: string): boolean {
    return this.refusals.some((refusal) => refusal.code === code);
  }
}
