//! The one binary that serves whichever function its handler setting names:
//! one artifact, one link, while roles and settings stay per function.

// The SDKs' futures nest deeper than the compiler's default.
#![recursion_limit = "256"]

mod in_process;

use std::future::Future;
use std::pin::Pin;

use domain::names::handler as name;
use handler::{RuntimeError, Settings};
pub use in_process::{Function, Surroundings, in_process};

/// What Lambda (or a place that speaks like it) sets for every function. The
/// runtime client panics without them, so they are checked first.
const SET_BY_LAMBDA: &[(&str, IsUsable)] = &[
    ("AWS_LAMBDA_RUNTIME_API", is_address),
    ("AWS_LAMBDA_FUNCTION_NAME", |_| true),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", |text| {
        text.parse::<i32>().is_ok()
    }),
    ("AWS_LAMBDA_FUNCTION_VERSION", |_| true),
];

type IsUsable = fn(&str) -> bool;

/// `host:port` as on Lambda, or `http://host:port/path` below a base path: the
/// client takes a path only behind a scheme.
fn is_address(text: &str) -> bool {
    let authority = match text.strip_prefix("http://") {
        Some(rest) => rest.split('/').next().unwrap_or_default(),
        None => text,
    };
    !authority.is_empty() && !authority.contains('/') && !text.contains(char::is_whitespace)
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum Unserved {
    /// `_HANDLER` is missing, or names no function.
    #[error("The function's handler setting (_HANDLER) is {given:?}: set it to one of {}.", name::ALL.join(", "))]
    UnknownHandler {
        /// What it is.
        given: String,
    },
    /// This is not a Lambda environment.
    #[error(
        "This program runs as a Lambda function, but {0} is not set or not usable: run it on AWS, or in the local place that `jit-runners up` starts."
    )]
    NotOnLambda(&'static str),
    /// The runtime API cannot be reached, or ended the loop.
    #[error("Lambda's runtime API failed: {0}")]
    Runtime(RuntimeError),
}

/// Serves the function that `_HANDLER` names, until the process ends.
///
/// # Errors
/// A sentence that says which setting is wrong.
pub async fn dispatch(settings: &Settings) -> Result<(), Unserved> {
    let given = settings.optional("_HANDLER").unwrap_or_default();
    let function = function(&given).ok_or(Unserved::UnknownHandler { given })?;
    for &(variable, is_usable) in SET_BY_LAMBDA {
        let value = settings.optional(variable);
        if !value.is_some_and(|value| is_usable(&value)) {
            return Err(Unserved::NotOnLambda(variable));
        }
    }
    function.await.map_err(Unserved::Runtime)
}

type Serving = Pin<Box<dyn Future<Output = Result<(), RuntimeError>>>>;

/// The function of a handler setting; it does nothing before it is polled.
fn function(handler: &str) -> Option<Serving> {
    Some(match handler {
        name::WEBHOOK => Box::pin(webhook::serve()),
        name::SIZE => Box::pin(size::serve()),
        name::MINT => Box::pin(mint::serve()),
        name::VERIFY_REMOVAL => Box::pin(verify_removal::serve()),
        name::ESCALATE => Box::pin(escalate::serve()),
        name::RELEASE => Box::pin(release::serve()),
        name::RECONCILE => Box::pin(reconcile::serve()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_has_its_function() {
        for handler in name::ALL {
            assert!(function(handler).is_some(), "{handler}");
        }
        assert!(function("Webhook").is_none());
    }
}
