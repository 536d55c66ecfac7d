import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundleHandlers } from './bundle.ts';
import { readConfigFile, StackConfigError } from './config.ts';
import { ShadowstepStack } from './shadowstep-stack.ts';

/** The CDK application. `-c config=FILE.json` names the configuration; cdk.json names the example. */
async function main(): Promise<void> {
  const app = new App();
  const config = await readConfigFile(String(app.node.getContext('config')));
  const bundle = await bundleHandlers({ caFile: config.database.caFile });
  new ShadowstepStack(app, config.namePrefix, { config, code: Code.fromAsset(bundle) });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StackConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
