// The network that runners are in: a new VPC, or a given one.
//
// Runners connect out and never in. The DynamoDB gateway endpoint is what makes
// a hand-over come "from our VPC": the task role's condition depends on it.

import { Aws, RemovalPolicy, aws_ec2 as ec2, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from './nag.ts';
import type { Names } from './names.ts';
import type { NetworkProps } from './props.ts';
import { allow, serviceRole } from './roles.ts';

/** Settings of {@link Network}. */
export interface NetworkSettings extends NetworkProps {
  readonly names: Names;
  readonly logRetention: logs.RetentionDays;
}

/** A VPC, subnets, and the runners' security group. */
export class Network extends Construct {
  readonly vpcId: string;
  /** Where tasks are placed. */
  readonly subnetIds: readonly string[];
  /** Whether tasks get a public address. */
  readonly assignPublicIp: boolean;
  /** The runners' security group: nothing in, `egressPorts` out. */
  readonly securityGroupId: string;
  /** Addresses inside: the new VPC's own range, or all private ones for a given VPC. */
  readonly cidrs: string[];
  /** The new VPC. */
  readonly vpc?: ec2.Vpc;

  constructor(scope: Construct, id: string, settings: NetworkSettings) {
    super(scope, id);
    if (settings.kind === 'given') {
      this.vpcId = settings.vpcId ?? '';
      this.subnetIds = settings.subnetIds ?? [];
      this.assignPublicIp = settings.assignPublicIp ?? false;
      this.cidrs = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
      if (!settings.hasDynamoDbEndpoint) {
        new ec2.CfnVPCEndpoint(this, 'DynamoDb', {
          vpcId: this.vpcId,
          serviceName: `com.amazonaws.${Aws.REGION}.dynamodb`,
          vpcEndpointType: 'Gateway',
          routeTableIds: [...(settings.routeTableIds ?? [])],
        });
      }
    } else {
      this.vpc = this.newVpc(settings);
      this.vpcId = this.vpc.vpcId;
      this.assignPublicIp = (settings.kind ?? 'public') === 'public';
      this.subnetIds = (this.assignPublicIp
        ? this.vpc.publicSubnets
        : settings.kind === 'nat'
          ? this.vpc.privateSubnets
          : this.vpc.isolatedSubnets
      ).map((subnet) => subnet.subnetId);
      this.cidrs = [this.vpc.vpcCidrBlock];
    }
    this.securityGroupId = this.runnersGroup(settings.egressPorts ?? [443]);
  }

  private newVpc(settings: NetworkSettings): ec2.Vpc {
    const kind = settings.kind ?? 'public';
    const subnet = (name: string, subnetType: ec2.SubnetType): ec2.SubnetConfiguration => ({
      name,
      subnetType,
      // Addresses are given task by task; nothing else in here needs one.
      ...(subnetType === ec2.SubnetType.PUBLIC ? { mapPublicIpOnLaunch: false } : {}),
    });
    const vpc = new ec2.Vpc(this, 'Vpc', {
      vpcName: settings.names.fleet,
      ipAddresses: ec2.IpAddresses.cidr(settings.cidr ?? '10.0.0.0/16'),
      maxAzs: settings.availabilityZones ?? 2,
      natGateways: kind === 'nat' ? 1 : 0,
      subnetConfiguration:
        kind === 'endpoints'
          ? [subnet('runners', ec2.SubnetType.PRIVATE_ISOLATED)]
          : kind === 'nat'
            ? [subnet('way-out', ec2.SubnetType.PUBLIC), subnet('runners', ec2.SubnetType.PRIVATE_WITH_EGRESS)]
            : [subnet('runners', ec2.SubnetType.PUBLIC)],
      // Would bring a function of CDK's own, with a role of its own. Nothing uses that group.
      restrictDefaultSecurityGroup: false,
    });
    vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });
    // Image layers come from S3.
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    if (kind === 'endpoints') {
      this.interfaceEndpoints(vpc);
    }
    this.flowLog(vpc, settings);
    return vpc;
  }

  private interfaceEndpoints(vpc: ec2.Vpc): void {
    const services = {
      EcrApi: ec2.InterfaceVpcEndpointAwsService.ECR,
      EcrDocker: ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
      Logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    };
    const group = new ec2.SecurityGroup(this, 'Endpoints', {
      vpc,
      description: 'HTTPS from inside the VPC to its endpoints',
      allowAllOutbound: false,
    });
    group.addIngressRule(ec2.Peer.ipv4(vpc.vpcCidrBlock), ec2.Port.tcp(443), 'HTTPS from the VPC');
    acknowledge(group, 'EC23', "Only the VPC's own range may connect; the pack cannot read it from its reference.");
    for (const [id, service] of Object.entries(services)) {
      vpc.addInterfaceEndpoint(id, { service, securityGroups: [group], open: false });
    }
  }

  /** Connections that the VPC refused: cheap, and what one looks for first. */
  private flowLog(vpc: ec2.Vpc, { names, logRetention }: NetworkSettings): void {
    const logGroupName = `/aws/vpc/${names.fleet}`;
    const logGroup = new logs.LogGroup(this, 'FlowLogs', {
      logGroupName,
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const arn = names.arn('logs', `log-group:${logGroupName}`);
    const role = serviceRole(this, 'FlowLogsRole', {
      names,
      service: 'vpc-flow-logs.amazonaws.com',
      sourceArn: names.arn('ec2', 'vpc-flow-log/*'),
      description: `Refused connections of ${names.fleet} to their log group`,
      statements: [
        allow(['logs:DescribeLogStreams'], `${arn}:*`),
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], `${arn}:log-stream:*`),
      ],
    });
    new ec2.CfnFlowLog(this, 'FlowLog', {
      resourceType: 'VPC',
      resourceId: vpc.vpcId,
      trafficType: 'REJECT',
      logDestinationType: 'cloud-watch-logs',
      logGroupName: logGroup.logGroupName,
      deliverLogsPermissionArn: role.roleArn,
    });
  }

  private runnersGroup(ports: readonly number[]): string {
    const rule = (ipProtocol: string, port: number): ec2.CfnSecurityGroup.EgressProperty => ({
      cidrIp: '0.0.0.0/0',
      ipProtocol,
      fromPort: port,
      toPort: port,
      description: `Out to ${ipProtocol} port ${port}`,
    });
    const group = new ec2.CfnSecurityGroup(this, 'Runners', {
      groupDescription: 'Runners: nothing in, only these ports out',
      vpcId: this.vpcId,
      securityGroupEgress: ports.flatMap((port) => (port === 53 ? [rule('tcp', 53), rule('udp', 53)] : [rule('tcp', port)])),
    });
    return group.attrGroupId;
  }
}
