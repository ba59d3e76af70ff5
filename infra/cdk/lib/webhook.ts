// The way in for GitHub: a public function URL, or an API inside a VPC.

import { Aws, aws_apigateway as apigateway, aws_ec2 as ec2, aws_iam as iam, aws_lambda as lambda } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Deployed } from './functions.ts';
import { acknowledge } from './nag.ts';
import type { Names } from './names.ts';
import type { Network } from './network.ts';
import type { WebhookProps } from './props.ts';

/** The path of the private API. */
const PATH = 'webhook';

/** Settings of {@link Webhook}. */
export interface WebhookSettings extends WebhookProps {
  readonly names: Names;
  readonly function: Deployed;
  readonly network: Network;
}

/** Where the App's webhook URL points to. */
export class Webhook extends Construct {
  /** The address to enter in the App's settings. */
  readonly url: string;

  constructor(scope: Construct, id: string, settings: WebhookSettings) {
    super(scope, id);
    this.url = settings.kind === 'private-api' ? this.privateApi(settings) : this.functionUrl(settings);
  }

  /**
   * GitHub cannot sign requests as AWS wants it, so the URL takes anybody's
   * (auth type NONE); the function takes only what carries GitHub's HMAC over
   * the raw body, and, where told, comes from GitHub's addresses.
   */
  private functionUrl(settings: WebhookSettings): string {
    return settings.function.live.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE }).url;
  }

  private privateApi({ names, function: { live }, network, vpcEndpointId }: WebhookSettings): string {
    const endpoint = vpcEndpointId ?? this.endpoint(network);
    const api = new apigateway.CfnRestApi(this, 'Api', {
      name: names.function('webhook'),
      description: "GitHub's deliveries from inside the network",
      endpointConfiguration: { types: ['PRIVATE'], vpcEndpointIds: [endpoint] },
      policy: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            principals: [new iam.AnyPrincipal()],
            actions: ['execute-api:Invoke'],
            resources: [`execute-api:/live/POST/${PATH}`],
            conditions: { StringEquals: { 'aws:SourceVpce': endpoint } },
          }),
        ],
      }),
    });
    const resource = new apigateway.CfnResource(this, 'Path', {
      restApiId: api.ref,
      parentId: api.attrRootResourceId,
      pathPart: PATH,
    });
    const method = new apigateway.CfnMethod(this, 'Post', {
      restApiId: api.ref,
      resourceId: resource.ref,
      httpMethod: 'POST',
      // As for the function URL: the HMAC is the authentication.
      authorizationType: 'NONE',
      integration: {
        type: 'AWS_PROXY',
        integrationHttpMethod: 'POST',
        uri: `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${live.functionArn}/invocations`,
      },
    });
    const deployment = new apigateway.CfnDeployment(this, 'Deployment', { restApiId: api.ref });
    deployment.node.addDependency(method);
    const stage = new apigateway.CfnStage(this, 'Stage', {
      restApiId: api.ref,
      deploymentId: deployment.ref,
      stageName: 'live',
      tracingEnabled: true,
    });
    new lambda.CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: live.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: names.arn('execute-api', `${api.ref}/live/POST/${PATH}`),
    });
    acknowledge(api, 'APIG2', 'The function checks the signature over the raw body and refuses what it cannot read.');
    acknowledge(method, 'APIG4', 'GitHub signs no requests to AWS; the function checks the HMAC of each.');
    acknowledge(method, 'COG4', 'The caller is a server, not a person: the function checks the HMAC of each request.');
    acknowledge(
      stage,
      'APIG1',
      'Access logs need a role for the whole account; the function logs each delivery by its id.',
    );
    acknowledge(stage, 'APIG3', 'Only a VPC endpoint reaches this API; a web firewall guards public ones.');
    acknowledge(stage, 'APIG6', 'Execution logs carry bodies and need a role for the whole account.');
    return `https://${api.ref}-${endpoint}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}/live/${PATH}`;
  }

  private endpoint(network: Network): string {
    const group = new ec2.CfnSecurityGroup(this, 'EndpointGroup', {
      groupDescription: 'HTTPS from inside the network to the endpoint of the webhook',
      vpcId: network.vpcId,
      securityGroupIngress: network.cidrs.map((cidrIp) => ({
        cidrIp,
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
        description: 'HTTPS from the network',
      })),
      securityGroupEgress: [{ cidrIp: '127.0.0.1/32', ipProtocol: 'icmp', fromPort: 252, toPort: 86, description: 'None' }],
    });
    acknowledge(group, 'EC23', 'Only addresses of the network may connect; the rule names them.');
    return new ec2.CfnVPCEndpoint(this, 'Endpoint', {
      vpcId: network.vpcId,
      serviceName: `com.amazonaws.${Aws.REGION}.execute-api`,
      vpcEndpointType: 'Interface',
      subnetIds: [...network.subnetIds],
      securityGroupIds: [group.attrGroupId],
      privateDnsEnabled: false,
    }).ref;
  }
}
