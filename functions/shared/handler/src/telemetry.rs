//! Logs: one JSON object a line on stdout, where Lambda picks them up.
//!
//! No timestamps (the log service adds its own). `RUST_LOG` sets levels
//! (`debug`, or `info,github=debug`); whatever it says, libraries may not log
//! below `info`, because that is where they print requests and payloads.

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// Crates of ours, which log ids only and may therefore log at any level.
const OURS: &[&str] = &[
    "app_key",
    "aws",
    "bootstrap",
    "domain",
    "escalate",
    "github",
    "handler",
    "mint",
    "reconcile",
    "removal",
    "size",
    "verify_removal",
    "webhook",
];

/// Sends the process's logs to stdout. A second call changes nothing.
pub fn init(rust_log: Option<&str>) {
    let (levels, problem) = levels(rust_log);
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .without_time()
        .with_current_span(true)
        .with_span_list(false)
        .with_filter(levels)
        .with_filter(filter_fn(is_free_of_bodies));
    let first = tracing_subscriber::registry()
        .with(lines)
        .try_init()
        .is_ok();
    if let (true, Some(problem)) = (first, problem) {
        tracing::warn!(problem, "RUST_LOG is not understood; logging at info");
    }
}

fn levels(rust_log: Option<&str>) -> (Targets, Option<String>) {
    let default = || Targets::new().with_default(LevelFilter::INFO);
    match rust_log.map(str::trim).filter(|text| !text.is_empty()) {
        None => (default(), None),
        Some(text) => match text.parse() {
            Ok(levels) => (levels, None),
            Err(error) => (default(), Some(format!("{error}"))),
        },
    }
}

fn is_free_of_bodies(metadata: &Metadata<'_>) -> bool {
    may_log(metadata.target(), *metadata.level())
}

fn may_log(target: &str, level: Level) -> bool {
    let library = target.split("::").next().unwrap_or(target);
    level <= Level::INFO || OURS.contains(&library)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_never_log_below_info() {
        for target in [
            "hyper::proto",
            "aws_smithy_runtime::client",
            "lambda_runtime",
            "octocrab",
        ] {
            assert!(!may_log(target, Level::TRACE), "{target}");
            assert!(!may_log(target, Level::DEBUG), "{target}");
            assert!(may_log(target, Level::WARN), "{target}");
        }
        assert!(may_log("github::runners", Level::DEBUG));
        assert!(may_log("aws", Level::TRACE));
    }

    #[test]
    fn a_level_that_is_not_understood_is_told() {
        let (_, problem) = levels(Some("size=loud"));
        assert!(problem.is_some());
        assert_eq!(levels(Some(" ")).1, None);
        assert_eq!(levels(Some("info,github=debug")).1, None);
    }
}
