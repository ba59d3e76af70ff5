// What cannot work of the prop `image`, in sentences; see lib/check.ts.

import { range, shown } from './check.ts';
import { ARCHITECTURES } from './names.ts';
import type { ImageBuildProps, JitRunnersProps } from './props.ts';

/** Every problem of where the image comes from. */
export function imageProblems({ image = {}, architectures = ARCHITECTURES }: JitRunnersProps): string[] {
  const { registry, asset, build, user } = image;
  const sources = Object.entries({ registry, asset, build }).filter(([, given]) => given !== undefined);
  if (sources.length > 1) {
    const names = sources.map(([name]) => `image.${name}`).join(' and ');
    return [`${names} are set together, but the image comes from one place: keep one of them.`];
  }
  return [
    ...range('image.user', user, 1, 65_534),
    ...(registry === undefined ? [] : registryProblems(registry, architectures)),
    ...(build === undefined ? [] : buildProblems(build)),
  ];
}

function registryProblems(
  registry: NonNullable<NonNullable<JitRunnersProps['image']>['registry']>,
  architectures: NonNullable<JitRunnersProps['architectures']>,
): string[] {
  return architectures
    .filter((architecture) => !(typeof registry === 'string' ? registry : registry[architecture]))
    .map(
      (architecture) =>
        `image.registry has no address for ${architecture}, but architectures names it: add the address or remove the architecture.`,
    );
}

function buildProblems(build: ImageBuildProps): string[] {
  const { base, setuid, schedule, keep, compression } = build;
  const problems = range('image.build.keep', keep, 1, 100);
  if (base !== undefined && !/^[\w.-]+(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/.test(base)) {
    problems.push(`image.build.base is ${shown(base)}, but must be an image's address: give <registry>/<name>:<tag> or <registry>/<name>@sha256:<digest>.`);
  }
  if (setuid !== undefined && !['remove', 'keep'].includes(setuid)) {
    problems.push(`image.build.setuid is ${shown(setuid)}, but set-user-id programs are removed or kept: set remove or keep.`);
  }
  if (schedule !== undefined && !/^(?:rate|cron)\([^()]+\)$/.test(schedule)) {
    problems.push(`image.build.schedule is ${shown(schedule)}, but must be as EventBridge writes it: give rate(7 days) or cron(0 4 ? * MON *).`);
  }
  if (compression !== undefined && !['gzip', 'zstd'].includes(compression)) {
    problems.push(`image.build.compression is ${shown(compression)}, but layers are compressed in one of two ways: set gzip or zstd.`);
  }
  return problems;
}
