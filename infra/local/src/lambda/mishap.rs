//! What ordered faults do to calls of functions.

use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use super::environment::{crashed, timed_out};
use super::function::Function;
use super::{Invocation, Lambda, throttled};
use crate::server::error::AwsError;
use crate::{AwsFault, derived};

impl Lambda {
    /// Calls the function, or does to the call what a fault says.
    pub(super) async fn call_or_fail(
        self: &Arc<Self>,
        function: Arc<Function>,
        payload: Bytes,
    ) -> Result<Invocation, AwsError> {
        let begun = Instant::now();
        let timeout = function.settings.timeout;
        let fault = self.faults.strike(&[&function.settings.name], |fault| {
            matches!(
                fault,
                AwsFault::FunctionCrash {}
                    | AwsFault::FunctionCrashAfterEffect {}
                    | AwsFault::FunctionTimeout {}
                    | AwsFault::FunctionTimeoutAfterEffect {}
                    | AwsFault::FunctionThrottled {}
            )
        });
        let Some(fault) = fault else {
            return self.enqueue(function, payload).await;
        };
        tracing::debug!(
            function = function.settings.name,
            ?fault,
            "an ordered fault"
        );
        let has_effect = matches!(
            fault,
            AwsFault::FunctionCrashAfterEffect {} | AwsFault::FunctionTimeoutAfterEffect {}
        );
        let mut invocation = match fault {
            AwsFault::FunctionThrottled {} => return Err(throttled()),
            _ if has_effect => self.enqueue(function, payload).await?,
            _ => self.never_run(&function),
        };
        let id = invocation.request_id.as_str();
        let error = match fault {
            AwsFault::FunctionTimeout {} | AwsFault::FunctionTimeoutAfterEffect {} => {
                let error = timed_out(id, timeout);
                tokio::time::sleep_until(begun + timeout).await;
                error
            }
            _ => crashed(id, "signal: killed"),
        };
        invocation.result = Err(error);
        Ok(invocation)
    }

    fn never_run(&self, function: &Function) -> Invocation {
        let name = &function.settings.name;
        Invocation {
            request_id: derived::id("mishap", name, self.faults.number()).to_string(),
            version: function.version.clone(),
            result: Ok(Bytes::new()),
        }
    }
}
