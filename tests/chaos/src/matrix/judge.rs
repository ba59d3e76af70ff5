//! Whether a row ended as it has to.

use super::play::{Mode, history};
use super::{Act, Alone, Row, Strike};
use crate::check::{self, Fate};
use crate::faults::Kind;
use crate::operator::FOR_PEOPLE;
use crate::scenario::Scenario;
use crate::stopper::Stopped;
use crate::world::World;
use github_emulator::JobStatus;
use serde_json::Value;

/// The error says what is not as it should be.
pub(super) fn judge(
    row: &Row,
    mode: Mode,
    world: &World,
    scenario: &Scenario,
    stopped: &Stopped,
) -> Result<(), String> {
    let mut pending = world.faults.pending();
    let (github, place) = (world.stage.github.faults(), world.stage.place.faults());
    pending.extend(github.pending().iter().map(|one| format!("{:?}", one.what)));
    pending.extend(place.pending().iter().map(|one| format!("{:?}", one.what)));
    if !pending.is_empty() {
        return Err(format!("never struck: {}", pending.join(", ")));
    }
    if let Strike::State(fault) = &row.strike
        && !met(world, fault)
    {
        return Err(format!("{} never met its fault", row.state));
    }
    let report = check::judge(world, scenario, stopped);
    let mut problems = Vec::new();
    problems.extend(report.doubled.iter().map(|one| format!("doubled: {one}")));
    problems.extend(report.killed.iter().map(|one| format!("killed: {one}")));
    let waits = waits(row, mode);
    for (kind, left) in &report.leftovers {
        // A claim, a registration and its item wait for the redrive with their execution.
        if waits && ["claims", "runners", "hand-over items"].contains(kind) {
            continue;
        }
        problems.extend(left.iter().map(|one| format!("left, {kind}: {one}")));
    }
    if waits {
        problems.extend(red(world, row.alone));
    } else {
        let wanted = match row.alone {
            Alone::Cancelled => Fate::Cancelled,
            Alone::Interrupted => Fate::Interrupted,
            // Its host went down on the way into the state.
            _ if row.before.iter().any(|(kind, _)| *kind == Kind::TaskKilled) => Fate::Interrupted,
            _ => Fate::Served,
        };
        for (fate, count) in &report.fates {
            // A job that was at work when its execution was stopped is not served again.
            let stopped_at_work =
                *fate == Fate::Interrupted && matches!(row.strike, Strike::Act(Act::Stop, _));
            let twin = row.work.is_two_jobs() && *fate == Fate::Served;
            if *fate != wanted && !stopped_at_work && !twin {
                problems.push(format!("{count} {fate}, not {wanted}"));
            }
        }
        // Of two jobs one ends as the row says, not none of them.
        let ended = report.fates.get(&wanted).copied().unwrap_or_default();
        if row.work.is_two_jobs() && wanted != Fate::Served && ended != 1 {
            problems.push(format!("{ended} {wanted} of two jobs, not 1"));
        }
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems.join("; ")),
    }
}

/// Whether the execution is to stay red until somebody comes.
pub(super) fn waits(row: &Row, mode: Mode) -> bool {
    match (mode, row.alone) {
        (Mode::LeftAlone, Alone::Fails(_) | Alone::Stopped | Alone::Unheard) => true,
        (Mode::Reconciled, Alone::Fails(name)) => FOR_PEOPLE.contains(&name),
        _ => false,
    }
}

/// What is wrong with the red end of an execution that nobody redrives.
fn red(world: &World, alone: Alone) -> Option<String> {
    let executions = world.stage.place.step_functions().executions();
    if alone == Alone::Unheard {
        let jobs = world.stage.github.jobs();
        let waits = jobs.last().map(|job| job.status) == Some(JobStatus::Queued);
        let heard = !waits || executions.len() == jobs.len();
        return heard.then(|| "somebody heard of it".to_owned());
    }
    let ends: Vec<Value> = executions.iter().map(|arn| world.execution(arn)).collect();
    let fits = |end: &Value| match alone {
        Alone::Fails(name) => end["status"] == "FAILED" && end["error"] == name,
        _ => end["status"] == "ABORTED",
    };
    if ends.iter().any(fits) {
        return None;
    }
    let ends: Vec<String> = ends
        .iter()
        .map(|end| format!("{} {}", end["status"], end["error"]))
        .collect();
    Some(format!(
        "no execution ended as {alone:?}: {}",
        ends.join(", ")
    ))
}

/// Whether an execution met a fault of the place.
fn met(world: &World, fault: &local::Fault) -> bool {
    let executions = world.stage.place.step_functions().executions();
    executions.iter().any(|arn| {
        let events = history(world, arn);
        match fault {
            local::Fault::StopExecutionOnEnter => events
                .iter()
                .any(|event| event["type"] == "ExecutionAborted"),
            _ => events
                .iter()
                .any(|event| event.to_string().contains("injected")),
        }
    })
}
