//! The faults of ECS that have names, as what ECS does.

use std::sync::Arc;
use std::time::Duration;

use faults::Faults;

use super::Ecs;
use super::fault::EcsFault;
use crate::server::error::AwsError;
use crate::{ACCOUNT, AwsFault, REGION};

impl Ecs {
    /// Lets faults that have names strike here, too. A place does that for its own.
    pub fn connect_faults(&self, faults: &Arc<Faults<AwsFault>>) {
        self.faults.connect(faults);
    }

    /// What goes wrong with a RunTask call or the tasks that it starts.
    pub(super) fn mishap(&self, family: &str) -> Option<EcsFault> {
        let can = |fault: &AwsFault| as_fault(fault, family).is_some();
        let fault = self.faults.strike(&["RunTask", family], can)?;
        as_fault(&fault, family)
    }
}

/// RunTask's refusal under an exception's name.
pub(super) fn refusal(code: &str, message: &str) -> AwsError {
    let error = AwsError::new(code, message);
    if code == "ServerException" {
        return error.with_status(500);
    }
    error
}

fn as_fault(fault: &AwsFault, family: &str) -> Option<EcsFault> {
    let refused = |code: &str, message: String| EcsFault::RefuseRunTask {
        code: code.to_owned(),
        message,
    };
    let after = |milliseconds: &u64| Duration::from_millis(*milliseconds);
    Some(match fault {
        AwsFault::RunTaskAccessDenied {} => {
            let role = format!("arn:aws:sts::{ACCOUNT}:assumed-role/states/execution");
            let definition = format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{family}");
            refused(
                "AccessDeniedException",
                format!(
                    "User: {role} is not authorized to perform: ecs:RunTask on resource: {definition} because no identity-based policy allows the ecs:RunTask action"
                ),
            )
        }
        AwsFault::RunTaskInvalidParameter {} => refused(
            "InvalidParameterException",
            "The subnet ID 'subnet-0gone' does not exist".to_owned(),
        ),
        AwsFault::RunTaskThrottled {} => refused("ThrottlingException", "Rate exceeded".to_owned()),
        AwsFault::RunTaskServerError {} => {
            refused("ServerException", "Service Unavailable. Please try again later.".to_owned())
        }
        AwsFault::CapacityUnavailable {} => EcsFault::Failure {
            reason: "Capacity is unavailable at this time. Please try again later or in a different availability zone".to_owned(),
        },
        AwsFault::StuckInProvisioning {} => EcsFault::StuckInProvisioning,
        AwsFault::ImagePullFailure {} => EcsFault::FailToStart {
            reason: "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref: not found".to_owned(),
        },
        AwsFault::SpotInterruption { milliseconds } => EcsFault::SpotInterruption {
            after: after(milliseconds),
        },
        AwsFault::OutOfMemory { milliseconds } => EcsFault::OutOfMemory {
            after: after(milliseconds),
        },
        AwsFault::TaskKilled { milliseconds } => EcsFault::Kill {
            after: after(milliseconds),
        },
        AwsFault::TaskExits { code, milliseconds } => EcsFault::Exit {
            code: *code,
            after: after(milliseconds),
        },
        _ => return None,
    })
}
