//! All rows: the states times what can strike them.

use super::{Act, Alone, MODES, Pain, Row, Strike, Work, upkeep_rows};
use crate::container::EXITS;
use crate::faults::Kind;
use domain::names::{exit_code, failure, handler, state};
use github_emulator::GitHubFault;
use local::Fault;

/// The error that DynamoDB's tasks meet.
const STORE_ERROR: &str = "DynamoDB.InternalServerError";

/// Every row.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    deliveries(&mut rows);
    functions(&mut rows);
    stores(&mut rows);
    github(&mut rows);
    tasks(&mut rows);
    stops(&mut rows);
    people(&mut rows);
    upkeep_rows::add(&mut rows);
    rows
}

pub(super) fn row(state: &'static str, pain: Pain, strike: Strike, alone: Alone) -> Row {
    let fault = match &strike {
        Strike::Order(kind, what, times) => match (what.is_empty(), times) {
            (true, _) => kind.name().to_owned(),
            (_, 1) => format!("{kind} at {what}"),
            (_, times) => format!("{kind} at {what}, {times} times"),
        },
        Strike::State(Fault::FailBefore { error, .. }) => format!("{error} before its effect"),
        Strike::State(Fault::FailAfter { error, .. }) => format!("{error} behind its effect"),
        Strike::State(_) => "execution stopped on entry".to_owned(),
        Strike::Event(GitHubFault::WebhookNeverSent {}, _) => "event never sent".to_owned(),
        Strike::Event(fault, on) => format!("{fault:?} at {on}"),
        Strike::Bus(fault, _) => format!("{fault:?}"),
        Strike::Act(Act::Cancel, after) => format!("job cancelled after {after} s"),
        Strike::Act(Act::Stop, after) => format!("execution stopped after {after} s"),
        Strike::Act(Act::Take, after) => format!("job taken by a foreign runner after {after} s"),
    };
    Row {
        state,
        fault,
        pain,
        before: lead(state),
        strike,
        work: Work::Plain,
        alone,
        modes: &MODES,
    }
}

/// What leads an execution into a state that the happy path does not know.
fn lead(state: &str) -> Vec<(Kind, String)> {
    match state {
        state::NUDGE => vec![(Kind::WebhookRepeated, "queued".to_owned())],
        state::MARK_FAILED | state::ESCALATE => {
            vec![(Kind::GitHub403, "mint: GET".to_owned())]
        }
        state::WAIT_FOR_GITHUB => vec![(Kind::GitHub429, "mint: GET".to_owned())],
        state::WAIT_FOR_RUNNER => vec![(Kind::TaskKilled, "its task".to_owned())],
        state::BACKOFF => vec![(Kind::Capacity, "RunTask".to_owned())],
        _ => Vec::new(),
    }
}

pub(super) fn order(kind: Kind, what: &str) -> Strike {
    Strike::Order(kind, what.to_owned(), 1)
}

fn deliveries(rows: &mut Vec<Row>) {
    for kind in [Kind::WebhookDelayed, Kind::WebhookReordered] {
        let strike = order(kind, "queued");
        rows.push(row(state::SIZE, Pain::StuckQueued, strike, Alone::Served));
    }
    for kind in [Kind::WebhookRepeated, Kind::EventTwice] {
        let what = if kind == Kind::EventTwice {
            ""
        } else {
            "queued"
        };
        let strike = order(kind, what);
        rows.push(row(state::CLAIM, Pain::Duplicates, strike, Alone::Served));
    }
    // Behind the end of everything that served the job.
    let late = Row {
        work: Work::Gated,
        ..row(
            state::CLAIM,
            Pain::Approval,
            order(Kind::WebhookDelayed, "queued"),
            Alone::Served,
        )
    };
    rows.push(late);
}

