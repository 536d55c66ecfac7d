import type { Queryable } from '../postgres/session.ts';
import { insertEvent } from '../registry/events.ts';
import { setMarks } from '../registry/runs.ts';
import type { UnitOutcome } from '../unit.ts';
import type { UnitContext } from '../unit-context.ts';
import { type ReplicaReading, readReplicas, type UnreadableReplicas } from './read-replicas.ts';
import { type LagBounds, WalSamples } from './wal-samples.ts';

/** The lag is looked at so often, at most, between the batches of a slice. */
const CHECK_EVERY_MS = 1_000;

/** While the lag is not known to be small, it is looked at again at once, for so long. */
const LOOK_AGAIN_FOR_MS = 1_000;
const LOOK_AGAIN_EVERY_MS = 25;

/** Pauses between two units. What cannot be read needs a person: it is asked for seldom. */
const LONGEST_PAUSE_S = 10;
const UNREADABLE_PAUSE_S = 30;

/** Why no batch may begin. */
interface Held {
  readonly seconds: number;
  readonly because: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface ReplicaLag extends LagBounds {
  readonly name: string;
}

/**
 * Lets batches begin only while every replica is known to lag by `maxReplicaLagSeconds` at most. One gate per unit, shared
 * by its workers; once shut it stays so, and the unit ends with a `wait`. Without that field it is always open and asks
 * nothing. Only the backfill has one: the drain must go on, or the log would grow.
 */
export class ReplicaGate {
  readonly #maxSeconds: number | null;
  readonly #samples: WalSamples;
  #held: Held | null = null;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> | null = null;

  constructor(ctx: Pick<UnitContext, 'request' | 'run'>) {
    this.#maxSeconds = ctx.request.maxReplicaLagSeconds;
    this.#samples = WalSamples.fromMark(ctx.run.marks.wal_samples);
  }

  /** True when a batch may begin. Outside of a transaction: asks the server once a second, over the caller's session. */
  async isOpen(client: Queryable): Promise<boolean> {
    if (this.#maxSeconds === null) {
      return true;
    }
    const max = this.#maxSeconds;
    while (this.#held === null && performance.now() - this.#checkedAt >= CHECK_EVERY_MS) {
      this.#checking ??= this.#check(client, max).finally(() => {
        this.#checking = null;
      });
      await this.#checking;
    }
    return this.#held === null;
  }

  /**
   * Keeps what was learnt for the next unit. Resolves to the `wait` that ends this unit, with its event, or to null when
   * the gate is open.
   */
  async close(ctx: UnitContext): Promise<UnitOutcome | null> {
    if (this.#maxSeconds !== null) {
      await setMarks(ctx.session, ctx.run.runId, { wal_samples: this.#samples.toMark() });
    }
    if (this.#held === null) {
      return null;
    }
    const { seconds, because, detail } = this.#held;
    await insertEvent(ctx.session, ctx.run.runId, { stage: ctx.run.stage, kind: 'wait', detail });
    ctx.log.info('the backfill waits for the replicas', detail);
    return { status: 'wait', seconds, because };
  }

  /** Looks until it is known whether the lag is small enough, a second long at most. */
  async #check(client: Queryable, maxSeconds: number): Promise<void> {
    const until = performance.now() + LOOK_AGAIN_FOR_MS;
    for (let looks = 1; ; looks += 1) {
      const reading = await readReplicas(client);
      const replicas = reading.kind === 'unreadable' ? [] : this.#boundsOf(reading, looks === 1);
      const slowest = slowestOf(replicas, maxSeconds);
      const held =
        reading.kind === 'unreadable'
          ? unreadable(reading.because, reading.remedy, maxSeconds)
          : heldBack(slowest, maxSeconds);
      const worthAnotherLook =
        held !== null && slowest !== null && slowest.atLeastMs <= maxSeconds * 1_000 && performance.now() < until;
      if (!worthAnotherLook) {
        this.#held = held;
        this.#checkedAt = performance.now();
        return;
      }
      await pause(LOOK_AGAIN_EVERY_MS);
    }
  }

  /** One sample per check: the looks that follow wait for the standby to come past it. */
  #boundsOf(reading: Exclude<ReplicaReading, UnreadableReplicas>, first: boolean): ReplicaLag[] {
    if (reading.kind === 'lags') {
      return reading.readers.map(({ name, lagMs }) => ({ name, atLeastMs: lagMs, atMostMs: lagMs }));
    }
    const { flushed, nowMs, standbys } = reading;
    if (first) {
      this.#samples.add(flushed, nowMs);
    }
    const bounds = standbys.map(({ name, replayed }) => ({
      name,
      ...this.#samples.boundsOf(replayed, flushed, nowMs),
    }));
    this.#samples.forgetBefore(standbys.map(({ replayed }) => replayed));
    return bounds;
  }
}

/** One that is known to lag too far, else the one of which the least is known. */
function slowestOf(replicas: readonly ReplicaLag[], maxSeconds: number): ReplicaLag | null {
  const [furthest] = [...replicas].sort((a, b) => b.atLeastMs - a.atLeastMs);
  const [vaguest] = [...replicas].sort((a, b) => b.atMostMs - a.atMostMs);
  return (furthest !== undefined && furthest.atLeastMs > maxSeconds * 1_000 ? furthest : vaguest) ?? null;
}

function heldBack(replica: ReplicaLag | null, maxSeconds: number): Held | null {
  if (replica === null || replica.atMostMs <= maxSeconds * 1_000) {
    return null;
  }
  const lagSeconds = Math.round(replica.atLeastMs / 100) / 10;
  const detail = { replica: replica.name, lagSeconds, maxReplicaLagSeconds: maxSeconds };
  if (replica.atLeastMs <= maxSeconds * 1_000) {
    return {
      seconds: 1,
      because: `how far ${replica.name} lags behind is not known yet (${lagSeconds} s at least)`,
      detail,
    };
  }
  return {
    seconds: Math.min(LONGEST_PAUSE_S, Math.max(1, Math.ceil(lagSeconds - maxSeconds))),
    because: `${replica.name} lags ${lagSeconds} s behind, more than maxReplicaLagSeconds (${maxSeconds}): the backfill pauses`,
    detail,
  };
}

function unreadable(because: string, remedy: string, maxSeconds: number): Held {
  return {
    seconds: UNREADABLE_PAUSE_S,
    because: `the lag of the replicas cannot be read, so the backfill stands still (maxReplicaLagSeconds ${maxSeconds}): ${because}. ${remedy}`,
    detail: { because, remedy, maxReplicaLagSeconds: maxSeconds },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
