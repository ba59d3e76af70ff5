//! A Map state at work: which iterations run, and what their ends mean.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::Map;
use crate::{
    engine::{Activity, Branch, Core, Failure, Flow, Place, Step},
    history::Details,
    jsonata::Values,
    states::State,
    text::Text,
};

/// A Map state at work, or failed and kept for a redrive.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MapRun {
    pub(super) items: Vec<Text>,
    /// The first item without an iteration.
    pub(super) next: usize,
    /// The most iterations at a time; 0 for as many as there may be at all.
    pub(super) concurrency: u64,
    /// The most iterations that may fail.
    pub(super) tolerated: u64,
    /// Iterations that failed and were tolerated. Should the state fail after
    /// all, a redrive runs them again.
    pub(super) given_up: Vec<Iteration>,
    /// Iterations that wait for their turn to be redriven.
    pub(super) redriven: VecDeque<Iteration>,
    /// The event that first iterations follow.
    pub(super) started: u64,
    pub(super) iterations: Vec<Iteration>,
    pub(super) outputs: Vec<Option<Text>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Iteration {
    pub(super) index: usize,
    pub(super) branch: Branch,
}

/// An inline Map runs no more iterations than this at a time, as the developer
/// guide has it.
const MOST_AT_A_TIME: usize = 40;

impl MapRun {
    fn has_place(&self) -> bool {
        let most = usize::try_from(self.concurrency).unwrap_or(usize::MAX);
        let most = if most == 0 { MOST_AT_A_TIME } else { most };
        self.iterations.len() < most.min(MOST_AT_A_TIME)
    }

    /// Lines up for a redrive what failed or was cut short.
    pub(super) fn take_up_again(&mut self) {
        let waiting = std::mem::take(&mut self.redriven);
        self.iterations.append(&mut self.given_up);
        self.iterations.extend(waiting);
        self.iterations.sort_by_key(|iteration| iteration.index);
        self.redriven = self.iterations.drain(..).collect();
    }

    /// Adds an iteration in the order of the items.
    fn insert(&mut self, iteration: Iteration) -> usize {
        let at = self
            .iterations
            .partition_point(|other| other.index < iteration.index);
        self.iterations.insert(at, iteration);
        at
    }

    pub(crate) fn branches(&self) -> impl Iterator<Item = &Branch> {
        self.iterations.iter().map(|iteration| &iteration.branch)
    }

    pub(crate) fn branches_mut(&mut self) -> impl Iterator<Item = &mut Branch> {
        self.iterations
            .iter_mut()
            .map(|iteration| &mut iteration.branch)
    }
}

impl Map {
    /// Starts iterations while there is room, and leaves the state when all
    /// have ended. `freed` is the last event of the iteration that made room.
    pub(super) fn advance(
        &self,
        state: &State,
        place: &mut Place<'_>,
        mut freed: Option<(u64, u64)>,
    ) -> Result<Step, Failure> {
        loop {
            let Activity::Map(run) = &mut place.frame.activity else {
                return Ok(Step::Pending);
            };
            if run.next >= run.items.len() && run.redriven.is_empty() {
                if run.iterations.is_empty() {
                    let last = freed.map_or(run.started, |(_, ended)| ended);
                    return self.join(state, place, last);
                }
                return Ok(Step::Pending);
            }
            if !run.has_place() {
                return Ok(Step::Pending);
            }
            if !place.core.has_room() {
                return Err(Failure::history_is_full());
            }
            let started = run.started;
            if let Some(mut iteration) = run.redriven.pop_front() {
                let scope = Some(&place.scope);
                let branch = &mut iteration.branch;
                let flow = branch.redrive(place.core, &self.processor, scope, started);
                if let Some(ended) = self.settle(state, place, iteration, flow)? {
                    freed = Some(ended);
                }
                continue;
            }
            let index = run.next;
            run.next += 1;
            let follows = match freed {
                Some((last, _)) if run.concurrency != 0 => last,
                _ => run.started,
            };
            let item = run.items[index].clone();
            let input = match &self.selector {
                None => item.clone(),
                Some(selector) => place
                    .evaluate_for(Some((index, &item)), Values::default(), |view| {
                        selector.evaluate(view, "ItemSelector")
                    })
                    .or_else(|failure| self.fail(state, place, failure))?,
            };
            let details = Details::Iteration {
                name: state.name.clone(),
                index,
            };
            let entered = place.core.emit("MapIterationStarted", follows, details);
            let mut branch = Branch::new(entered, Some((index, item)));
            let flow = branch.start(place.core, &self.processor, Some(&place.scope), input);
            // What fills an iteration's place follows the one before it.
            if let Some(ended) = self.settle(state, place, Iteration { index, branch }, flow)? {
                freed = Some(ended);
            }
        }
    }

