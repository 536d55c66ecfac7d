import { type DriveOptions, driveMachine } from './local-driver.ts';
import { displayOn, type TextSink } from './progress/display.ts';
import { Progress } from './progress/progress.ts';
import { startSampler } from './progress/sampler.ts';
import type { MachineEnd } from './run-machine.ts';

/** Once a second is often enough for a person, and nothing for the server. */
const SAMPLE_INTERVAL_MS = 1_000;

/** Drives the machine to its end and shows how it goes: a live line per stage on a terminal, plain lines elsewhere. */
export async function driveWithProgress(
  options: Omit<DriveOptions, 'definition'>,
  sink: TextSink,
): Promise<MachineEnd> {
  const { openSession, stop, onEvent } = options;
  const display = displayOn(sink);
  const progress = new Progress(display, () => performance.now());
  let runId: bigint | null = null;
  const sampler = sink.isTTY
    ? startSampler({
        openSession,
        runId: () => runId,
        onReport: (report) => progress.onReport(report),
        onRound: () => progress.tick(),
        intervalMs: SAMPLE_INTERVAL_MS,
      })
    : null;
  const onStop = () => display.say('Stopping: the unit under way ends first. Interrupt again to leave at once.');
  stop?.addEventListener('abort', onStop, { once: true });
  try {
    return await driveMachine({
      ...options,
      definition: { onSynthesis: () => display.say('Synthesising the state machine (first time only) …') },
      onEvent: (event) => {
        if (event.type === 'unit-ended' && event.result.runId !== '') {
          runId = BigInt(event.result.runId);
        }
        onEvent?.(event);
        progress.onEvent(event);
      },
    });
  } finally {
    stop?.removeEventListener('abort', onStop);
    await sampler?.stop();
    progress.close();
  }
}
