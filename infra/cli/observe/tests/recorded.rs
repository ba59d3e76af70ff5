//! Recorded histories read as visits: those that AWS ran
//! (`../shared/asl-cases`, where that folder is there) and our own
//! (statemachine/asl/tests/cases).
//!
//! What a timeline says is compared with what follows from the events by
//! another way: counts, exits, and the event before each exit.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may; what is skipped is for people"
)]

use observe::history::{Details, End, Event, Timeline, Visit};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

struct Case {
    name: String,
    status: String,
    events: Vec<Event>,
}

fn cases(folder: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../..")
        .join(folder);
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("no recordings at hand: skipped");
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    let read = |path: &PathBuf| {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        Case {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            status: case["expected_status"].as_str().unwrap().to_owned(),
            events: events(&case["expected_events"]),
        }
    };
    paths.iter().map(read).collect()
}

fn aws() -> Vec<Case> {
    cases("../shared/asl-cases")
}

fn all() -> Vec<Case> {
    let mut all = cases("statemachine/asl/tests/cases");
    assert!(all.len() >= 6);
    all.extend(aws());
    all
}

/// A recording's events; its times are masked, so each comes a second after the
/// one before.
fn events(of: &Value) -> Vec<Event> {
    let event = |(number, of): (usize, &Value)| Event {
        id: of["id"].as_i64().unwrap(),
        previous: of["previousEventId"].as_i64().unwrap(),
        at: chrono::DateTime::from_timestamp(i64::try_from(number).unwrap(), 0).unwrap(),
        kind: of["type"].as_str().unwrap().to_owned(),
        details: details(of),
    };
    of.as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(event)
        .collect()
}

fn details(of: &Value) -> Details {
    let carried = of.as_object().unwrap().iter();
    let Some((_, of)) = carried
        .into_iter()
        .find(|(name, _)| name.ends_with("EventDetails"))
    else {
        return Details::default();
    };
    let text = |name: &str| match &of[name] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        document => Some(document.to_string()),
    };
    let number = |name: &str| {
        of[name]
            .as_i64()
            .map(|number| i32::try_from(number).unwrap())
    };
    Details {
        name: text("name"),
        input: text("input"),
        output: text("output"),
        error: text("error"),
        cause: text("cause"),
        resource: text("resource"),
        resource_type: text("resourceType"),
        parameters: text("parameters"),
        redrive_count: number("redriveCount"),
        index: number("index"),
        length: number("length"),
        ..Details::default()
    }
}

fn count(events: &[Event], kind: impl Fn(&str) -> bool) -> usize {
    events.iter().filter(|event| kind(&event.kind)).count()
}

#[test]
fn every_recording_of_aws_is_there_where_the_folder_is() {
    let count = aws().len();
    assert!([0, 58].contains(&count), "{count}");
}

#[test]
fn every_visit_is_found_and_has_ended() {
    for case in all() {
        let timeline = Timeline::of(&case.events);
        let name = &case.name;
        let entered = count(&case.events, |kind| kind.ends_with("StateEntered"));
        assert_eq!(timeline.visits.len(), entered, "{name}");
        for visit in &timeline.visits {
            assert_ne!(visit.end, End::Running, "{name}: {visit:#?}");
            assert!(visit.ended.unwrap() >= visit.entered, "{name}");
            for one in &visit.tries {
                assert_ne!(one.end, End::Running, "{name}: {visit:#?}");
            }
        }
        let redriven = count(&case.events, |kind| kind == "ExecutionRedriven");
        assert_eq!(timeline.attempts.len(), 1 + redriven, "{name}");
        let end = match case.status.as_str() {
            "SUCCEEDED" => End::Succeeded,
            "FAILED" => End::Failed,
            "TIMED_OUT" => End::TimedOut,
            other => panic!("{name}: {other}"),
        };
        assert_eq!(timeline.attempts.last().unwrap().end, end, "{name}");
    }
}

#[test]
fn every_event_belongs_to_one_visit_or_to_the_execution() {
    for case in all() {
        let timeline = Timeline::of(&case.events);
        let mut of_visits: Vec<i64> = timeline
            .visits
            .iter()
            .flat_map(|visit| visit.events.clone())
            .collect();
        of_visits.sort_unstable();
        let wanted: Vec<i64> = case
            .events
            .iter()
            .filter(|event| !event.kind.starts_with("Execution"))
            .map(|event| event.id)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        assert_eq!(of_visits, wanted, "{}", case.name);
    }
}

