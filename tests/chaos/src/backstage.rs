//! Faults of the services that the state machine calls by itself: they are laid
//! in wait when a function has answered, for the step that comes next.

use crate::faults::{Faults, Kind};
use bytes::Bytes;
use domain::names::{handler, state};
use local::ecs::{Ecs, EcsFault};
use local::lambda::FunctionError;
use local::step_functions::StepFunctions;
use serde_json::Value;
use std::sync::{Arc, Weak};

/// Lays faults in wait. Cheap to clone.
#[derive(Clone)]
pub struct Backstage {
    faults: Faults,
    ecs: Weak<Ecs>,
    step_functions: Weak<StepFunctions>,
}

impl Backstage {
    /// For the services of one place.
    pub fn new(faults: Faults, ecs: &Arc<Ecs>, step_functions: &Arc<StepFunctions>) -> Self {
        Self {
            faults,
            ecs: Arc::downgrade(ecs),
            step_functions: Arc::downgrade(step_functions),
        }
    }

    /// After a function's answer.
    pub(crate) fn prepare(&self, function: &str, answer: &Result<Bytes, FunctionError>) {
        let Ok(answer) = answer else { return };
        match function {
            handler::SIZE => self.step(state::CLAIM),
            handler::VERIFY_REMOVAL => self.step(state::RELEASE),
            handler::MINT => {
                let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
                if answer["outcome"] == "minted" {
                    self.task();
                }
            }
            _ => {}
        }
    }

    fn step(&self, name: &str) {
        let Some(step_functions) = self.step_functions.upgrade() else {
            return;
        };
        let error = "DynamoDB.InternalServerError".to_owned();
        let cause = "Internal server error (Service: DynamoDb, Status Code: 500)".to_owned();
        if self.faults.strikes(Kind::StepFailed, name, 0) {
            let fault = local::Fault::FailBefore { error, cause };
            step_functions.inject(name, fault, 1);
        } else if self.faults.strikes(Kind::StepAnswerLost, name, 0) {
            let fault = local::Fault::FailAfter { error, cause };
            step_functions.inject(name, fault, 1);
        }
    }

    fn task(&self) {
        let Some(ecs) = self.ecs.upgrade() else {
            return;
        };
        let refuse = |code: &str, message: &str| EcsFault::RefuseRunTask {
            code: code.to_owned(),
            message: message.to_owned(),
        };
        let reason = |reason: &str| reason.to_owned();
        let faults = [
            (
                Kind::RunTaskThrottled,
                refuse("ThrottlingException", "Rate exceeded"),
            ),
            (
                Kind::RunTaskRefused,
                refuse(
                    "AccessDeniedException",
                    "User is not authorized to perform: ecs:RunTask",
                ),
            ),
            (
                Kind::Capacity,
                EcsFault::Failure {
                    reason: reason(
                        "Capacity is unavailable at this time. Please try again later or in a different availability zone",
                    ),
                },
            ),
            (Kind::TaskStuck, EcsFault::StuckInProvisioning),
            (
                Kind::ImagePull,
                EcsFault::FailToStart {
                    reason: reason(
                        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref: i/o timeout",
                    ),
                },
            ),
        ];
        let chosen = faults
            .into_iter()
            .find(|(kind, _)| self.faults.strikes(*kind, "RunTask", 0));
        if let Some((_, fault)) = chosen {
            ecs.inject(fault, 1);
        }
    }
}
