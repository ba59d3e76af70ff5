// Props that cannot work are refused at synth: one sentence each, which names
// the prop, its value, the rule and the way out. All of them at once.

import { Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { imageProblems } from './check-image.ts';
import { networkProblems } from './check-network.ts';
import { ARCHITECTURES, type Architecture, HANDLERS } from './names.ts';
import { policyProblems } from './policy.ts';
import type { JitRunnersProps } from './props.ts';

/** The props cannot be deployed. */
export class PropsInvalid extends Error {
  override readonly name = 'PropsInvalid';

  constructor(
    /** One sentence each. */
    readonly problems: readonly string[],
  ) {
    super(problems.join('\n'));
  }
}

/** @throws PropsInvalid with every problem. */
export function check(props: JitRunnersProps): void {
  const problems = [
    ...nameProblems(props.name),
    ...githubProblems(props),
    ...architectureProblems(props),
    ...functionProblems(props),
    ...networkProblems(props.network ?? {}, props.webhook ?? {}),
    ...imageProblems(props),
    ...numberProblems(props),
    ...reconcileProblems(props),
  ];
  if (problems.length > 0) {
    throw new PropsInvalid(problems);
  }
}

/** `value` as it was written. */
export function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}

function nameProblems(name: string | undefined): string[] {
  return name === undefined || /^[a-z][a-z0-9-]{0,31}$/.test(name)
    ? []
    : [
        `name is ${shown(name)}, but a fleet's name has 1 to 32 lower-case letters, digits and "-", a letter first: choose such a name.`,
      ];
}

function githubProblems({ github, scope, runnerGroupId, runnerNamePrefix }: JitRunnersProps): string[] {
  const problems: string[] = [];
  const id = (prop: string, value: unknown, where: string): void => {
    if (!(Number.isSafeInteger(value) && Number(value) > 0)) {
      problems.push(`${prop} is ${shown(value)}, but must be a whole number above 0: ${where}.`);
    }
  };
  id('github.appId', github?.appId, "take it from the App's settings on GitHub, or run \"jit-runners setup\"");
  id('github.installationId', github?.installationId, "take it from the address of the App's installation, or run \"jit-runners setup\"");
  id('runnerGroupId', runnerGroupId ?? 1, "take it from the runner group's address; 1 is GitHub's Default");
  if (github?.apiUrl !== undefined && !isAddress(github.apiUrl)) {
    problems.push(
      `github.apiUrl is ${shown(github.apiUrl)}, but must be an http(s) address: give https://api.github.com or https://<server>/api/v3.`,
    );
  }
  if (github?.appKeyKmsArn !== undefined && github.appKeySecretArn !== undefined) {
    problems.push('github.appKeyKmsArn and github.appKeySecretArn are both set, but the App has one key: remove one.');
  }
  arn(problems, 'github.appKeyKmsArn', github?.appKeyKmsArn, /^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/, 'arn:aws:kms:<region>:<account>:key/<id>');
  for (const prop of ['appKeySecretArn', 'webhookSecretArn'] as const) {
    arn(problems, `github.${prop}`, github?.[prop], /^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:\S+-\w{6}$/, 'arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six characters>');
  }
  if (scope !== undefined && scope !== 'organization' && scope !== 'repository') {
    problems.push(`scope is ${shown(scope)}, but runners register at an organization or a repository: set one of these words.`);
  }
  if (runnerNamePrefix !== undefined && !/^[A-Za-z0-9][A-Za-z0-9-]{0,19}$/.test(runnerNamePrefix)) {
    problems.push(
      `runnerNamePrefix is ${shown(runnerNamePrefix)}, but has 1 to 20 letters, digits and "-": choose such a prefix.`,
    );
  }
  return problems;
}

function arn(problems: string[], prop: string, value: string | undefined, form: RegExp, example: string): void {
  if (value !== undefined && !Token.isUnresolved(value) && !form.test(value)) {
    problems.push(`${prop} is ${shown(value)}, but must be a whole ARN: give it as ${example}.`);
  }
}

function architectureProblems(props: JitRunnersProps): string[] {
  const known = (value: unknown): value is Architecture => ARCHITECTURES.includes(value as Architecture);
  const wanted = `an architecture is ${ARCHITECTURES.join(' or ')}: correct it`;
  const architectures = props.architectures ?? ARCHITECTURES;
  const problems = architectures
    .filter((value) => !known(value))
    .map((value) => `architectures has ${shown(value)}, but ${wanted}.`);
  if (architectures.length === 0) {
    problems.push('architectures is [], but runners need at least one: set x86_64, arm64 or both.');
  }
  if (new Set(architectures).size < architectures.length) {
    problems.push(`architectures is ${shown(architectures)}, but names one twice: remove it.`);
  }
  if (props.functionArchitecture !== undefined && !known(props.functionArchitecture)) {
    problems.push(`functionArchitecture is ${shown(props.functionArchitecture)}, but ${wanted}.`);
  }
  return problems.length > 0 ? problems : policyProblems(props.policy ?? '', architectures);
}

function functionProblems({ functions = {} }: JitRunnersProps): string[] {
  const problems: string[] = [];
  for (const [handler, settings] of Object.entries(functions)) {
    if (!(HANDLERS as readonly string[]).includes(handler)) {
      problems.push(`functions has ${shown(handler)}, but the functions are ${HANDLERS.join(', ')}: correct the name.`);
      continue;
    }
    const { memoryMiB, timeoutSeconds, reservedConcurrency } = settings;
    problems.push(
      ...range(`functions.${handler}.memoryMiB`, memoryMiB, 128, 10240),
      ...range(`functions.${handler}.timeoutSeconds`, timeoutSeconds, 1, 900),
      ...range(`functions.${handler}.reservedConcurrency`, reservedConcurrency, 1, 100_000),
    );
  }
  return problems;
}

function numberProblems(props: JitRunnersProps): string[] {
  const { labels, logRetentionDays } = props;
  const problems = range('archiveDays', props.archiveDays, 1, 365);
  const retentions = Object.values(RetentionDays).filter((days) => typeof days === 'number' && days !== RetentionDays.INFINITE);
  if (logRetentionDays !== undefined && !retentions.includes(logRetentionDays)) {
    problems.push(
      `logRetentionDays is ${shown(logRetentionDays)}, but CloudWatch Logs keeps logs for certain days: set one of ${retentions.join(', ')}.`,
    );
  }
  if (labels !== undefined && (labels.length === 0 || labels.some((label) => typeof label !== 'string' || label === ''))) {
    problems.push(`labels is ${shown(labels)}, but a queued job must carry one of them: name at least one, none empty.`);
  }
  return problems;
}

function reconcileProblems({ reconcile = {} }: JitRunnersProps): string[] {
  const problems = [
    ...range('reconcile.periodMinutes', reconcile.periodMinutes, 1, 60),
    ...range('reconcile.githubCalls', reconcile.githubCalls, 4, 1000),
  ];
  const hook = reconcile.organizationHook;
  if (hook !== undefined && !/^[\w.-]+\/\d+$/.test(hook)) {
    problems.push(
      `reconcile.organizationHook is ${shown(hook)}, but must be an organization and the id of its webhook: give it as acme/12345678.`,
    );
  }
  return problems;
}

/** Whole numbers between two bounds. */
export function range(prop: string, value: number | undefined, from: number, to: number): string[] {
  return value === undefined || (Number.isInteger(value) && value >= from && value <= to)
    ? []
    : [`${prop} is ${shown(value)}, but must be a whole number from ${from} to ${to}: set one in between.`];
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