    /// Takes an iteration that has begun in among the others.
    fn settle(
        &self,
        state: &State,
        place: &mut Place<'_>,
        iteration: Iteration,
        flow: Flow,
    ) -> Result<Option<(u64, u64)>, Failure> {
        let Activity::Map(run) = &mut place.frame.activity else {
            return Ok(None);
        };
        let at = run.insert(iteration);
        self.took(state, place, at, flow)
    }

    /// Records how an iteration's turn ended. When it is over: the last event
    /// of its own, and the event of its end.
    pub(super) fn took(
        &self,
        state: &State,
        place: &mut Place<'_>,
        at: usize,
        flow: Flow,
    ) -> Result<Option<(u64, u64)>, Failure> {
        let Activity::Map(run) = &mut place.frame.activity else {
            return Ok(None);
        };
        let index = run.iterations[at].index;
        let last = run.iterations[at].branch.last;
        let details = Details::Iteration {
            name: state.name.clone(),
            index,
        };
        match flow {
            Flow::Pending => Ok(None),
            Flow::Ended => {
                let iteration = run.iterations.remove(at);
                run.outputs[index] = iteration.branch.output;
                let ended = place.core.emit("MapIterationSucceeded", last, details);
                Ok(Some((last, ended)))
            }
            Flow::Failed(failure) => {
                if (run.given_up.len() as u64) < run.tolerated && !failure.ends_all() {
                    let ended = place.core.emit("MapIterationFailed", last, details);
                    let iteration = run.iterations.remove(at);
                    iteration.branch.note_cut_task(place.core, &self.processor);
                    run.given_up.push(iteration);
                    return Ok(Some((last, ended)));
                }
                *place.last = last;
                if failure.ends_all() {
                    run.branches_mut()
                        .for_each(|branch| branch.cancel(place.core));
                } else {
                    self.cut_around(state, place.core, run, last, Some(index));
                }
                Err(failure)
            }
        }
    }

    /// Cuts every iteration short because of the event `failure` outside.
    pub(crate) fn cut(&self, state: &State, core: &mut Core, run: &mut MapRun, failure: u64) {
        self.cut_around(state, core, run, failure, None);
    }

    /// Cuts every iteration short, and tells of the one that failed in its turn.
    fn cut_around(
        &self,
        state: &State,
        core: &mut Core,
        run: &mut MapRun,
        failure: u64,
        failed: Option<usize>,
    ) {
        for Iteration { index, branch } in &mut run.iterations {
            let details = Details::Iteration {
                name: state.name.clone(),
                index: *index,
            };
            if failed == Some(*index) {
                core.emit("MapIterationFailed", failure, details);
                branch.note_cut_task(core, &self.processor);
            } else if branch.is_at_work() {
                core.emit("MapIterationAborted", failure, details);
                branch.cut(core, &self.processor, failure);
            }
        }
    }

    /// The state fails for itself, with iterations under way.
    fn fail(
        &self,
        state: &State,
        place: &mut Place<'_>,
        failure: Failure,
    ) -> Result<Text, Failure> {
        let last = *place.last;
        if let Activity::Map(run) = &mut place.frame.activity {
            run.next -= 1;
            self.cut_around(state, place.core, run, last, None);
        }
        Err(failure)
    }

    fn join(&self, state: &State, place: &mut Place<'_>, last: u64) -> Result<Step, Failure> {
        let Activity::Map(run) = &place.frame.activity else {
            return Ok(Step::Pending);
        };
        let outputs: Vec<&str> = run
            .outputs
            .iter()
            .flatten()
            .map(|output| &**output)
            .collect();
        let result = Text::from(format!("[{}]", outputs.join(",")));
        place.is_joined = true;
        *place.last = last;
        // The exit follows the iteration's end, not this event.
        place.core.emit("MapStateSucceeded", last, Details::None);
        place.within_limit(&result)?;
        state.leave(place, Some(&result), &result)
    }
}
