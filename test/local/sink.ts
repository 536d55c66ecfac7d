import type { TextSink } from '../../lambdas/local/progress/display.ts';

/** A stream that keeps what is written to it. */
export class CollectingSink implements TextSink {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(terminal?: { readonly columns: number }) {
    this.isTTY = terminal !== undefined;
    this.columns = terminal?.columns ?? 80;
  }

  write(text: string): void {
    this.text += text;
  }

  lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}
