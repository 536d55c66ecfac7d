import { synthesiseDefinition } from '../../infra/definition.ts';

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: string;
}

export interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Variable: string; readonly StringEquals?: string; readonly Next: string }[];
  readonly Retry?: readonly Retrier[];
  readonly Catch?: unknown;
  readonly TimeoutSeconds?: number;
  readonly Resource?: string;
  readonly SecondsPath?: string;
  readonly ResultPath?: string;
  readonly Parameters?: Record<string, unknown>;
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
  readonly QueryLanguage?: string;
}

/** The state machine that ships, typed as far as the tests read it. */
export const definition = (await synthesiseDefinition()) as unknown as Definition;

export function state(name: string): State {
  const found = definition.States[name];
  if (found === undefined) throw new Error(`the definition has no state ${name}`);
  return found;
}
