//! Where rules and schedules send to: functions and state machines, and the queue for
//! what could not be sent.
//!
//! Source: the dead-letter pages of EventBridge's and the Scheduler's user guides.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, Weak};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::lambda::Lambda;
use crate::server::error::AwsError;
use crate::sqs::Sqs;
use crate::step_functions::StepFunctions;

/// Everything that can be a target.
pub(crate) struct Targets {
    lambda: Arc<Lambda>,
    sqs: Arc<Sqs>,
    /// Set once: state machines and rules start each other.
    step_functions: OnceLock<Weak<StepFunctions>>,
}

/// What a target made of what it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The execution that a state machine started.
    Execution(String),
    /// The request id of a function's asynchronous call.
    Call(String),
}

impl Targets {
    pub(crate) fn new(lambda: Arc<Lambda>, sqs: Arc<Sqs>) -> Arc<Self> {
        Arc::new(Self {
            lambda,
            sqs,
            step_functions: OnceLock::new(),
        })
    }

    /// Lets state machines be targets.
    pub(crate) fn connect(&self, step_functions: &Arc<StepFunctions>) {
        // A second call would name the same service.
        let _ = self.step_functions.set(Arc::downgrade(step_functions));
    }

    /// Gives the target its input, once.
    pub(crate) fn hand_over(&self, arn: &str, input: &str) -> Result<Taken, AwsError> {
        if arn.contains(":lambda:") {
            let payload = Bytes::from(input.to_owned());
            return self.lambda.invoke_later(arn, payload).map(Taken::Call);
        }
        let step_functions = self
            .step_functions
            .get()
            .and_then(Weak::upgrade)
            .ok_or_else(|| {
                AwsError::new("ServiceUnavailable", "The place is shutting down.").with_status(503)
            })?;
        let answer = step_functions.call(
            "StartExecution",
            json!({"stateMachineArn": arn, "input": input}),
        )?;
        let execution = answer.get("executionArn").and_then(Value::as_str);
        Ok(Taken::Execution(execution.unwrap_or_default().to_owned()))
    }

    /// Puts what could not be sent on a queue; where that is not there it is lost, as on
    /// AWS. True if the queue has it.
    pub(crate) fn bury(
        &self,
        queue_arn: &str,
        body: &str,
        attributes: &BTreeMap<String, String>,
    ) -> bool {
        match self.sqs.send(queue_arn, body, attributes) {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(queue_arn, %error, "a dead letter could not be kept");
                false
            }
        }
    }
}

/// Whether rules and schedules can have it as a target.
pub(crate) fn is_target(arn: &str) -> bool {
    arn.starts_with("arn:aws:states:") || arn.starts_with("arn:aws:lambda:")
}

/// The queue of a target's `DeadLetterConfig`.
///
/// # Errors
/// `ValidationException` for what is no standard queue's ARN.
pub(crate) fn dead_letter_queue(target: &Value) -> Result<Option<String>, AwsError> {
    let given = target.pointer("/DeadLetterConfig/Arn");
    let Some(given) = given.filter(|given| !given.is_null()) else {
        return Ok(None);
    };
    let arn = given.as_str().unwrap_or_default();
    if !arn.starts_with("arn:aws:sqs:") || arn.ends_with(".fifo") {
        return Err(AwsError::validation(format!(
            "Provided Arn is not in correct format: {given} (a dead-letter queue is a standard SQS queue)."
        )));
    }
    Ok(Some(arn.to_owned()))
}

/// The attribute `ERROR_CODE` of a dead letter.
pub(crate) fn error_code(error: &AwsError) -> &'static str {
    match error.code.as_str() {
        "ResourceNotFoundException" | "StateMachineDoesNotExist" => "NO_RESOURCE",
        "AccessDeniedException" => "NO_PERMISSIONS",
        "ExecutionLimitExceeded" => "RESOURCE_LIMIT_EXCEEDED",
        "TooManyRequestsException" | "ThrottlingException" => "THROTTLING",
        _ if error.status >= 500 => "ERROR_FROM_TARGET",
        "InvalidExecutionInput" | "ValidationException" | "RequestTooLargeException" => {
            "INVALID_PARAMETER"
        }
        _ => "SDK_CLIENT_ERROR",
    }
}
