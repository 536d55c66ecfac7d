import { isRetryable } from '../../engine/errors.ts';
import type { RunReport } from '../../engine/registry/report.ts';
import type { TaskName } from '../../engine/stages.ts';
import type { Measure, UnitResult } from '../../engine/unit.ts';
import type { MachineEvent } from '../run-machine.ts';
import type { Display } from './display.ts';
import { type Sample, secondsLeft, withSample } from './estimate.ts';
import type { StageView } from './stage-view.ts';

/** What a unit and the registry say alike. */
type Counted = Pick<UnitResult['progress'], 'measure' | 'done' | 'estimated'>;

/** Between two reasons to wait. */
const REASONS_APART_MS = 10_000;

interface OpenStage {
  readonly task: TaskName;
  readonly startedAtMs: number;
  measure: Measure | '';
  /** The registry has told of this stage: its measure is kept to, where a unit's own is another (rows, blocks). */
  reported: boolean;
  done: bigint;
  estimated: bigint;
  samples: Sample[];
  waitingFor: string;
  message: string;
  /** The reason that was told last, without its figures, and when. */
  told: { readonly reason: string; readonly atMs: number } | null;
}

/**
 * Turns what the machine does, and what the registry says meanwhile, into what a person sees. Knows no stream and no
 * clock of its own.
 */
export class Progress {
  readonly #display: Display;
  readonly #nowMs: () => number;
  #open: OpenStage | null = null;

  constructor(display: Display, nowMs: () => number) {
    this.#display = display;
    this.#nowMs = nowMs;
  }

  onEvent(event: MachineEvent): void {
    switch (event.type) {
      case 'unit-started':
        this.#enter(event.task);
        return;
      case 'unit-ended':
        this.#unitEnded(event.result);
        return;
      case 'unit-failed':
        this.#unitFailed(event.error);
        return;
      case 'unit-retried':
        return;
      case 'started-anew':
        this.#display.say(`The state machine has started itself anew (execution ${event.executions}), as on AWS.`);
        return;
      default:
        unreachable(event);
    }
  }

  /** What the registry says between the ends of two units. */
  onReport(report: RunReport): void {
    const open = this.#open;
    if (open === null || open.task !== report.stage) {
      return;
    }
    if (report.progress !== null) {
      open.reported = true;
      this.#count(open, report.progress);
    }
    this.tick();
  }

  /** Draws the stage under way again: its time has moved. */
  tick(): void {
    if (this.#open !== null) {
      this.#display.update(this.#view(this.#open));
    }
  }

  /** Ends the display where the machine ended, well or not. */
  close(): void {
    this.#leave();
    this.#display.close();
  }

  #enter(task: TaskName): void {
    if (this.#open?.task === task) {
      return;
    }
    this.#leave();
    // REQUEST only reads the input: no stage, and over at once.
    if (task === 'REQUEST') {
      return;
    }
    this.#open = {
      task,
      startedAtMs: this.#nowMs(),
      measure: '',
      reported: false,
      done: 0n,
      estimated: 0n,
      samples: [],
      waitingFor: '',
      message: '',
      told: null,
    };
    this.#display.begin(task);
  }

  #leave(): void {
    const open = this.#open;
    this.#open = null;
    if (open !== null) {
      this.#display.end(this.#view(open), open.message);
    }
  }

  #unitEnded(result: UnitResult): void {
    const open = this.#open;
    if (open === null) {
      return;
    }
    if (!open.reported || result.progress.measure === open.measure) {
      this.#count(open, result.progress);
    }
    open.message = result.message;
    if (result.status === 'wait') {
      this.#wait(open, result.because);
    } else {
      open.waitingFor = '';
    }
    if (result.status === 'more' || result.status === 'wait') {
      this.tick();
    } else {
      this.#leave();
    }
  }

  #unitFailed(error: unknown): void {
    const open = this.#open;
    if (open === null || !(error instanceof Error)) {
      return;
    }
    open.message = `${error.name}`;
    if (isRetryable(error)) {
      this.#wait(open, `${error.name}: ${firstSentence(error.message)}`);
      this.tick();
    }
  }

  /**
   * A reason is told at once, then only another one, and not oftener than every ten seconds: under traffic each attempt
   * at a lock meets other transactions, and which of them is no news.
   */
  #wait(open: OpenStage, because: string): void {
    open.waitingFor = because;
    const reason = because.replace(/\d+(\.\d+)? (ms|s|min|h)\b/g, '');
    const nowMs = this.#nowMs();
    if (open.told === null || (open.told.reason !== reason && nowMs - open.told.atMs >= REASONS_APART_MS)) {
      open.told = { reason, atMs: nowMs };
      this.#display.wait(open.task, because);
    }
  }

  /** A stage may count one thing after the other (keys, then ranges): each begins anew. */
  #count(open: OpenStage, progress: Counted): void {
    const [done, estimated] = [BigInt(progress.done), BigInt(progress.estimated)];
    if (estimated === 0n) {
      return;
    }
    if (progress.measure !== open.measure) {
      open.measure = progress.measure;
      open.samples = [];
    } else if (done < open.done) {
      return;
    }
    open.done = done;
    open.estimated = estimated;
    open.samples = withSample(open.samples, { atMs: this.#nowMs(), done });
  }

  #view(open: OpenStage): StageView {
    return {
      task: open.task,
      elapsedMs: this.#nowMs() - open.startedAtMs,
      measure: open.measure,
      done: open.done,
      estimated: open.estimated,
      secondsLeft: secondsLeft(open.samples, open.estimated),
      waitingFor: open.waitingFor,
    };
  }
}

/** What happened; that nothing was changed goes without saying while it is retried. */
function firstSentence(message: string): string {
  return /^.*?\.(?=\s|$)/.exec(message)?.[0] ?? message;
}

function unreachable(event: never): never {
  throw new Error(`unknown event ${JSON.stringify(event)}`);
}
