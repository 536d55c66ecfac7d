import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { readConfigFile } from './config.ts';
import { ShadowstepStack } from './shadowstep-stack.ts';

const EXAMPLE_CONFIG = fileURLToPath(new URL('config.example.json', import.meta.url));

/** What the template's references stand for outside AWS: the account number of AWS's own examples. */
const PSEUDO_PARAMETERS: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '123456789012',
};

/**
 * The state machine that ships, as Amazon States Language: the stack is built in this process, nothing is bundled or
 * written, and the template's references become plausible ARNs. This is what the local runner and the tests interpret.
 */
export async function synthesiseDefinition(): Promise<Record<string, unknown>> {
  const app = new App({ analyticsReporting: false, context: { 'aws:cdk:disable-stack-trace': true } });
  const stack = new ShadowstepStack(app, 'Shadowstep', {
    config: await readConfigFile(EXAMPLE_CONFIG),
    code: Code.fromInline('// The definition names the functions; what they do is in lambdas/.'),
  });
  const machine = stack.stateMachine.node.defaultChild as CfnStateMachine;
  return JSON.parse(textOf(stack.resolve(machine.definitionString))) as Record<string, unknown>;
}

/** Fn::Join, Ref and Fn::GetAtt as text; anything else in a definition would be new, and is refused. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [intrinsic, argument] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (intrinsic === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(textOf).join(separator);
  }
  if (intrinsic === 'Ref' && typeof argument === 'string' && argument in PSEUDO_PARAMETERS) {
    return PSEUDO_PARAMETERS[argument] ?? '';
  }
  if (intrinsic === 'Fn::GetAtt') {
    const [logicalId] = argument as [string, string];
    return `arn:aws:lambda:eu-central-1:123456789012:function:${logicalId}`;
  }
  throw new Error(`The definition holds ${JSON.stringify(value)}, which has no text outside AWS`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await synthesiseDefinition(), null, 2)}\n`);
}
