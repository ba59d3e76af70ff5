//! A Task's `Resource`: which service it calls, and how.

use crate::{definition::Reader, history::Service, text::Text};

/// The end of an integration that waits for its token.
const CALLBACK: &str = ".waitForTaskToken";

/// What a Task calls.
#[derive(Debug, PartialEq)]
pub(crate) enum Resource {
    /// A Lambda function by its ARN, with its own history events.
    Lambda,
    /// An activity by its ARN: workers ask for its tasks.
    Activity,
    /// A service integration.
    Service(Service),
}

impl Resource {
    /// Whether someone else reports on the task, by a token.
    pub(super) fn has_token(&self) -> bool {
        match self {
            Resource::Lambda => false,
            Resource::Activity => true,
            Resource::Service(service) => service.resource.ends_with(CALLBACK),
        }
    }

    /// Reads the ARN, and notes what is not supported.
    pub(super) fn read(reader: &mut Reader<'_>, arn: &str) -> Resource {
        parse(arn).unwrap_or_else(|| {
            reader.problem("Resource", "This must be the ARN of a Lambda function, of an activity, or of a service integration such as arn:aws:states:::ecs:runTask.sync.");
            Resource::Lambda
        })
    }
}

/// Whether a task's resource is an activity: nobody is called, workers ask.
pub fn is_activity(resource: &str) -> bool {
    matches!(parse(resource), Some(Resource::Activity))
}

fn parse(arn: &str) -> Option<Resource> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [scheme, partition, service, region, account, rest] = parts.as_slice() else {
        return None;
    };
    // A partition by placeholder is fine: it is filled in before the run.
    if *scheme != "arn" || partition.is_empty() || rest.is_empty() {
        return None;
    }
    match *service {
        "lambda" if rest.starts_with("function:") => Some(Resource::Lambda),
        "states" if rest.starts_with("activity:") => Some(Resource::Activity),
        "states" if region.is_empty() && account.is_empty() => {
            let (resource_type, resource) = rest.rsplit_once(':')?;
            let (resource_type, resource) = match resource {
                // the version of a `.sync:2` belongs to the call's name
                "2" => {
                    let (kind, call) = resource_type.rsplit_once(':')?;
                    (kind, format!("{call}:2"))
                }
                call => (resource_type, call.to_owned()),
            };
            Some(Resource::Service(Service {
                resource_type: Text::from(resource_type),
                resource: Text::from(resource),
            }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Resource, parse};

    fn service(arn: &str) -> Option<(String, String)> {
        match parse(arn)? {
            Resource::Service(service) => Some((
                service.resource_type.to_string(),
                service.resource.to_string(),
            )),
            Resource::Lambda | Resource::Activity => None,
        }
    }

    #[test]
    fn names_the_service_and_the_call() {
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(
            service("arn:aws:states:::ecs:runTask.sync"),
            pair("ecs", "runTask.sync")
        );
        assert_eq!(
            service("arn:aws:states:::aws-sdk:dynamodb:getItem"),
            pair("aws-sdk:dynamodb", "getItem")
        );
        assert_eq!(
            service("arn:aws:states:::states:startExecution.sync:2"),
            pair("states", "startExecution.sync:2")
        );
    }

    #[test]
    fn knows_what_reports_by_a_token() {
        let token = |arn: &str| parse(arn).is_some_and(|resource| resource.has_token());
        assert!(token("arn:aws:states:::sqs:sendMessage.waitForTaskToken"));
        assert!(token("arn:aws:states:us-east-1:1:activity:a"));
        assert!(!token("arn:aws:states:::lambda:invoke"));
        assert!(!token("arn:aws:lambda:us-east-1:1:function:f"));
        assert!(parse("sqs").is_none());
    }
}
