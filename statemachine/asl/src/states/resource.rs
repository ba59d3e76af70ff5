//! A Task's `Resource`: which service it calls, and how.

use crate::{definition::Reader, history::Service, text::Text};

/// What a Task calls.
#[derive(Debug, PartialEq)]
pub(crate) enum Resource {
    /// A Lambda function by its ARN, with its own history events.
    Lambda,
    /// A service integration.
    Service(Service),
}

impl Resource {
    /// Reads the ARN, and notes what is not supported.
    pub(super) fn read(reader: &mut Reader<'_>, arn: &str) -> Resource {
        let resource = parse(arn);
        match &resource {
            None => reader.problem("Resource", "This must be the ARN of a Lambda function or of a service integration such as arn:aws:states:::ecs:runTask.sync."),
            Some(Err(message)) => reader.problem("Resource", *message),
            Some(Ok(_)) => {}
        }
        match resource {
            Some(Ok(resource)) => resource,
            _ => Resource::Lambda,
        }
    }
}

fn parse(arn: &str) -> Option<Result<Resource, &'static str>> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [scheme, partition, service, region, account, rest] = parts.as_slice() else {
        return None;
    };
    // A partition by placeholder is fine: it is filled in before the run.
    if *scheme != "arn" || partition.is_empty() || rest.is_empty() {
        return None;
    }
    match *service {
        "lambda" if rest.starts_with("function:") => Some(Ok(Resource::Lambda)),
        "states" if rest.starts_with("activity:") => Some(Err("Activities are not supported.")),
        "states" if region.is_empty() && account.is_empty() => {
            if rest.ends_with(".waitForTaskToken") {
                return Some(Err("waitForTaskToken is not supported."));
            }
            let (resource_type, resource) = rest.rsplit_once(':')?;
            let (resource_type, resource) = match resource {
                // the version of a `.sync:2` belongs to the call's name
                "2" => {
                    let (kind, call) = resource_type.rsplit_once(':')?;
                    (kind, format!("{call}:2"))
                }
                call => (resource_type, call.to_owned()),
            };
            Some(Ok(Resource::Service(Service {
                resource_type: Text::from(resource_type),
                resource: Text::from(resource),
            })))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Resource, parse};

    fn service(arn: &str) -> Option<(String, String)> {
        match parse(arn)?.ok()? {
            Resource::Service(service) => Some((
                service.resource_type.to_string(),
                service.resource.to_string(),
            )),
            Resource::Lambda => None,
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
    fn refuses_what_waits_for_a_token() {
        assert!(matches!(
            parse("arn:aws:states:::sqs:sendMessage.waitForTaskToken"),
            Some(Err(_))
        ));
        assert!(matches!(
            parse("arn:aws:states:us-east-1:1:activity:a"),
            Some(Err(_))
        ));
        assert!(parse("sqs").is_none());
    }
}
