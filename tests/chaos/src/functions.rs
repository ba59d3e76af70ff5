//! The functions of the fleet as closures of this process, through the very glue
//! that the binary uses; Lambda's own faults strike around them.

use crate::backstage::Backstage;
use crate::faults::{Faults, Kind};
use crate::time::Time;
use crate::wire::github::GitHub;
use aws::Config;
use bootstrap::{Function, Surroundings};
use bytes::Bytes;
use github::Server;
use handler::{Failed, Settings};
use jit_runners::fleet::InProcess;
use local::Program;
use local::lambda::FunctionError;
use mint::Keys;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What every function of the fleet finds around itself.
#[derive(Clone)]
pub struct Around {
    /// AWS.
    pub aws: Config,
    /// GitHub.
    pub github: GitHub,
    /// The address of GitHub's API.
    pub api_url: String,
    /// The time.
    pub time: Time,
    /// What goes wrong.
    pub faults: Faults,
    /// The bits of hand-over keys.
    pub keys: Keys,
    /// What goes wrong behind the functions' backs.
    pub backstage: Backstage,
}

impl Around {
    /// All functions. Within a tokio runtime.
    pub fn functions(self) -> InProcess {
        InProcess::new(move |handler, environment| self.program(handler, environment))
    }

    fn program(&self, handler: &str, environment: &BTreeMap<String, String>) -> Program {
        let server = Server::new(&self.api_url).unwrap_or_default();
        let around = Surroundings {
            settings: Settings::new(environment.clone()),
            aws: self.aws.clone(),
            clock: self.time.for_functions(),
            github: Some(self.github.client(handler, &server, self.time)),
            keys: self.keys.clone(),
        };
        let Some(function) = bootstrap::in_process(handler, around) else {
            return Program::from("/no/such/function");
        };
        let (around, handler) = (self.clone(), handler.to_owned());
        Program::InProcess(Arc::new(move |payload| {
            let (function, around) = (Arc::clone(&function), around.clone());
            let handler = handler.clone();
            Box::pin(async move {
                let answer = invoke(&function, &around.faults, &handler, &payload).await;
                around.backstage.prepare(&handler, &answer);
                answer
            })
        }))
    }
}

/// One event, and whatever Lambda does to it.
async fn invoke(
    function: &Function,
    faults: &Faults,
    handler: &str,
    payload: &Bytes,
) -> Result<Bytes, FunctionError> {
    let event: Value = serde_json::from_slice(payload).unwrap_or_default();
    let job = job(&event);
    let dice = faults.dice();
    if faults.strikes(Kind::FunctionThrottled, handler, job) {
        let message = "Rate Exceeded.";
        return Err(FunctionError::new(
            "Lambda.TooManyRequestsException",
            message,
        ));
    }
    tokio::time::sleep(dice.millis(5, 50)).await;
    let answer = function(event);
    if faults.strikes(Kind::FunctionCrashed, handler, job) {
        // Dropped in the midst of its work, if it has not ended by then.
        drop(tokio::time::timeout(dice.millis(0, 400), answer).await);
        let message = "Error: Runtime exited with error: signal: killed";
        return Err(FunctionError::new("Runtime.ExitError", message));
    }
    if faults.strikes(Kind::FunctionTimedOut, handler, job) {
        drop(tokio::time::timeout(dice.millis(0, 400), answer).await);
        return std::future::pending().await;
    }
    match answer.await {
        Ok(answer) => Ok(Bytes::from(answer.to_string())),
        Err(Failed { name, message }) => Err(FunctionError::new(name, &message)),
    }
}

/// The number of the job that an event is about.
fn job(event: &Value) -> u64 {
    let id = event["job"]["id"]
        .as_u64()
        .or_else(|| event["detail"]["workflow_job"]["id"].as_u64());
    id.map(|id| crate::trace::number(github_emulator::JobId(id)))
        .unwrap_or_default()
}
