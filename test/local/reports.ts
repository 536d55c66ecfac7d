import type { RunReport } from '../../lambdas/engine/registry/report.ts';

/** A run that went well, to be changed field by field. */
export function exampleReport(changes: Partial<RunReport> = {}): RunReport {
  return {
    runId: '7',
    table: 'public.orders',
    stage: 'DONE',
    startedAt: '2026-03-01T10:00:00.000Z',
    finishedAt: '2026-03-01T10:01:00.000Z',
    request: { table: 'public.orders' },
    stages: [
      { stage: 'SETUP', startedAt: '2026-03-01T10:00:00.000Z', finishedAt: '2026-03-01T10:00:01.000Z', durationMs: 42 },
      { stage: 'BACKFILL', startedAt: '2026-03-01T10:00:01.000Z', finishedAt: null, durationMs: null },
    ],
    progress: null,
    rowsCopied: '1600000',
    rowsEstimated: '1600000',
    keysDrained: '12345',
    keysPutBack: '6',
    keysPending: null,
    longestLockWaitMs: 12.4,
    longestLockHeldMs: 8.25,
    bytesBefore: '1290797056',
    bytesAfter: '728760320',
    verification: { result: 'passed', rowsCompared: '1600000', differences: '0' },
    foreignKeys: { validated: 2, leftNotValid: 0 },
    findings: [],
    waitingFor: null,
    running: [],
    lastError: null,
    driver: { id: null, live: false, expiresAt: null },
    ...changes,
  };
}
