import type { TaskName } from '../../engine/stages.ts';
import { endLine, liveLine, type StageView, startLine, waitLine } from './stage-view.ts';

/** Where text goes: a stream of the process, or a test's collector. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Shows a stage from its begin to its end. */
export interface Display {
  begin(task: TaskName): void;
  /** Called often; only a live display shows it. */
  update(view: StageView): void;
  /** A reason to wait, or a trouble that is retried; each reason once. */
  wait(task: TaskName, because: string): void;
  end(view: StageView, message: string): void;
  /** A sentence of its own. */
  say(text: string): void;
  /** Leaves the cursor at the start of an empty line. */
  close(): void;
}

export function displayOn(sink: TextSink): Display {
  return sink.isTTY ? new LiveDisplay(sink) : new PlainDisplay(sink);
}

/** One line per begin, end and reason: for logs and pipes. */
class PlainDisplay implements Display {
  readonly #sink: TextSink;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  begin(task: TaskName): void {
    this.say(startLine(task));
  }

  update(): void {}

  wait(task: TaskName, because: string): void {
    this.say(waitLine(task, because));
  }

  end(view: StageView, message: string): void {
    this.say(endLine(view, message));
  }

  say(text: string): void {
    this.#sink.write(`${text}\n`);
  }

  close(): void {}
}

/** Back to the first column, and the line is blank. */
const BLANK_LINE = '\r\u001b[2K';

/** One line per stage, written over while the stage is under way. */
class LiveDisplay implements Display {
  readonly #sink: TextSink;
  #lineIsOpen = false;

  constructor(sink: TextSink) {
    this.#sink = sink;
  }

  begin(task: TaskName): void {
    this.#draw(task);
  }

  update(view: StageView): void {
    // Some terminals say that they have no columns at all.
    this.#draw(liveLine(view, this.#sink.columns || 80));
  }

  wait(): void {}

  end(view: StageView, message: string): void {
    this.say(endLine(view, message));
  }

  say(text: string): void {
    this.close();
    this.#sink.write(`${text}\n`);
  }

  close(): void {
    if (this.#lineIsOpen) {
      this.#sink.write(BLANK_LINE);
      this.#lineIsOpen = false;
    }
  }

  #draw(text: string): void {
    this.#sink.write(`${BLANK_LINE}${text}`);
    this.#lineIsOpen = true;
  }
}
