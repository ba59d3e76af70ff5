// A synthesized template, read as CloudFormation would: references become
// names and ARNs of one account and region.

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';

/** A resource as the template has it. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

const PSEUDO: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'fleet',
};

/** What an ARN ends with, by resource type. */
const ARNS: Record<string, (id: string, properties: Record<string, any>) => [service: string, rest: string]> = {
  'AWS::IAM::Role': (id) => ['iam', `role/${id}`],
  'AWS::SQS::Queue': (_, { QueueName }) => ['sqs', QueueName],
  'AWS::DynamoDB::Table': (_, { TableName }) => ['dynamodb', `table/${TableName}`],
  'AWS::Logs::LogGroup': (_, { LogGroupName }) => ['logs', `log-group:${LogGroupName}:*`],
  'AWS::Events::EventBus': (_, { Name }) => ['events', `event-bus/${Name}`],
  'AWS::CodeBuild::Project': (_, { Name }) => ['codebuild', `project/${Name}`],
  'AWS::ECR::Repository': (_, { RepositoryName }) => ['ecr', `repository/${RepositoryName}`],
  'AWS::ECS::Cluster': (_, { ClusterName }) => ['ecs', `cluster/${ClusterName}`],
  'AWS::StepFunctions::StateMachine': (_, { StateMachineName }) => ['states', `stateMachine:${StateMachineName}`],
  'AWS::Lambda::Function': (_, { FunctionName }) => ['lambda', `function:${FunctionName}`],
};

/** One template. */
export class Template {
  constructor(
    readonly json: Record<string, any>,
    /** The fleet's name. */
    readonly fleet: string,
  ) {}

  /** Resources of a type, by logical id. */
  all(type: string): [string, Resource][] {
    const resources = Object.entries(this.json['Resources'] as Record<string, Resource>);
    return resources.filter(([, resource]) => resource.Type === type);
  }

  /** The one resource of `type` whose logical id has `part` in it. */
  one(type: string, part = ''): Resource {
    const found = this.all(type).filter(([id]) => id.includes(part));
    const [first] = found;
    if (first === undefined || found.length > 1) {
      throw new Error(`${found.length} resources of type ${type} have ${part} in their id`);
    }
    return first[1];
  }

  /** A value with all references resolved. */
  text(value: unknown): string {
    if (typeof value === 'string') {
      return value;
    }
    const [[key, inner] = ['', '']] = Object.entries(value as Record<string, any>);
    switch (key) {
      case 'Ref':
        return PSEUDO[inner] ?? this.reference(inner);
      case 'Fn::GetAtt':
        return this.attribute(inner[0], inner[1]);
      case 'Fn::Join':
        return (inner[1] as unknown[]).map((part) => this.text(part)).join(inner[0]);
      case 'Fn::Sub':
        return String(inner).replaceAll(/\$\{([\w:]+)\}/g, (_, name: string) => PSEUDO[name] ?? this.reference(name));
      case 'Fn::Select':
      case 'Fn::Split':
        return `<${key}>`;
      default:
        throw new Error(`no text for ${JSON.stringify(value)}`);
    }
  }

  /** Every string in `value`, with references resolved, joined to one text. */
  flat(value: unknown): string {
    return JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && Object.keys(inner).some((key) => key === 'Ref' || key.startsWith('Fn::'))
        ? this.text(inner)
        : inner,
    );
  }

  private resource(id: string): Resource {
    const resource = (this.json['Resources'] as Record<string, Resource>)[id];
    if (resource === undefined) {
      throw new Error(`the template refers to ${id}, which it has not`);
    }
    return resource;
  }

  private reference(id: string): string {
    const { Type, Properties } = this.resource(id);
    switch (Type) {
      case 'AWS::Lambda::Version':
        return `${this.functionArn(Properties['FunctionName'])}:1`;
      case 'AWS::Lambda::Alias':
        return `${this.functionArn(Properties['FunctionName'])}:${Properties['Name']}`;
      case 'AWS::Lambda::Function':
        return Properties['FunctionName'];
      case 'AWS::DynamoDB::Table':
        return Properties['TableName'];
      case 'AWS::Logs::LogGroup':
        return Properties['LogGroupName'];
      case 'AWS::ECS::Cluster':
        return Properties['ClusterName'];
      case 'AWS::Events::EventBus':
        return Properties['Name'];
      default:
        return `<${id}>`;
    }
  }

  private attribute(id: string, name: string): string {
    const { Type, Properties } = this.resource(id);
    if (Type === 'AWS::StepFunctions::StateMachineAlias') {
      return `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${this.fleet}:${Properties['Name']}`;
    }
    const arn = name === 'Arn' ? ARNS[Type]?.(id, Properties) : undefined;
    if (arn === undefined) {
      return `<${id}.${name}>`;
    }
    const region = arn[0] === 'iam' ? '' : REGION;
    return `arn:aws:${arn[0]}:${region}:${ACCOUNT}:${arn[1]}`;
  }

  private functionArn(name: unknown): string {
    return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${this.text(name)}`;
  }
}
