import type pg from 'pg';

/** What the driver's connection has for COPY, which its types leave out. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * COPY … FROM STDIN in the text format, over the driver's own protocol messages: a statement of its own kind, whose rows
 * no INSERT stands for.
 */
class CopyIn implements pg.Submittable {
  readonly finished: Promise<number>;
  readonly #text: string;
  readonly #data: string;
  #resolve: (rows: number) => void = () => {};
  #reject: (error: Error) => void = () => {};
  #rows = 0;

  constructor(text: string, data: string) {
    this.#text = text;
    this.#data = data;
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: pg.Connection): void {
    (connection as unknown as CopyConnection).query(this.#text);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(Buffer.from(this.#data));
    connection.endCopyFrom();
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.#rows = Number(/^COPY (\d+)$/.exec(message.text)?.[1]);
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#rows);
  }

  handleError(error: Error): void {
    this.#reject(error);
  }
}

/** Copies rows, columns as text or null, into `table`; resolves to how many the server took. */
export function copyIn(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): Promise<number> {
  const lines = rows.map((row) => `${row.map(copyField).join('\t')}\n`).join('');
  const copy = new CopyIn(/* sql */ `COPY ${table} (${columns.join(', ')}) FROM STDIN`, lines);
  client.query(copy);
  return copy.finished;
}

function copyField(value: string | null): string {
  if (value === null) return '\\N';
  return value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}
