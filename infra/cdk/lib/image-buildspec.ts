// What a build of the runner image runs, as CodeBuild's buildspec. Every value
// comes in an environment variable; nothing of the settings is part of a command.

/** How the image's layers are compressed. */
export type Compression = 'gzip' | 'zstd';

/** BuildKit for `docker buildx create`, from a registry without a limit on anonymous pulls. */
const BUILDKIT = 'public.ecr.aws/vend/moby/buildkit:buildx-stable-1';

const ARGUMENTS = [
  '--pull',
  '--build-arg BASE="$BASE"',
  '--build-arg SETUID="$SETUID"',
  '--build-arg RUNNER_UID="$RUNNER_UID"',
  '--build-arg REVISION="$REVISION"',
].join(' ');

/** The buildspec; `baseRegion` is the region of a base in a private ECR. */
export function buildspec(compression: Compression, baseRegion?: string): Record<string, unknown> {
  const signIn = (region: string, image: string): string =>
    `aws ecr get-login-password --region "${region}" | docker login --username AWS --password-stdin "\${${image}%%/*}"`;
  const build = {
    gzip: [`docker build ${ARGUMENTS} --tag "$IMAGE" .`, 'docker push "$IMAGE"'],
    // Only BuildKit in a container of its own writes zstd, and old layers only
    // when it is forced to; one manifest, since the tag names one architecture.
    zstd: [
      `docker buildx create --use --driver docker-container --driver-opt image=${BUILDKIT}`,
      `docker buildx build ${ARGUMENTS} --provenance=false --output type=image,name="$IMAGE",push=true,oci-mediatypes=true,compression=zstd,compression-level=3,force-compression=true .`,
    ],
  }[compression];
  return {
    version: '0.2',
    env: { shell: 'bash', variables: { DOCKER_BUILDKIT: '1' } },
    phases: {
      pre_build: {
        commands: [
          'set -o pipefail',
          signIn('$AWS_REGION', 'IMAGE'),
          ...(baseRegion === undefined ? [] : [signIn(baseRegion, 'BASE')]),
        ],
      },
      // CodeBuild runs this phase only when the one before it succeeded.
      build: { commands: build },
    },
  };
}
