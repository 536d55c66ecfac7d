import type { Writable } from 'node:stream';

/** The reader has left: of a pipe, or of a socket (with text unread), which supervisors and Node itself give a child. */
const READER_GONE = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/**
 * Lets the process go on when what it writes to is gone: `run … | head -1` ends the reader, not the run. A reader that has
 * left wants no more, which is no failure; `failed` says whether text was lost in any other way, such as a full
 * disk.
 */
export function surviveLostOutput(...streams: readonly Writable[]): { failed(): boolean } {
  let failed = false;
  for (const stream of streams) {
    // Without a listener the first such error would end the process with a stack.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      failed ||= !READER_GONE.has(error.code ?? '');
    });
  }
  return { failed: () => failed };
}
