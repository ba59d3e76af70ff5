// `cdk synth` and `cdk deploy` start here; `-c settings=PATH` names the file.

import { App } from 'aws-cdk-lib';
import { deployable } from '../lib/app.ts';
import { PropsInvalid } from '../lib/check.ts';
import { readSettings } from '../lib/settings.ts';

try {
  const app = new App();
  deployable(app, readSettings(app.node.tryGetContext('settings')));
} catch (error) {
  if (!(error instanceof PropsInvalid)) {
    throw error;
  }
  // The sentences say it all; a stack trace would only hide them.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
