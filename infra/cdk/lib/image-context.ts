// What the image is built of: the folder with Dockerfile and entrypoint that
// `cargo xtask package` leaves. Where it was never made, a stand-in takes its
// place so that the template can be made; such a template is refused.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { aws_s3_assets as assets } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Architecture } from './names.ts';
import { refuseDeployment } from './refuse.ts';

/** The folder for one architecture, under the folder of packages. */
export function imageFolder(packages: string, architecture: Architecture): string {
  return path.join(packages, `image-${architecture}`);
}

/** The folder as an asset in S3. */
export function imageContext(scope: Construct, packages: string, architecture: Architecture): assets.Asset {
  const folder = imageFolder(packages, architecture);
  const packaged = existsSync(path.join(folder, 'entrypoint'));
  if (!packaged) {
    refuseDeployment(
      scope,
      `ImageIsPackaged${architecture.replace('_', '')}`,
      `The runner image's entrypoint was not packaged for ${architecture}, so this template cannot be deployed: run "cargo xtask package --arch ${architecture}" and synthesize again, or remove ${architecture} from architectures.`,
    );
  }
  return new assets.Asset(scope, 'Context', { path: packaged ? folder : path.resolve(import.meta.dirname, '../stub') });
}
