// Where the runners' image comes from: built by the stack, built by `cdk
// deploy`, or there already. It must have the entrypoint as its first process.

import path from 'node:path';
import { aws_ecr as ecr, aws_ecr_assets as assets, aws_ecs as ecs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PRIVATE_ECR, ImageBuilds, type ImageBuildsProps } from './image-builds.ts';
import { imageFolder } from './image-context.ts';
import type { Architecture } from './names.ts';
import type { ImageProps } from './props.ts';

/**
 * An image for each architecture. What the execution role needs in order to
 * pull it is given when a container takes it (`ContainerImage.bind`).
 */
export interface RunnerImage {
  /** The image for tasks of this architecture. */
  containerImage(architecture: Architecture): ecs.ContainerImage;
  /** The stack's own builds, where it has some. */
  readonly builds?: ImageBuilds;
}

/** Where an image may come from, and what its builds need. */
export interface RunnerImageProps extends Omit<ImageBuildsProps, 'build'> {
  readonly image: ImageProps;
}

/** The image that the props ask for. */
export function runnerImage(scope: Construct, props: RunnerImageProps): RunnerImage {
  const { image } = props;
  if (image.registry !== undefined) {
    return registryImage(scope, image.registry);
  }
  if (image.asset !== undefined) {
    return assetImage(scope, props.packageDirectory, image.asset);
  }
  const builds = new ImageBuilds(scope, 'ImageBuilds', { ...props, build: image.build ?? {} });
  const repository = ecr.Repository.fromRepositoryName(scope, 'Repository', props.names.repository());
  return {
    builds,
    containerImage: (architecture) => ecs.ContainerImage.fromEcrRepository(repository, architecture),
  };
}

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
function assetImage(scope: Construct, packages: string, asset: NonNullable<ImageProps['asset']>): RunnerImage {
  return {
    containerImage: (architecture) =>
      ecs.ContainerImage.fromDockerImageAsset(
        new assets.DockerImageAsset(scope, `Image-${architecture}`, {
          directory: path.resolve(asset.directory ?? imageFolder(packages, architecture)),
          buildArgs: asset.buildArgs,
          platform: architecture === 'arm64' ? assets.Platform.LINUX_ARM64 : assets.Platform.LINUX_AMD64,
        }),
      ),
  };
}
