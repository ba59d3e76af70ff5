//! Builds a timeline, event by event.
//!
//! Which visit an event belongs to follows from `previousEventId`. After a
//! redrive, and where the history's beginning was not read, that chain is
//! broken: then the last open visit that fits takes the event.

use super::Event;
use super::timeline::{Attempt, Enclosing, End, Timeline, Try, Visit};
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Builder {
    timeline: Timeline,
    /// Where each event left the reader: the visit, and the iteration inside it.
    at: HashMap<i64, Spot>,
    /// The Parallel or Map visit around each visit, with the iteration.
    around: Vec<Option<(usize, Option<i32>)>>,
}

#[derive(Clone, Copy)]
struct Spot {
    visit: usize,
    /// The event left the visit: what follows lies beside it.
    left: bool,
    /// The event began an iteration of it.
    iteration: Option<i32>,
}

impl Builder {
    pub(super) fn add(&mut self, event: &Event) {
        let kind = event.kind.as_str();
        if let Some(end) = kind.strip_prefix("Execution") {
            self.execution(end, event);
        } else if let Some(of) = kind.strip_suffix("StateEntered") {
            self.enter(of, event);
        } else if kind.ends_with("StateExited") {
            self.exit(event);
        } else if kind.starts_with("MapIteration") {
            self.iteration(event);
        } else if let Some(visit) = self.inside(event) {
            self.mark(event, visit, false);
            self.inner(kind, event, visit);
        }
    }

    pub(super) fn finish(self) -> Timeline {
        self.timeline
    }

    fn attempt(&self) -> u32 {
        self.timeline
            .attempts
            .last()
            .map_or(1, |attempt| attempt.number)
    }

    fn execution(&mut self, what: &str, event: &Event) {
        let end = match what {
            "Started" | "Redriven" => {
                let number = match event.details.redrive_count {
                    Some(count) => u32::try_from(count).unwrap_or(0) + 1,
                    None => 1,
                };
                self.timeline.attempts.push(Attempt {
                    number,
                    started: event.at,
                    ended: None,
                    end: End::Running,
                    error: None,
                    cause: None,
                });
                if what == "Redriven" {
                    self.reopen();
                }
                return;
            }
            "Succeeded" => End::Succeeded,
            "Aborted" => End::Aborted,
            "TimedOut" => End::TimedOut,
            _ => End::Failed,
        };
        if let Some(attempt) = self.timeline.attempts.last_mut() {
            attempt.ended = Some(event.at);
            attempt.end = end;
            attempt.error.clone_from(&event.details.error);
            attempt.cause.clone_from(&event.details.cause);
        }
        for visit in &mut self.timeline.visits {
            if visit.end != End::Running {
                continue;
            }
            visit.end = end;
            visit.ended = Some(event.at);
            if visit.error.is_none() || end == End::Failed {
                visit.error = event.details.error.clone().or(visit.error.take());
                visit.cause = event.details.cause.clone().or(visit.cause.take());
            }
            for one in visit.tries.iter_mut().filter(|one| one.end == End::Running) {
                one.end = end;
                one.ended = Some(event.at);
            }
        }
    }

    /// A redrive goes on in the states that were entered and never left.
    fn reopen(&mut self) {
        for visit in &mut self.timeline.visits {
            if matches!(visit.end, End::Failed | End::Aborted | End::TimedOut) {
                visit.end = End::Running;
                visit.ended = None;
                visit.error = None;
                visit.cause = None;
            }
        }
    }

    fn enter(&mut self, kind: &str, event: &Event) {
        let before = self.at.get(&event.previous).copied();
        let around = match before {
            Some(spot) if spot.left => {
                self.timeline.visits[spot.visit].next = event.details.name.clone();
                self.around[spot.visit]
            }
            Some(spot) => Some((spot.visit, spot.iteration)),
            None => None,
        };
        let mut within = match around {
            Some((visit, _)) => self.timeline.visits[visit].within.clone(),
            None => Vec::new(),
        };
        if let Some((visit, iteration)) = around {
            within.push(Enclosing {
                state: self.timeline.visits[visit].state.clone(),
                iteration,
            });
        }
        let visit = self.timeline.visits.len();
        self.timeline.visits.push(Visit {
            state: event.details.name.clone().unwrap_or_default(),
            kind: kind.to_owned(),
            within,
            attempt: self.attempt(),
            entered: event.at,
            ended: None,
            end: End::Running,
            input: event.details.input.clone(),
            output: None,
            assigned: std::collections::BTreeMap::new(),
            error: None,
            cause: None,
            tries: Vec::new(),
            next: None,
            events: Vec::new(),
        });
        self.around.push(around);
        self.mark(event, visit, false);
    }

