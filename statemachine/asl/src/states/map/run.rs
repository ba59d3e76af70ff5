//! A Map state at work: which iterations run, and what their ends mean.

use serde::{Deserialize, Serialize};

use super::Map;
use crate::{
    engine::{Activity, Branch, Failure, Flow, Place, Step},
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
    /// The most iterations at a time; 0 for no limit.
    pub(super) concurrency: u64,
    /// The most iterations that may fail.
    pub(super) tolerated: u64,
    pub(super) failed: u64,
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

impl MapRun {
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
            let full = run.concurrency != 0 && run.iterations.len() as u64 >= run.concurrency;
            if run.next >= run.items.len() {
                if run.iterations.is_empty() {
                    let last = freed.map_or(run.started, |(_, ended)| ended);
                    return self.join(state, place, last);
                }
                return Ok(Step::Pending);
            }
            if full {
                return Ok(Step::Pending);
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
                    .or_else(|failure| self.fail(place, failure))?,
            };
            let details = Details::Iteration {
                name: state.name.clone(),
                index,
            };
            let entered = place.core.emit("MapIterationStarted", follows, details);
            let Activity::Map(run) = &mut place.frame.activity else {
                return Ok(Step::Pending);
            };
            let mut branch = Branch::new(entered, Some((index, item)));
            let flow = branch.start(place.core, &self.processor, Some(&place.scope), input);
            run.iterations.push(Iteration { index, branch });
            let at = run.iterations.len() - 1;
            // What fills an iteration's place follows the one before it.
            if let Some(ended) = self.took(state, place, at, flow)? {
                freed = Some(ended);
            }
        }
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
                let ended = place.core.emit("MapIterationFailed", last, details);
                run.failed += 1;
                if run.failed <= run.tolerated && failure.error.as_deref() != Some("States.Runtime")
                {
                    run.iterations.remove(at);
                    return Ok(Some((last, ended)));
                }
                run.failed -= 1;
                *place.last = last;
                for other in &mut run.iterations {
                    if other.index == index {
                        continue;
                    }
                    other.branch.cancel(place.core);
                    let details = Details::Iteration {
                        name: state.name.clone(),
                        index: other.index,
                    };
                    place
                        .core
                        .emit("MapIterationAborted", other.branch.last, details);
                }
                place.emit("MapStateFailed", Details::None);
                // What ended the iteration may be retried or caught out here.
                Err(Failure {
                    terminal: false,
                    ..failure
                })
            }
        }
    }

    /// The state fails for itself, with iterations under way.
    fn fail(&self, place: &mut Place<'_>, failure: Failure) -> Result<Text, Failure> {
        if let Activity::Map(run) = &mut place.frame.activity {
            run.next -= 1;
            run.branches_mut()
                .for_each(|branch| branch.cancel(place.core));
        }
        place.emit("MapStateFailed", Details::None);
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
        place.frame.activity = Activity::Idle;
        *place.last = last;
        // The exit follows the iteration's end, not this event.
        place.core.emit("MapStateSucceeded", last, Details::None);
        place.within_limit(&result)?;
        state.leave(place, Some(&result), &result)
    }
}
