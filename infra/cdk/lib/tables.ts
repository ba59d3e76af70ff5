// The two tables: claims, which must survive, and hand-over, which must not.
//
// No table has a TTL setting: expiry is compared as a number where it matters,
// and DynamoDB may leave an expired item for two days. Claims are given back by
// their executions; a hand-over item is taken by its container or discarded by
// VerifyRemoval.

import { RemovalPolicy, aws_dynamodb as dynamodb } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from './nag.ts';
import type { Names } from './names.ts';

/** Settings of {@link Tables}. */
export interface TablesProps {
  readonly names: Names;
  /** What becomes of the claims when the stack goes. */
  readonly claimsRemovalPolicy: RemovalPolicy;
}

/** Claims and hand-over, key `pk`, paid per request. */
export class Tables extends Construct {
  /** Which execution answers for which job. Point-in-time recovery is on. */
  readonly claims: dynamodb.Table;
  /** JIT configs on their way to their container. No stream, no backup. */
  readonly handover: dynamodb.Table;

  constructor(scope: Construct, id: string, props: TablesProps) {
    super(scope, id);
    const common = {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    };
    this.claims = new dynamodb.Table(this, 'Claims', {
      ...common,
      tableName: props.names.claims(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: props.claimsRemovalPolicy,
    });
    this.handover = new dynamodb.Table(this, 'Handover', {
      ...common,
      tableName: props.names.handover(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(
      this.handover,
      'DDB3',
      'Its items are secrets that live 15 minutes at most: a backup would keep them for 35 days.',
    );
  }
}
