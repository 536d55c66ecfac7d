import type { Queryable } from '../postgres/session.ts';

/** What a unit did: progress, ETA and the report come from these. Counts, times and names only (I-13). */
export interface RunEvent {
  readonly stage: string;
  readonly kind:
    | 'batch'
    | 'drain'
    | 'index built'
    | 'vacuum'
    | 'verified'
    | 'lock'
    | 'wait'
    | 'blocker cancelled'
    | 'blocker terminated'
    | 'truncated'
    | 'foreign key validated'
    | 'foreign key left not valid'
    | 'materialized view made anew'
    | 'swapped'
    | 'reverted'
    | 'partition gone'
    | 'partition attached';
  readonly rows?: bigint;
  readonly durationMs?: number;
  /** How long we waited for a lock, and how long we then held it against others. */
  readonly lockWaitMs?: number;
  readonly lockHeldMs?: number;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export async function insertEvent(client: Queryable, runId: bigint, event: RunEvent): Promise<void> {
  await client.query(
    /* sql */ `
    INSERT INTO shadowstep.event (run_id, stage, kind, rows, duration_ms, lock_wait_ms, lock_held_ms, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      runId,
      event.stage,
      event.kind,
      event.rows ?? null,
      event.durationMs ?? null,
      event.lockWaitMs ?? null,
      event.lockHeldMs ?? null,
      JSON.stringify(event.detail ?? {}),
    ],
  );
}
