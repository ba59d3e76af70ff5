//! The services that doctor reads, and how each is spoken to.
//!
//! Source: AWS's service models (endpoint prefix, signing name, target prefix).

/// A service by its protocol's constants.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service {
    /// What people call it.
    pub(crate) name: &'static str,
    /// The first part of its host.
    pub(crate) host: &'static str,
    /// The name in the signature.
    pub(crate) signing: &'static str,
    /// The prefix of its IAM actions.
    pub(crate) iam: &'static str,
    pub(crate) protocol: Protocol,
}

/// How a call is put on the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    /// `POST /` with `X-Amz-Target` and JSON.
    Json {
        target: &'static str,
        content_type: &'static str,
    },
    /// `POST /` with a form, answered in XML.
    Query { version: &'static str },
    /// Paths of its own, answered in JSON.
    Rest,
}

const fn json(
    name: &'static str,
    host: &'static str,
    iam: &'static str,
    target: &'static str,
    content_type: &'static str,
) -> Service {
    Service {
        name,
        host,
        // Only ECR's host differs from the name that it is signed by.
        signing: iam,
        iam,
        protocol: Protocol::Json {
            target,
            content_type,
        },
    }
}

const V10: &str = "application/x-amz-json-1.0";
const V11: &str = "application/x-amz-json-1.1";

pub(crate) const CODEBUILD: Service = json(
    "CodeBuild",
    "codebuild",
    "codebuild",
    "CodeBuild_20161006",
    V11,
);
pub(crate) const DYNAMODB: Service =
    json("DynamoDB", "dynamodb", "dynamodb", "DynamoDB_20120810", V10);
pub(crate) const ECR: Service = json(
    "ECR",
    "api.ecr",
    "ecr",
    "AmazonEC2ContainerRegistry_V20150921",
    V11,
);
pub(crate) const ECS: Service = json(
    "ECS",
    "ecs",
    "ecs",
    "AmazonEC2ContainerServiceV20141113",
    V11,
);
pub(crate) const EVENTS: Service = json("EventBridge", "events", "events", "AWSEvents", V11);
pub(crate) const KMS: Service = json("KMS", "kms", "kms", "TrentService", V11);
pub(crate) const LOGS: Service = json("CloudWatch Logs", "logs", "logs", "Logs_20140328", V11);
pub(crate) const QUOTAS: Service = json(
    "Service Quotas",
    "servicequotas",
    "servicequotas",
    "ServiceQuotasV20190624",
    V11,
);
pub(crate) const SECRETS: Service = json(
    "Secrets Manager",
    "secretsmanager",
    "secretsmanager",
    "secretsmanager",
    V11,
);
pub(crate) const SQS: Service = json("SQS", "sqs", "sqs", "AmazonSQS", V10);
pub(crate) const STATES: Service = json(
    "Step Functions",
    "states",
    "states",
    "AWSStepFunctions",
    V10,
);

pub(crate) const CLOUDWATCH: Service = Service {
    name: "CloudWatch",
    host: "monitoring",
    signing: "monitoring",
    iam: "cloudwatch",
    protocol: Protocol::Query {
        version: "2010-08-01",
    },
};
pub(crate) const EC2: Service = Service {
    name: "EC2",
    host: "ec2",
    signing: "ec2",
    iam: "ec2",
    protocol: Protocol::Query {
        version: "2016-11-15",
    },
};
pub(crate) const STS: Service = Service {
    name: "STS",
    host: "sts",
    signing: "sts",
    iam: "sts",
    protocol: Protocol::Query {
        version: "2011-06-15",
    },
};
pub(crate) const LAMBDA: Service = Service {
    name: "Lambda",
    host: "lambda",
    signing: "lambda",
    iam: "lambda",
    protocol: Protocol::Rest,
};
