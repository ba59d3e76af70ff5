//! The same functions without Lambda's loop: for a place that runs them in its own
//! process, in virtual time. Payloads, states and error names go through the very
//! glue that serves them on AWS.

use std::pin::Pin;
use std::sync::Arc;

use aws::Config;
use domain::clock::Clock;
use domain::names::handler as name;
use github::Http;
use handler::{Failed, Settings};
use mint::Keys;
use serde_json::Value;

/// A function: an event in, its answer or its named failure out.
pub type Function = Arc<dyn Fn(Value) -> Answering + Send + Sync>;

type Answering = Pin<Box<dyn Future<Output = Result<Value, Failed>> + Send>>;

/// What a function finds around itself.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// What its environment would say.
    pub settings: Settings,
    /// AWS.
    pub aws: Config,
    /// The time.
    pub clock: Clock,
    /// GitHub, where it is not reached over the network.
    pub github: Option<Http>,
    /// The bits of Mint's hand-over keys.
    pub keys: Keys,
}

/// One function: a macro, since only its concrete futures are known to be `Send`.
macro_rules! served {
    ($state:expr, $handle:path) => {{
        let state = Arc::new($state);
        Arc::new(move |payload: Value| -> Answering {
            let state = Arc::clone(&state);
            Box::pin(async move {
                let answer = handler::answer(payload, &state, &$handle).await?;
                serde_json::to_value(answer).map_err(|error| Failed {
                    name: UNWRITABLE,
                    message: error.to_string(),
                })
            })
        })
    }};
}

/// What Lambda says of a process that cannot write its answer.
const UNWRITABLE: &str = "Runtime.ExitError";

/// The function of a handler setting, with a state of its own. Within a tokio runtime.
pub fn in_process(handler: &str, around: Surroundings) -> Option<Function> {
    let Surroundings {
        settings,
        aws,
        clock,
        github,
        keys,
    } = around;
    Some(match handler {
        name::WEBHOOK => served!(
            webhook::State::new(settings, &aws, clock),
            webhook::handle_any
        ),
        name::SIZE => served!(size::State::from_settings(settings), size::handle),
        name::MINT => {
            let state = mint::State::new(settings, &aws, clock, github);
            served!(state.map(|state| state.with_keys(keys)), mint::handle)
        }
        name::VERIFY_REMOVAL => served!(
            verify_removal::State::new(settings, &aws, clock, github),
            verify_removal::handle
        ),
        name::RELEASE => served!(
            release::State::new(settings, &aws, clock, github),
            release::handle
        ),
        name::RECONCILE => served!(
            reconcile::State::new(settings, &aws, clock, github),
            reconcile::handle
        ),
        name::ESCALATE => served!(Ok(escalate::State), escalate::handle),
        _ => return None,
    })
}
