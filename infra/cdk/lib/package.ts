// The functions' one artifact, as `cargo xtask package` leaves it. Where it was
// never built, a stand-in takes its place so that the template can be made; such
// a template is refused by CloudFormation.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { aws_lambda as lambda } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Architecture } from './names.ts';
import { refuseDeployment } from './refuse.ts';

const HERE = import.meta.dirname;

/** Where `cargo xtask package` puts its files. */
export const PACKAGES = path.resolve(HERE, '../../../target/package');

/** The zip with `bootstrap` for one architecture. */
export function functionPackage(scope: Construct, directory: string, architecture: Architecture): lambda.Code {
  const zip = path.join(directory, `bootstrap-${architecture}.zip`);
  if (existsSync(zip)) {
    return lambda.Code.fromAsset(zip);
  }
  refuseDeployment(
    scope,
    'FunctionsArePackaged',
    `The functions were not packaged for ${architecture}, so this template cannot be deployed: run "cargo xtask package --arch ${architecture}" and synthesize again.`,
  );
  return lambda.Code.fromAsset(path.resolve(HERE, '../stub'));
}
