import type { OpenSession, Session } from '../../engine/postgres/session.ts';
import { type RunReport, reportRun } from '../../engine/registry/report.ts';

export interface SamplerOptions {
  readonly openSession: OpenSession;
  /** The run that is under way; null before there is one. */
  readonly runId: () => bigint | null;
  readonly onReport: (report: RunReport) => void;
  /** Called at every round, with a report or without. */
  readonly onRound: () => void;
  readonly intervalMs: number;
}

/**
 * Reads the run's report on a connection of its own while units work, for a live display only: a unit may take a minute
 * and says nothing meanwhile. Losing the connection costs nothing but a fresh one.
 */
export function startSampler(options: SamplerOptions): { stop(): Promise<void> } {
  let session: Session | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const round = async (): Promise<void> => {
    const runId = options.runId();
    if (runId !== null) {
      try {
        session ??= await options.openSession('progress');
        const report = await reportRun(session, runId);
        if (!stopped && report !== null) options.onReport(report);
      } catch {
        await session?.end();
        session = null;
      }
    }
    if (!stopped) options.onRound();
  };
  const next = (): void => {
    timer = setTimeout(() => {
      running = round().finally(() => {
        if (!stopped) next();
      });
    }, options.intervalMs);
  };
  let running: Promise<void> = Promise.resolve();
  next();

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await session?.end();
    },
  };
}
