// The product's app, deployed into the AWS emulator by tests/aws-emulator: the
// same stack from the same settings file, then the changes of test/emulator.ts.
// `-c changes=PATH` names the file that they are written to.

import { readFileSync, writeFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { deployable } from '../lib/app.ts';
import { readSettings } from '../lib/settings.ts';
import { adapt } from './emulator.ts';

const app = new App();
const stack = deployable(app, readSettings(app.node.tryGetContext('settings')));
const { templateFullPath } = app.synth().getStackArtifact(stack.artifactId);
const template = JSON.parse(readFileSync(templateFullPath, 'utf8'));
const changes = adapt(template);
writeFileSync(templateFullPath, JSON.stringify(template, undefined, 1));
writeFileSync(app.node.getContext('changes'), JSON.stringify(changes, undefined, 1));
