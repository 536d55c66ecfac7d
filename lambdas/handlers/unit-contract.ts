import { z } from 'zod';
import { InvalidRequestError } from '../engine/errors.ts';
import { ACTIONS, RUN_STAGES } from '../engine/stages.ts';
import { MEASURES, UNIT_STATUSES, type UnitEvent, type UnitResult } from '../engine/unit.ts';

const eventSchema = z.object({
  request: z.unknown(),
  driver: z.string().min(1),
  unitsDone: z.int().min(0),
});

const resultSchema = z
  .object({
    status: z.enum(UNIT_STATUSES),
    waitSeconds: z.int().min(0),
    because: z.string(),
    action: z.enum(ACTIONS),
    runId: z.string(),
    stage: z.enum(RUN_STAGES),
    table: z.string(),
    unitsDone: z.int().min(0),
    progress: z.object({
      done: z.string(),
      estimated: z.string(),
      percent: z.number(),
      measure: z.enum([...MEASURES, '']),
    }),
    message: z.string(),
  })
  .refine((result) => (result.status === 'wait') === result.waitSeconds >= 1, { path: ['waitSeconds'] });

/** Throws InvalidRequestError: somebody called the function, not the state machine. */
export function checkedEvent(event: unknown): UnitEvent {
  const parsed = eventSchema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new InvalidRequestError(
    parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the event'} is not what the state machine sends`),
  );
}

/**
 * The result as it goes out. A field that the definition reads and does not find is States.Runtime, which no Retry and no
 * Catch takes; here a fault of ours becomes an error with a name.
 */
export function checkedResult(result: UnitResult): UnitResult {
  const parsed = resultSchema.safeParse(result);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the result');
  throw new TypeError(`A unit's result is not total: ${fields.join(', ')}. This is a fault of the release.`);
}
