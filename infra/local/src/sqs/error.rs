//! SQS's errors, under both of their names: the JSON protocol's in the document and
//! the old query protocol's in the header `x-amzn-query-error`, which SDKs prefer.

use serde_json::Value;

use crate::server::error::AwsError;

/// Errors whose old name is not their new one.
const OLD_NAMES: [(&str, &str); 5] = [
    (
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
    ),
    ("QueueNameExists", "QueueAlreadyExists"),
    (
        "MessageNotInflight",
        "AWS.SimpleQueueService.MessageNotInflight",
    ),
    (
        "UnsupportedOperation",
        "AWS.SimpleQueueService.UnsupportedOperation",
    ),
    (
        "PurgeQueueInProgress",
        "AWS.SimpleQueueService.PurgeQueueInProgress",
    ),
];

/// The value of `x-amzn-query-error`: the old name and whose fault it is.
pub(crate) fn query_error(error: &AwsError) -> String {
    let old = OLD_NAMES.iter().find(|(new, _)| *new == error.code);
    let name = old.map_or(error.code.as_str(), |(_, old)| old);
    let fault = if error.status < 500 {
        "Sender"
    } else {
        "Receiver"
    };
    format!("{name};{fault}")
}

pub(super) fn no_queue() -> AwsError {
    AwsError::new(
        "QueueDoesNotExist",
        "The specified queue does not exist for this wsdl version.",
    )
}

pub(super) fn invalid(message: String) -> AwsError {
    AwsError::new("InvalidParameterValue", message)
}

pub(super) fn bad_handle(handle: &str) -> AwsError {
    AwsError::new(
        "ReceiptHandleIsInvalid",
        format!("The input receipt handle \"{handle}\" is not a valid receipt handle."),
    )
}

pub(super) fn required<'a>(input: &'a Value, name: &str) -> Result<&'a str, AwsError> {
    input.get(name).and_then(Value::as_str).ok_or_else(|| {
        AwsError::new(
            "MissingParameter",
            format!("The request must contain the parameter {name}."),
        )
    })
}

/// A whole number within its range; the default where it is not given.
pub(super) fn number(
    input: &Value,
    name: &str,
    least: i64,
    most: i64,
    default: i64,
) -> Result<i64, AwsError> {
    let Some(given) = input.get(name).filter(|given| !given.is_null()) else {
        return Ok(default);
    };
    let fits = |number: &i64| (least..=most).contains(number);
    given.as_i64().filter(fits).ok_or_else(|| {
        invalid(format!(
            "Value {given} for parameter {name} is invalid. Reason: Must be >= {least} and <= {most}, if provided."
        ))
    })
}