fn functions(rows: &mut Vec<Row>) {
    for (state, handler) in [
        (state::SIZE, handler::SIZE),
        (state::MINT, handler::MINT),
        (state::VERIFY_REMOVAL, handler::VERIFY_REMOVAL),
        (state::ESCALATE, handler::ESCALATE),
    ] {
        // Escalate ends red by design: a redrive goes on from there.
        let alone = match state {
            state::ESCALATE => Alone::Fails(failure::GITHUB_REFUSED),
            _ => Alone::Served,
        };
        for kind in [
            Kind::FunctionCrashed,
            Kind::FunctionTimedOut,
            Kind::FunctionThrottled,
        ] {
            rows.push(row(state, Pain::StuckQueued, order(kind, handler), alone));
        }
    }
}

fn stores(rows: &mut Vec<Row>) {
    for state in [
        state::CLAIM,
        state::NUDGE,
        state::RELEASE,
        state::MARK_FAILED,
    ] {
        let alone = match state {
            state::MARK_FAILED => Alone::Fails(failure::GITHUB_REFUSED),
            _ => Alone::Served,
        };
        let (error, cause) = (STORE_ERROR.to_owned(), "injected".to_owned());
        for fault in [
            Fault::FailBefore {
                error: error.clone(),
                cause: cause.clone(),
            },
            Fault::FailAfter { error, cause },
        ] {
            rows.push(row(state, Pain::StuckQueued, Strike::State(fault), alone));
        }
    }
    for kind in [Kind::StoreThrottled, Kind::StoreAnswerLost] {
        for call in ["UpdateItem", "PutItem", "DeleteItem", "GetItem"] {
            let state = match call {
                "UpdateItem" | "PutItem" => state::MINT,
                "DeleteItem" => state::RUN_RUNNER,
                _ => state::VERIFY_REMOVAL,
            };
            rows.push(row(
                state,
                Pain::StuckQueued,
                order(kind, call),
                Alone::Served,
            ));
        }
    }
}

fn github(rows: &mut Vec<Row>) {
    for (state, call) in [
        (state::MINT, "mint: POST /app"),
        (state::MINT, "mint: GET"),
        (state::MINT, "mint: POST /orgs"),
        (state::VERIFY_REMOVAL, "verify-removal: POST /app"),
        (state::VERIFY_REMOVAL, "verify-removal: DELETE"),
        (state::VERIFY_REMOVAL, "verify-removal: GET"),
    ] {
        for kind in [
            Kind::GitHub401,
            Kind::GitHub404,
            Kind::GitHub500,
            Kind::GitHubTimeout,
            Kind::GitHubAnswerLost,
        ] {
            let pain = match kind {
                Kind::GitHubAnswerLost => Pain::Ghosts,
                _ => Pain::StuckQueued,
            };
            // No installation, no runner group: people must mend that.
            let named = call.contains("POST");
            let alone = match kind {
                Kind::GitHub404 if named => Alone::Fails(failure::GITHUB_REFUSED),
                _ => Alone::Served,
            };
            rows.push(row(state, pain, order(kind, call), alone));
        }
        rows.push(row(
            state,
            Pain::RateLimit,
            order(Kind::GitHub429, call),
            Alone::Served,
        ));
        for kind in [Kind::GitHub403, Kind::GitHub422] {
            // GitHub says 422 of a runner that has a job: it is looked at again.
            let busy = kind == Kind::GitHub422 && call == "verify-removal: DELETE";
            let alone = match busy {
                true => Alone::Served,
                false => Alone::Fails(failure::GITHUB_REFUSED),
            };
            rows.push(row(state, Pain::Misconfiguration, order(kind, call), alone));
        }
    }
    rows.push(row(
        state::MINT,
        Pain::Conflict,
        order(Kind::GitHub409, "mint: POST /orgs"),
        Alone::Served,
    ));
}

