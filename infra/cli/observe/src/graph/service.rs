//! What a task calls, in the words of the Step Functions console.
//!
//! From the resource's ARN: `arn:aws:states:::service:action` with `.sync`
//! or `.waitForTaskToken`, `arn:aws:states:::aws-sdk:service:action`, a
//! function's ARN or an activity's.
//! <https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html>

/// `Lambda: Invoke`, `ECS: RunTask (sync)`; `None` for what is no ARN.
pub(super) fn detail(resource: &str) -> Option<String> {
    let parts: Vec<&str> = resource.split(':').collect();
    if parts.len() < 6 || parts[0] != "arn" {
        return None;
    }
    match (parts[2], parts[5]) {
        ("lambda", _) => return Some("Lambda: Invoke".to_owned()),
        ("states", "activity") => {
            return Some(format!(
                "Activity: {}",
                parts.get(6).copied().unwrap_or("?")
            ));
        }
        ("states", _) => {}
        _ => return None,
    }
    let (service, action) = if parts[5] == "aws-sdk" {
        (*parts.get(6)?, *parts.get(7)?)
    } else {
        (parts[5], *parts.get(6)?)
    };
    let (action, pattern) = action.split_once('.').unwrap_or((action, ""));
    let pattern = match pattern {
        "" => "",
        "sync" => " (sync)",
        "waitForTaskToken" => " (wait for task token)",
        _ => " (…)",
    };
    Some(format!("{}: {}{pattern}", name(service), capital(action)))
}

/// The services that AWS writes otherwise than with one capital.
fn name(service: &str) -> String {
    let known = match service.to_ascii_lowercase().as_str() {
        "apigateway" => "API Gateway",
        "appconfig" => "AppConfig",
        "apprunner" => "App Runner",
        "bedrock" | "bedrockruntime" => "Bedrock",
        "cloudformation" => "CloudFormation",
        "cloudwatch" => "CloudWatch",
        "cloudwatchlogs" => "CloudWatch Logs",
        "codebuild" => "CodeBuild",
        "codepipeline" => "CodePipeline",
        "databrew" => "DataBrew",
        "dynamodb" => "DynamoDB",
        "ec2" => "EC2",
        "ecr" => "ECR",
        "ecs" => "ECS",
        "efs" => "EFS",
        "eks" => "EKS",
        "elasticmapreduce" => "EMR",
        "emr-containers" => "EMR on EKS",
        "emr-serverless" | "emrserverless" => "EMR Serverless",
        "eventbridge" | "events" => "EventBridge",
        "glue" => "Glue",
        "http" => "HTTP",
        "iam" => "IAM",
        "kms" => "KMS",
        "lambda" => "Lambda",
        "mediaconvert" => "MediaConvert",
        "rds" => "RDS",
        "rdsdata" => "RDS Data",
        "s3" => "S3",
        "sagemaker" => "SageMaker",
        "secretsmanager" => "Secrets Manager",
        "ses" | "sesv2" => "SES",
        "sfn" | "states" => "Step Functions",
        "sns" => "SNS",
        "sqs" => "SQS",
        "ssm" => "Systems Manager",
        "sts" => "STS",
        _ => return capital(service),
    };
    known.to_owned()
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::detail;

    #[test]
    fn a_resource_is_worded_as_the_console_words_it() {
        for (resource, wanted) in [
            ("arn:aws:states:::lambda:invoke", "Lambda: Invoke"),
            ("arn:aws:states:::ecs:runTask.sync", "ECS: RunTask (sync)"),
            (
                "arn:aws:states:::dynamodb:updateItem",
                "DynamoDB: UpdateItem",
            ),
            (
                "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "SQS: SendMessage (wait for task token)",
            ),
            (
                "arn:aws-cn:states:::states:startExecution.sync:2",
                "Step Functions: StartExecution (sync)",
            ),
            ("arn:aws:states:::aws-sdk:s3:listBuckets", "S3: ListBuckets"),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:f:live",
                "Lambda: Invoke",
            ),
            (
                "arn:aws:states:us-east-1:123456789012:activity:paint",
                "Activity: paint",
            ),
        ] {
            assert_eq!(detail(resource).as_deref(), Some(wanted), "{resource}");
        }
    }

    #[test]
    fn what_is_no_resource_has_no_words() {
        for resource in [
            "",
            "arn",
            "a:b:c:d:e:f:g",
            "arn:aws:states:::",
            "arn:aws:states:::x",
            "arn:aws:states:::aws-sdk:s3",
        ] {
            assert_eq!(detail(resource), None, "{resource}");
        }
    }
}
