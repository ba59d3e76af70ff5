//! Rows of what is no state of the machine: the functions beside it (`webhook`,
//! `release`, `reconcile`), events that nobody hears, and the bus.

use super::rows::{order, row};
use super::{Alone, MODES, Mode, Pain, Row, Strike, Work};
use crate::faults::Kind;
use domain::names::{handler, state};
use github_emulator::GitHubFault;
use local::AwsFault;

/// What can strike a function.
const FUNCTION: [Kind; 3] = [
    Kind::FunctionThrottled,
    Kind::FunctionCrashed,
    Kind::FunctionTimedOut,
];
/// What can strike a call of GitHub.
const CALL: [Kind; 8] = [
    Kind::GitHub401,
    Kind::GitHub403,
    Kind::GitHub404,
    Kind::GitHub422,
    Kind::GitHub429,
    Kind::GitHub500,
    Kind::GitHubTimeout,
    Kind::GitHubAnswerLost,
];

pub(super) fn add(rows: &mut Vec<Row>) {
    unheard(rows);
    bus(rows);
    order_of_events(rows);
    release(rows);
    reconcile(rows);
}

/// Events that do not come: GitHub's word on the job decides.
fn unheard(rows: &mut Vec<Row>) {
    let strike = order(Kind::WebhookLost, "queued");
    rows.push(row(
        handler::WEBHOOK,
        Pain::StuckQueued,
        strike,
        Alone::Unheard,
    ));
    let strike = Strike::Event(GitHubFault::WebhookNeverSent {}, "workflow_job queued");
    rows.push(Row {
        // There is no delivery that a person could send again; the repositories
        // that are asked are those that had jobs.
        work: Work::Known,
        modes: &[Mode::LeftAlone, Mode::Reconciled],
        ..row(handler::WEBHOOK, Pain::StuckQueued, strike, Alone::Unheard)
    });
    for action in ["in_progress", "completed"] {
        let strike = order(Kind::WebhookLost, action);
        rows.push(row(
            handler::WEBHOOK,
            Pain::StuckQueued,
            strike,
            Alone::Served,
        ));
    }
    rows.push(Row {
        work: Work::CancelledOnTheWay,
        ..row(
            handler::WEBHOOK,
            Pain::CancelledKeepsRunner,
            order(Kind::WebhookLost, "completed"),
            Alone::Cancelled,
        )
    });
    for kind in FUNCTION {
        // A crash may come behind the effect: nothing is said of what is left alone.
        let modes: &[Mode] = match kind {
            Kind::FunctionThrottled => &MODES,
            _ => &[Mode::Redriven, Mode::Reconciled],
        };
        rows.push(Row {
            modes,
            ..row(
                handler::WEBHOOK,
                Pain::StuckQueued,
                order(kind, handler::WEBHOOK),
                Alone::Unheard,
            )
        });
    }
}

/// What the bus refuses is refused to GitHub, which lists a failed delivery; what
/// it cannot deliver is a dead letter.
fn bus(rows: &mut Vec<Row>) {
    for fault in [
        AwsFault::PutEventsThrottled {},
        AwsFault::PutEventsFails {},
        AwsFault::PutEventsEntryRefused {},
    ] {
        let strike = Strike::Bus(fault, "PutEvents");
        rows.push(row(
            handler::WEBHOOK,
            Pain::StuckQueued,
            strike,
            Alone::Unheard,
        ));
    }
    let strike = Strike::Bus(AwsFault::TargetUnavailable { attempts: 3 }, "");
    rows.push(row("EventBridge", Pain::StuckQueued, strike, Alone::Served));
    let strike = Strike::Bus(AwsFault::EventUndeliverable {}, "");
    rows.push(Row {
        // Nothing is red: the event lies in the dead-letter queue.
        modes: &[Mode::LeftAlone, Mode::Reconciled],
        ..row("EventBridge", Pain::StuckQueued, strike, Alone::Unheard)
    });
}

/// The job's end is told before its begin.
fn order_of_events(rows: &mut Vec<Row>) {
    for kind in [Kind::WebhookDelayed, Kind::WebhookReordered] {
        rows.push(Row {
            work: Work::CancelledAtOnce,
            ..row(
                state::SIZE,
                Pain::CancelledKeepsRunner,
                order(kind, "queued"),
                Alone::Cancelled,
            )
        });
    }
}

/// A job is cancelled while its runner is on the way, and `release` is struck.
fn release(rows: &mut Vec<Row>) {
    let mut add = |strike| {
        rows.push(Row {
            work: Work::CancelledOnTheWay,
            ..row(
                handler::RELEASE,
                Pain::CancelledKeepsRunner,
                strike,
                Alone::Cancelled,
            )
        });
    };
    for kind in FUNCTION {
        add(order(kind, handler::RELEASE));
    }
    for call in ["release: POST /app", "release: DELETE"] {
        for kind in CALL {
            add(order(kind, call));
        }
    }
    let mut swapped = Row {
        work: Work::CancelledSwapped,
        ..row(
            handler::RELEASE,
            Pain::KilledAtWork,
            order(Kind::GitHub404, "release: DELETE"),
            Alone::Cancelled,
        )
    };
    swapped.before = vec![(Kind::WebhookLost, "queued".to_owned())];
    rows.push(swapped);
}

/// An event was lost, and `reconcile` is struck as it looks for it.
fn reconcile(rows: &mut Vec<Row>) {
    let mut add = |lost: Kind, strike| {
        let mut row = Row {
            modes: &[Mode::Reconciled],
            ..row(
                handler::RECONCILE,
                Pain::StuckQueued,
                strike,
                Alone::Unheard,
            )
        };
        row.before = vec![(lost, "queued".to_owned())];
        rows.push(row);
    };
    for kind in FUNCTION {
        add(Kind::WebhookLost, order(kind, handler::RECONCILE));
    }
    for call in [
        "reconcile: POST /app/installations",
        "reconcile: GET /app/hook",
        "reconcile: POST /app/hook",
    ] {
        for kind in CALL {
            add(Kind::WebhookLost, order(kind, call));
        }
    }
}