fn tasks(rows: &mut Vec<Row>) {
    let s = state::RUN_RUNNER;
    let waits = [
        (Kind::RunTaskThrottled, Alone::Served),
        (Kind::Capacity, Alone::Served),
        (Kind::TaskStuck, Alone::Served),
        (Kind::ImagePull, Alone::Served),
    ];
    for (kind, alone) in waits {
        rows.push(row(s, Pain::StuckQueued, order(kind, "RunTask"), alone));
    }
    rows.push(row(
        s,
        Pain::Misconfiguration,
        order(Kind::RunTaskRefused, "RunTask"),
        Alone::Fails(failure::CONFIGURATION_REFUSED),
    ));
    for kind in [Kind::OutOfMemory, Kind::TaskKilled] {
        let strike = order(kind, "its task");
        rows.push(row(s, Pain::KilledAtWork, strike, Alone::Interrupted));
    }
    for (kind, what, alone) in [
        (Kind::SpotInterruption, "its task", Alone::Interrupted),
        (Kind::Capacity, "RunTask", Alone::Served),
    ] {
        rows.push(Row {
            work: Work::Spot,
            ..row(s, Pain::Spot, order(kind, what), alone)
        });
    }
    rows.push(row(
        s,
        Pain::StuckQueued,
        order(Kind::HandoverGone, "the container's"),
        Alone::Served,
    ));
    for code in EXITS {
        let alone = match code {
            exit_code::SETTINGS_INVALID | exit_code::PROGRAM_NOT_STARTED => {
                Alone::Fails(failure::CONFIGURATION_REFUSED)
            }
            exit_code::RUNNER_VERSION_REFUSED => Alone::Fails(failure::RUNNER_VERSION_REFUSED),
            _ => Alone::Served,
        };
        let pain = match alone {
            Alone::Served => Pain::StuckQueued,
            _ => Pain::Misconfiguration,
        };
        for when in ["before", "behind"] {
            let what = format!("{code} {when} its JIT config");
            rows.push(row(s, pain, order(Kind::ContainerExit, &what), alone));
        }
    }
}

fn stops(rows: &mut Vec<Row>) {
    for state in [
        state::SIZE,
        state::SIZED,
        state::CLAIM,
        state::CLAIMED,
        state::MINT,
        state::MINTED,
        state::WAIT_FOR_GITHUB,
        state::RUN_RUNNER,
        state::VERIFY_REMOVAL,
        state::ROUTE,
        state::WAIT_FOR_RUNNER,
        state::BACKOFF,
        state::RELEASE,
        state::MARK_FAILED,
        state::ESCALATE,
    ] {
        let strike = Strike::State(Fault::StopExecutionOnEnter);
        rows.push(row(state, Pain::StuckQueued, strike, Alone::Stopped));
    }
    // On its way, listening, at work.
    for after in [5, 32, 100] {
        let strike = Strike::Act(Act::Stop, after);
        rows.push(row(state::RUN_RUNNER, Pain::Ghosts, strike, Alone::Stopped));
    }
}

fn people(rows: &mut Vec<Row>) {
    for state in [
        state::SIZE,
        state::CLAIM,
        state::MINT,
        state::WAIT_FOR_GITHUB,
        state::BACKOFF,
    ] {
        let strike = Strike::Act(Act::Cancel, 0);
        rows.push(row(
            state,
            Pain::CancelledKeepsRunner,
            strike,
            Alone::Cancelled,
        ));
    }
    // On its way, while it is assigned, at work.
    for after in [1, 20, 33, 60] {
        let strike = Strike::Act(Act::Cancel, after);
        let pain = Pain::CancelledKeepsRunner;
        rows.push(row(state::RUN_RUNNER, pain, strike, Alone::Cancelled));
    }
    for state in [state::MINT, state::RUN_RUNNER, state::BACKOFF] {
        let strike = Strike::Act(Act::Take, 0);
        rows.push(row(state, Pain::Stolen, strike, Alone::Served));
    }
    for kind in [Kind::ImagePull, Kind::TaskStuck, Kind::HandoverGone] {
        let what = if kind == Kind::HandoverGone {
            "the container's"
        } else {
            "RunTask"
        };
        rows.push(Row {
            work: Work::Twins,
            ..row(
                state::RUN_RUNNER,
                Pain::Stolen,
                order(kind, what),
                Alone::Served,
            )
        });
    }
}
