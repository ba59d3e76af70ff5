//! How soon things are set right, in virtual time and without other faults.

#![allow(clippy::print_stdout, reason = "the figures are for people")]

use chaos::prompt::{cancellations, delays};
use github_emulator::GitHubFault;
use std::time::Duration;

/// The schedule of `reconcile` in these worlds.
const PERIOD: Duration = Duration::from_secs(120);
/// How long a job is queued before its event counts as lost.
const QUEUED: Duration = Duration::from_secs(180);
/// Each repository is asked about its queued jobs once in this time.
const ROTATION: Duration = Duration::from_secs(600);

/// The middle and the longest.
fn tell(what: &str, mut took: Vec<Duration>) -> Duration {
    took.sort();
    let longest = took.last().copied().unwrap_or_default();
    let middle = took.get(took.len() / 2).copied().unwrap_or_default();
    let (middle, most) = (middle.as_secs_f64(), longest.as_secs_f64());
    println!(
        "{what}: {} jobs, median {middle:.1} s, at most {most:.1} s",
        took.len()
    );
    longest
}

#[test]
fn the_runner_of_a_cancelled_job_is_gone_within_ten_seconds() {
    let cancelled = cancellations(75, Duration::from_millis(1_100)).expect("a system");
    let (assigned, waiting): (Vec<_>, Vec<_>) = cancelled.into_iter().partition(|one| one.assigned);
    for one in &waiting {
        let within = one.gone_within.expect("its end was told");
        assert!(within <= Duration::from_secs(10), "{one:?}");
    }
    // Some before anything was made, some while it was under way, some at work.
    assert!(waiting.iter().any(|one| !one.had_any) && waiting.iter().any(|one| one.had_any));
    assert!(!assigned.is_empty());
    let gone = |all: Vec<chaos::prompt::Cancelled>| {
        all.into_iter().filter_map(|one| one.gone_within).collect()
    };
    tell("cancelled while it waited", gone(waiting));
    tell("cancelled at work", gone(assigned));
}

#[test]
fn a_failed_delivery_delays_its_job_by_two_periods_at_most() {
    let fault = GitHubFault::WebhookFailed { status: 502 };
    let delays = delays(fault, 24, 1).expect("a system");
    assert!(tell("a failed delivery", delays) <= 2 * PERIOD);
}

#[test]
fn an_event_that_was_never_sent_delays_its_job_by_one_rotation_at_most() {
    for repositories in [1, 12] {
        let delays = delays(GitHubFault::WebhookNeverSent {}, 24, repositories).expect("a system");
        let longest = tell(&format!("never sent, {repositories} repositories"), delays);
        assert!(longest <= QUEUED + ROTATION + PERIOD, "{longest:?}");
    }
}
