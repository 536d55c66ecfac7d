import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, expect, it } from 'vitest';
import { parseConfig } from '../../infra/config.ts';
import { ShadowstepStack } from '../../infra/shadowstep-stack.ts';
import { FULL_CONFIG, IAM_DATABASE } from './synthesised-stack.ts';

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

const folder = mkdtempSync(join(tmpdir(), 'shadowstep-nag-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** As infra/app.ts does, with the feature flags of cdk.json; throws when a rule is broken and not acknowledged. */
async function synthesiseWithChecks(config: unknown): Promise<void> {
  const app = new App({ analyticsReporting: false, context, outdir: mkdtempSync(join(folder, 'out-')) });
  new ShadowstepStack(app, 'Shop', {
    config: await parseConfig(config, 'the test'),
    code: Code.fromInline('// placeholder'),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

it.each([
  ['a secret, a rule, schedules, e-mails', FULL_CONFIG],
  ['IAM authentication', { ...FULL_CONFIG, database: IAM_DATABASE }],
  ['the least configuration', { ...FULL_CONFIG, eventSource: undefined, schedules: [], notifyEmails: [] }],
])(
  'cdk-nag finds nothing that is not acknowledged: %s',
  async (_name, config) => {
    await expect(synthesiseWithChecks(config)).resolves.toBeUndefined();
    // All rules over the whole template: seconds, and many of them on a busy machine.
  },
  180_000,
);
