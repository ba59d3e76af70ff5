// What the functions read from Secrets Manager, or sign with in KMS. The stack
// makes no secret: `jit-runners setup` stores them before the first deployment,
// so that no value ever passes through CloudFormation.

import type { aws_iam as iam } from 'aws-cdk-lib';
import type { Names } from './names.ts';
import type { GitHubProps } from './props.ts';
import { allow } from './roles.ts';

/** Where one secret is and who may read it. */
export interface SecretAccess {
  /** Variables for the function that uses it. */
  readonly environment: Record<string, string>;
  /** What its role needs for that. */
  readonly statements: iam.PolicyStatement[];
}

/** The App's private key: a secret with the PEM, or a KMS key that signs. */
export function appKey(names: Names, github: GitHubProps): SecretAccess {
  if (github.appKeyKmsArn !== undefined) {
    return {
      environment: { GITHUB_APP_KEY_KMS: github.appKeyKmsArn },
      statements: [
        allow('kms:Sign', github.appKeyKmsArn, {
          StringEquals: { 'kms:SigningAlgorithm': 'RSASSA_PKCS1_V1_5_SHA_256' },
        }),
      ],
    };
  }
  return readable(names, 'GITHUB_APP_KEY_SECRET', names.appKeySecret(), github.appKeySecretArn);
}

/** What GitHub signs its webhooks with. */
export function webhookSecret(names: Names, github: GitHubProps): SecretAccess {
  return readable(names, 'GITHUB_WEBHOOK_SECRET', names.webhookSecret(), github.webhookSecretArn);
}

function readable(names: Names, variable: string, name: string, arn?: string): SecretAccess {
  return {
    environment: { [variable]: arn ?? name },
    // Secrets Manager puts six characters of its own behind a name.
    statements: [allow('secretsmanager:GetSecretValue', arn ?? names.arn('secretsmanager', `secret:${name}-??????`))],
  };
}