/// A state that was left has succeeded or was caught, which the event before its
/// exit tells; one that was never left failed with the execution.
#[test]
fn caught_and_failed_are_told_apart() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for case in all() {
        let timeline = Timeline::of(&case.events);
        let by_id: BTreeMap<i64, &Event> =
            case.events.iter().map(|event| (event.id, event)).collect();
        for visit in &timeline.visits {
            let exit = visit
                .events
                .iter()
                .map(|id| by_id[id])
                .find(|event| event.kind.ends_with("StateExited"));
            let wanted: &[End] = match exit {
                Some(exit) => {
                    let before = &by_id[&exit.previous].kind;
                    let failed = before.ends_with("Failed") || before.ends_with("TimedOut");
                    if failed {
                        &[End::Caught]
                    } else {
                        &[End::Succeeded]
                    }
                }
                None => &[End::Failed, End::Aborted, End::TimedOut],
            };
            assert!(wanted.contains(&visit.end), "{}: {visit:#?}", case.name);
            *seen.entry(visit.end.word()).or_default() += 1;
            if visit.end == End::Caught {
                assert!(visit.error.is_some(), "{}: {visit:#?}", case.name);
                assert!(visit.next.is_some(), "{}: {visit:#?}", case.name);
            }
        }
    }
    for end in ["succeeded", "caught", "failed"] {
        assert!(seen.get(end).is_some_and(|count| *count > 0), "{seen:?}");
    }
}

#[test]
fn the_iterations_of_a_map_are_told_apart() {
    let mut maps = 0;
    for case in all() {
        let timeline = Timeline::of(&case.events);
        let started: Vec<&Event> = case
            .events
            .iter()
            .filter(|event| event.kind == "MapIterationStarted")
            .collect();
        let inside = |index: i32, name: &str| {
            let around = |visit: &&Visit| {
                visit
                    .within
                    .last()
                    .is_some_and(|around| around.iteration == Some(index) && around.state == name)
            };
            timeline.visits.iter().filter(around).count()
        };
        for event in &started {
            maps += 1;
            let (index, name) = (
                event.details.index.unwrap(),
                event.details.name.as_deref().unwrap(),
            );
            assert!(
                inside(index, name) > 0,
                "{}: iteration {index} of {name}",
                case.name
            );
        }
        if started.is_empty() {
            let iterations = timeline.visits.iter().flat_map(|visit| &visit.within);
            assert!(
                iterations
                    .into_iter()
                    .all(|around| around.iteration.is_none()),
                "{}",
                case.name
            );
        }
    }
    assert!(maps > 0 || aws().is_empty());
}

#[test]
fn the_branches_of_a_parallel_stand_inside_it() {
    let case = all()
        .into_iter()
        .find(|case| case.name == "parallel-joins")
        .unwrap();
    let timeline = Timeline::of(&case.events);
    let parallel = timeline
        .visits
        .iter()
        .find(|visit| visit.kind == "Parallel")
        .unwrap();
    let branches: Vec<&Visit> = timeline
        .visits
        .iter()
        .filter(|visit| {
            visit
                .within
                .last()
                .is_some_and(|around| around.state == parallel.state)
        })
        .collect();
    assert!(branches.len() >= 2, "{timeline:#?}");
    for branch in branches {
        assert_eq!(branch.within[0].iteration, None);
        assert!(
            branch.entered > parallel.entered && branch.ended < parallel.ended,
            "{branch:#?}"
        );
    }
}

#[test]
fn retries_and_redrives_are_counted_apart() {
    let find = |name: &str| {
        let case = all().into_iter().find(|case| case.name == name).unwrap();
        Timeline::of(&case.events)
    };
    let retried = find("retry-with-backoff");
    let visit = retried
        .visits
        .iter()
        .find(|visit| visit.retries() > 0)
        .unwrap();
    assert_eq!(visit.redrives(), 0);
    assert_eq!(
        usize::try_from(visit.retries()).unwrap(),
        visit.tries.len() - 1
    );
    let redriven = find("task-times-out-and-is-redriven");
    let visit = redriven
        .visits
        .iter()
        .find(|visit| visit.redrives() > 0)
        .unwrap();
    assert_eq!((visit.redrives(), visit.attempt), (1, 1));
    assert_eq!(visit.tries[0].end, End::TimedOut);
    assert_eq!(visit.end, End::Succeeded);
    assert_eq!(redriven.attempts[0].end, End::Failed);
}

/// A list reads the newest events alone: where the beginning is missing, the
/// rest says what it can, and nothing falls over.
#[test]
fn a_history_without_its_beginning_is_read_as_far_as_it_goes() {
    for case in all() {
        let whole = Timeline::of(&case.events);
        for from in 0..case.events.len() {
            let part = Timeline::of(&case.events[from..]);
            let (Some(part), Some(whole)) = (part.visits.last(), whole.visits.last()) else {
                continue;
            };
            assert_eq!(part.state, whole.state, "{} from {from}", case.name);
            assert_eq!(part.end, whole.end, "{} from {from}", case.name);
        }
    }
}
