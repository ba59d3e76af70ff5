// Where the runners' image comes from: the stack's own builds, an asset, a registry.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { FleetStack } from '../lib/app.ts';
import { PropsInvalid } from '../lib/check.ts';
import type { ImageProps, JitRunnersProps } from '../lib/props.ts';

/** A fleet whose image was packaged, as a template. */
function fleet(image?: ImageProps, props: Partial<JitRunnersProps> = {}, packaged = true): Template {
  const work = mkdtempSync(path.join(tmpdir(), 'jit-runners-image-'));
  try {
    for (const architecture of packaged ? ['x86_64', 'arm64'] : []) {
      const folder = path.join(work, 'package', `image-${architecture}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\n');
      writeFileSync(path.join(folder, 'entrypoint'), architecture);
    }
    const app = new App({ outdir: path.join(work, 'out') });
    return Template.fromStack(
      new FleetStack(app, {
        name: 'fleet',
        github: { appId: 7, installationId: 8 },
        packageDirectory: path.join(work, 'package'),
        image,
        ...props,
      }),
    );
  } finally {
    rmSync(work, { recursive: true });
  }
}

interface Project {
  Name: string;
  Source: { BuildSpec: string; Type: string };
  Environment: { Type: string; Image: string; PrivilegedMode: boolean; EnvironmentVariables: { Name: string; Value: unknown }[] };
}

function projects(template: Template): Project[] {
  return Object.values(template.findResources('AWS::CodeBuild::Project')).map(({ Properties }) => Properties);
}

function commands(template: Template): string[] {
  const [project] = projects(template);
  const { phases } = JSON.parse(project?.Source.BuildSpec ?? '{}');
  return Object.values(phases as Record<string, { commands: string[] }>).flatMap((phase) => phase.commands);
}

function variable(project: Project | undefined, name: string): unknown {
  return project?.Environment.EnvironmentVariables.find((variable) => variable.Name === name)?.Value;
}

function problems(image: ImageProps): readonly string[] {
  try {
    fleet(image);
  } catch (error) {
    if (error instanceof PropsInvalid) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe('what cannot work is refused', () => {
  test('an image that was not packaged: the template cannot be deployed', () => {
    const template = fleet(undefined, { architectures: ['x86_64'] }, false);
    const [parameter] = Object.values(template.findParameters('ImageIsPackagedx8664'));
    expect(parameter?.['Description']).toContain('run "cargo xtask package --arch x86_64"');
    template.hasParameter('ImageIsPackagedx8664', { Default: 'no', AllowedValues: ['no'] });
  });

  test.each<[string, ImageProps, string]>([
    ['a base that is no address', { build: { base: 'a base; reboot' } }, 'image.build.base is "a base; reboot"'],
    ['a schedule in another form', { build: { schedule: 'weekly' } }, 'image.build.schedule is "weekly"'],
    ['an unknown compression', { build: { compression: 'brotli' as 'zstd' } }, 'set gzip or zstd'],
    ['an unknown word for set-user-id', { build: { setuid: 'yes' as 'keep' } }, 'set remove or keep'],
    ['no kept image', { build: { keep: 0 } }, 'image.build.keep is 0'],
    ['builds of an image from a registry', { build: {}, registry: 'r.example/r:1' }, 'image.registry and image.build are set together'],
    ['builds of an asset', { build: {}, asset: {} }, 'image.asset and image.build are set together'],
  ])('%s', (_, image, sentence) => {
    const found = problems(image);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(sentence);
  });
});

describe('built by the stack', () => {
  const template = fleet();

  test('into a repository that scans, and keeps a few older images', () => {
    template.hasResource('AWS::ECR::Repository', {
      Properties: {
        RepositoryName: 'fleet-runner',
        ImageScanningConfiguration: { ScanOnPush: true },
        EmptyOnDelete: true,
      },
      DeletionPolicy: 'Delete',
    });
    const [repository] = Object.values(template.findResources('AWS::ECR::Repository'));
    const { rules } = JSON.parse(repository?.['Properties'].LifecyclePolicy.LifecyclePolicyText);
    expect(rules).toHaveLength(1);
    expect(rules[0].selection).toEqual({ tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 10 });
  });

  test("by one project per architecture, on that architecture's own machines", () => {
    expect(projects(template).map(({ Name, Environment: { Type, Image } }) => [Name, Type, Image])).toEqual([
      ['fleet-image-x86-64', 'LINUX_CONTAINER', 'aws/codebuild/amazonlinux-x86_64-standard:5.0'],
      ['fleet-image-arm64', 'ARM_CONTAINER', 'aws/codebuild/amazonlinux-aarch64-standard:3.0'],
    ]);
    expect(projects(template).map((project) => variable(project, 'IMAGE'))).toEqual(
      ['x86_64', 'arm64'].map((tag) => ({ 'Fn::Join': ['', expect.arrayContaining([`:${tag}`])] })),
    );
  });

  test('on a base that is pulled anew each time', () => {
    expect(commands(template).join('\n')).toContain('docker build --pull --build-arg BASE="$BASE"');
    expect(variable(projects(template)[0], 'BASE')).toBe('ghcr.io/actions/actions-runner:latest');
  });

  test('for the tasks, by tag', () => {
    const images = Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(
      ({ Properties }) => JSON.stringify(Properties.ContainerDefinitions[0].Image),
    );
    expect(images.map((image) => /:(x86_64|arm64)"/.exec(image)?.[1])).toEqual(['x86_64', 'arm64']);
  });

  test('every week, and after each deployment of this stack', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Name: 'fleet-image-scheduled',
      State: 'ENABLED',
      ScheduleExpression: 'rate(7 days)',
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      Name: 'fleet-image-deployed',
      State: 'ENABLED',
      EventBusName: Match.absent(),
      EventPattern: {
        source: ['aws.cloudformation'],
        'detail-type': ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [{ Ref: 'AWS::StackId' }],
          'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] },
        },
      },
    });
    for (const name of ['scheduled', 'deployed']) {
      const [rule] = Object.values(template.findResources('AWS::Events::Rule', { Properties: { Name: `fleet-image-${name}` } }));
      expect(rule?.['Properties'].Targets).toHaveLength(2);
    }
  });

  test('with a log that is not kept for ever', () => {
    for (const name of ['x86-64', 'arm64']) {
      template.hasResourceProperties('AWS::Logs::LogGroup', {
        LogGroupName: `/aws/codebuild/fleet-image-${name}`,
        RetentionInDays: 30,
      });
    }
  });

  test('pushing to its repository, and allowed nothing else there', () => {
    const roles = Object.values(template.findResources('AWS::IAM::Role')).map(({ Properties }) => Properties);
    const building = roles.filter(({ Description }) => /^Builds and pushes/.test(Description));
    expect(building).toHaveLength(2);
    for (const role of building) {
      const statements = role.Policies[0].PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[];
      const ecr = statements.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('ecr:')));
      const [signIn, push, ...more] = ecr;
      expect(signIn).toEqual({ Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' });
      expect(JSON.stringify(push?.Resource)).toContain(':repository/fleet-runner"');
      expect(push?.Action).not.toContain('ecr:DeleteRepository');
      expect(more).toEqual([]);
      expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    }
  });
});

describe('built otherwise', () => {
  test('with zstd, where it is asked for', () => {
    const text = commands(fleet({ build: { compression: 'zstd' } })).join('\n');
    expect(text).toContain('compression=zstd');
    expect(text).toContain('force-compression=true');
    expect(text).not.toContain('docker push');
  });

  test('on a base in a private ECR, which is signed in to and may be pulled', () => {
    const template = fleet({ build: { base: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/base:3' } });
    expect(commands(template).join('\n')).toContain('--region "eu-west-1" | docker login --username AWS --password-stdin "${BASE%%/*}"');
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: Match.arrayWith([
        Match.objectLike({
          PolicyDocument: {
            Statement: Match.arrayWith([
              Match.objectLike({
                Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
                Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecr:eu-west-1:111122223333:repository/base']] },
              }),
            ]),
          },
        }),
      ]),
    });
  });

  test('for one architecture alone', () => {
    expect(projects(fleet({ build: {} }, { architectures: ['x86_64'] })).map(({ Name }) => Name)).toEqual(['fleet-image-x86-64']);
  });
});

test('the outputs name what builds the image, where the stack does', () => {
  const value = (template: Template): unknown => template.toJSON()['Outputs'].ImageProjects?.Value;
  expect(value(fleet())).toBe('fleet-image-x86-64,fleet-image-arm64');
  expect(value(fleet({ registry: 'registry.example/runner:1' }))).toBeUndefined();
});

test.each<[string, ImageProps]>([
  ['an asset', { asset: {} }],
  ['a registry', { registry: 'registry.example/runner:1' }],
])('%s leaves nothing to build and no repository', (_, image) => {
  const template = fleet(image);
  template.resourceCountIs('AWS::ECR::Repository', 0);
  template.resourceCountIs('AWS::CodeBuild::Project', 0);
  expect(Object.keys(template.findResources('AWS::ECS::TaskDefinition'))).toHaveLength(2);
});
