// What the AWS emulator of tests/aws-emulator lacks, and how the product's
// template is changed for it: nothing else is. Each change is written down with
// its reason; the test prints the list and compares it with its own.

/** One change of the template. */
export interface Change {
  /** The construct's path, without the stack's name. */
  readonly resource: string;
  readonly type: string;
  /** What was done. */
  readonly change: string;
  /** Why the emulator needs it. */
  readonly why: string;
}

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
  DependsOn?: string | string[];
  Metadata?: Record<string, string>;
}

interface MetricStat {
  Metric: { MetricName: string; Namespace: string; Dimensions?: unknown };
  Period: number;
  Stat: string;
}

/** A synthesized template, as far as it is changed here. */
export interface Template {
  Resources: Record<string, Resource>;
  [section: string]: unknown;
}

const ALIAS = 'AWS::StepFunctions::StateMachineAlias';
const VERSION = 'AWS::StepFunctions::StateMachineVersion';
const MACHINE = 'AWS::StepFunctions::StateMachine';

/** Resource types that its CloudFormation does not know. */
const UNKNOWN: Record<string, string> = {
  'AWS::EC2::FlowLog': 'its CloudFormation does not know the type',
  'AWS::EC2::NatGateway': 'its CloudFormation does not know the type',
  'AWS::Events::Archive': 'its CloudFormation does not know the type',
  'AWS::Logs::QueryDefinition': 'its CloudFormation does not know the type',
  [VERSION]: 'its CloudFormation does not know the type; the test publishes the version through the API',
  [ALIAS]: 'its CloudFormation does not know the type; the test makes the alias through the API',
};

/** Changes `template` in place; answers what was changed. */
export function adapt(template: Template): Change[] {
  const changes: Change[] = [];
  const machine = only(template, MACHINE);
  const gone = new Map<string, unknown>();
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (simplified(resource)) {
      changes.push(told(resource, 'watches its first metric only', 'its CloudFormation does not know alarms on metric math'));
    }
    const why = UNKNOWN[resource.Type];
    if (why === undefined) {
      continue;
    }
    const instead = resource.Type === ALIAS ? aliasArn(machine, resource) : undefined;
    gone.set(id, instead);
    changes.push(told(resource, 'left out', why));
    delete template.Resources[id];
  }
  template.Resources = mended(template.Resources, gone) as Template['Resources'];
  template['Outputs'] = mended(template['Outputs'], gone);
  return [...changes, ...definition(template.Resources[machine] as Resource)];
}

/** Turns an alarm on an expression into one on the first metric in it. */
function simplified({ Type, Properties }: Resource): boolean {
  const metrics = Properties?.['Metrics'] as { MetricStat?: MetricStat }[] | undefined;
  if (Type !== 'AWS::CloudWatch::Alarm' || Properties === undefined || metrics === undefined) {
    return false;
  }
  const first = metrics.find((metric) => metric.MetricStat !== undefined)?.MetricStat;
  if (first === undefined) {
    throw new Error('an alarm has an expression without a metric: say in test/emulator.ts what takes its place');
  }
  delete Properties['Metrics'];
  const { Metric, Period, Stat } = first;
  Object.assign(Properties, Metric, { Period, Statistic: Stat });
  return true;
}

function only(template: Template, type: string): string {
  const found = Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
  const [first] = found;
  if (first === undefined || found.length !== 1) {
    throw new Error(`the template has ${found.length} resources of type ${type}, but this app was written for one`);
  }
  return first[0];
}

/** The ARN that the alias will have once the test has made it. */
function aliasArn(machine: string, alias: Resource): unknown {
  return { 'Fn::Join': [':', [{ 'Fn::GetAtt': [machine, 'Arn'] }, alias.Properties?.['Name']]] };
}

/** References to what is gone: replaced where there is a replacement, else an error. */
function mended(value: unknown, gone: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => mended(item, gone));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const target = referenced(value as Record<string, unknown>);
  if (target !== undefined && gone.has(target)) {
    const instead = gone.get(target);
    if (instead === undefined) {
      throw new Error(`something needs ${target}, which the emulator lacks: say in test/emulator.ts what takes its place`);
    }
    return instead;
  }
  const entries = Object.entries(value).map(([key, item]) =>
    key === 'DependsOn' ? [key, [item].flat().filter((id) => !gone.has(id as string))] : [key, mended(item, gone)],
  );
  return Object.fromEntries(entries);
}

function referenced(value: Record<string, unknown>): string | undefined {
  if (typeof value['Ref'] === 'string') {
    return value['Ref'];
  }
  const attribute = value['Fn::GetAtt'];
  return Array.isArray(attribute) && typeof attribute[0] === 'string' ? attribute[0] : undefined;
}

/** Its interpreter differs from Step Functions in four points. */
function definition(machine: Resource): Change[] {
  const properties = machine.Properties as { DefinitionString: string };
  const redrives = '$states.context.Execution.RedriveCount';
  const found = properties.DefinitionString.split(redrives).length - 1;
  const parsed = JSON.parse(properties.DefinitionString.replaceAll(redrives, '0'));
  const run = parsed.States.RunRunner;
  delete run.TimeoutSeconds;
  if (run.Assign.run.cause !== '{% $string($states.result) %}' || found === 0) {
    throw new Error('the definition has changed: look again at what the emulator needs in test/emulator.ts');
  }
  run.Assign.run.cause = `{% ${ONE_TASK} %}`;
  const ends = Object.entries<Record<string, unknown>>(parsed.States).filter(
    ([, state]) => state['Type'] === 'Succeed' && state['Output'] !== undefined,
  );
  for (const [, state] of ends) {
    Object.assign(state, { Type: 'Pass', End: true });
  }
  properties.DefinitionString = JSON.stringify(parsed);
  return [
    told(machine, 'RedriveCount is 0', 'its context object has no Execution.RedriveCount, and it cannot redrive'),
    told(machine, "RunRunner's TimeoutSeconds is left out", 'it takes numbers there, no expression'),
    told(machine, "RunRunner's result is read as DescribeTasks' answer", 'its runTask.sync ends with that instead of the one Task'),
    told(machine, `${ends.map(([name]) => name).join(', ')} end as Pass states`, 'its Succeed states take no Output'),
  ];
}

/** From DescribeTasks' answer to the Task that `ecs:runTask.sync` gives on AWS. */
const ONE_TASK =
  '($task := $states.result.tasks[0]; $string({' +
  "'TaskArn': $task.taskArn, 'StopCode': $task.stopCode, 'StoppedReason': $task.stoppedReason, " +
  "'Containers': [$task.containers.{'Name': name, 'ExitCode': exitCode}]}))";

function told(resource: Resource, change: string, why: string): Change {
  const [, ...path] = (resource.Metadata?.['aws:cdk:path'] ?? '').split('/');
  return { resource: path.join('/'), type: resource.Type, change, why };
}