    fn exit(&mut self, event: &Event) {
        let name = event.details.name.as_deref().unwrap_or_default();
        let fits = |visit: &Visit| visit.end == End::Running && visit.state == name;
        let by_chain = self
            .at
            .get(&event.previous)
            .into_iter()
            // Out of a branch's or an iteration's last state into the one around it.
            .flat_map(|spot| {
                let around = self.around[spot.visit].map(|(around, _)| around);
                [Some(spot.visit), around].into_iter().flatten()
            })
            .find(|visit| fits(&self.timeline.visits[*visit]));
        let visit = by_chain.or_else(|| self.timeline.visits.iter().rposition(fits));
        let Some(number) = visit else {
            return;
        };
        self.mark(event, number, true);
        let visit = &mut self.timeline.visits[number];
        let failed = visit
            .tries
            .last()
            .is_some_and(|one| one.end != End::Succeeded);
        visit.end = if visit.error.is_some() && (failed || visit.tries.is_empty()) {
            End::Caught
        } else {
            End::Succeeded
        };
        visit.ended = Some(event.at);
        visit.output.clone_from(&event.details.output);
        if let Some(assigned) = &event.details.assigned_variables {
            visit.assigned.clone_from(assigned);
        }
    }

    fn iteration(&mut self, event: &Event) {
        let Some(spot) = self.at.get(&event.previous).copied() else {
            return;
        };
        // A beginning follows the Map's own event, an end the iteration's last state.
        let visit = if self.timeline.visits[spot.visit].kind == "Map" && !spot.left {
            spot.visit
        } else if let Some((around, _)) = self.around[spot.visit] {
            around
        } else {
            return;
        };
        self.mark(event, visit, false);
        if event.kind == "MapIterationStarted" {
            let iteration = event.details.index;
            self.at
                .entry(event.id)
                .and_modify(|spot| spot.iteration = iteration);
        }
    }

    /// The visit that an event between entry and exit belongs to.
    fn inside(&self, event: &Event) -> Option<usize> {
        let task = event.kind.starts_with("Task")
            || event.kind.starts_with("Lambda")
            || event.kind.starts_with("Activity");
        let by_chain = self.at.get(&event.previous).and_then(|spot| {
            // `ParallelStateSucceeded` follows the last state of a branch.
            let outside = spot.left || !self.fits(spot.visit, event);
            if outside {
                self.around[spot.visit].map(|(around, _)| around)
            } else {
                Some(spot.visit)
            }
        });
        by_chain
            .filter(|visit| self.timeline.visits[*visit].end == End::Running)
            .or_else(|| {
                self.timeline
                    .visits
                    .iter()
                    .rposition(|visit| visit.end == End::Running && (!task || visit.kind == "Task"))
            })
    }

    fn fits(&self, visit: usize, event: &Event) -> bool {
        let kind = self.timeline.visits[visit].kind.as_str();
        match event.kind.as_str() {
            other if other.starts_with("Parallel") => kind == "Parallel",
            other if other.starts_with("Map") => kind == "Map",
            "EvaluationFailed" => true,
            _ => kind == "Task",
        }
    }

    fn inner(&mut self, kind: &str, event: &Event, number: usize) {
        let attempt = self.attempt();
        let visit = &mut self.timeline.visits[number];
        let details = &event.details;
        if kind.ends_with("Scheduled") {
            visit.tries.push(Try {
                attempt,
                scheduled: event.at,
                ended: None,
                end: End::Running,
                parameters: details.parameters.clone().or(details.input.clone()),
                submitted: None,
                output: None,
                error: None,
                cause: None,
            });
            return;
        }
        let end = if kind.ends_with("Succeeded") {
            Some(End::Succeeded)
        } else if kind.ends_with("TimedOut") {
            Some(End::TimedOut)
        } else if kind.ends_with("Aborted") {
            Some(End::Aborted)
        } else if kind.ends_with("Failed") {
            Some(End::Failed)
        } else {
            None
        };
        if details.error.is_some() || matches!(end, Some(End::Failed | End::TimedOut)) {
            visit.error.clone_from(&details.error);
            visit.cause.clone_from(&details.cause);
        } else if end == Some(End::Succeeded) {
            visit.error = None;
            visit.cause = None;
        }
        let Some(one) = visit.tries.last_mut() else {
            return;
        };
        if kind == "TaskSubmitted" {
            one.submitted.clone_from(&details.output);
        }
        if let Some(end) = end {
            // A result that could not be evaluated fails the visit, not the call.
            if one.end == End::Running || kind == "EvaluationFailed" {
                one.end = end;
                one.ended = Some(event.at);
                one.error.clone_from(&details.error);
                one.cause.clone_from(&details.cause);
                if end == End::Succeeded {
                    one.output.clone_from(&details.output);
                }
            }
        }
    }

    fn mark(&mut self, event: &Event, visit: usize, left: bool) {
        self.timeline.visits[visit].events.push(event.id);
        let spot = Spot {
            visit,
            left,
            iteration: None,
        };
        self.at.insert(event.id, spot);
    }
}
