// Where the runners' image comes from. The image must have the entrypoint as
// its first process: infra/image builds one.

import path from 'node:path';
import { Names, type Architecture } from './names.ts';
import type { ImageProps } from './props.ts';
import { aws_ecr as ecr, aws_ecr_assets as assets, aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * An image for each architecture. What the execution role needs in order to
 * pull it is given when a container takes it (`ContainerImage.bind`).
 */
export interface RunnerImage {
  /** The image for tasks of this architecture. */
  containerImage(architecture: Architecture): ecs.ContainerImage;
}

/** The image that the props ask for. */
export function runnerImage(scope: Construct, names: Names, props: ImageProps): RunnerImage {
  if (props.registry !== undefined) {
    return registryImage(scope, props.registry);
  }
  if (props.asset !== undefined) {
    return assetImage(scope, props.asset);
  }
  const repository = ecr.Repository.fromRepositoryName(scope, 'Repository', names.repository());
  return { containerImage: (architecture) => ecs.ContainerImage.fromEcrRepository(repository, architecture) };
}

const PRIVATE_ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?:[:@](.+))?$/;

/** Images that exist somewhere. */
function registryImage(scope: Construct, addresses: NonNullable<ImageProps['registry']>): RunnerImage {
  return {
    containerImage: (architecture) => {
      const address = typeof addresses === 'string' ? addresses : (addresses[architecture] ?? '');
      const [, account, region, name, tag] = PRIVATE_ECR.exec(address) ?? [];
      if (account === undefined || region === undefined || name === undefined) {
        return ecs.ContainerImage.fromRegistry(address);
      }
      const repository = ecr.Repository.fromRepositoryAttributes(scope, `Repository-${architecture}`, {
        repositoryName: name,
        repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
      });
      return ecs.ContainerImage.fromEcrRepository(repository, tag ?? 'latest');
    },
  };
}

/** An image that `cdk deploy` builds. */
function assetImage(scope: Construct, asset: NonNullable<ImageProps['asset']>): RunnerImage {
  return {
    containerImage: (architecture) =>
      ecs.ContainerImage.fromDockerImageAsset(
        new assets.DockerImageAsset(scope, `Image-${architecture}`, {
          directory: path.resolve(asset.directory),
          buildArgs: asset.buildArgs,
          platform: architecture === 'arm64' ? assets.Platform.LINUX_ARM64 : assets.Platform.LINUX_AMD64,
        }),
      ),
  };
}
