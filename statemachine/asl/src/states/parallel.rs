//! Parallel: several branches at the same time; its result is the array of
//! their outputs. The first branch that fails fails the state.

use serde::{Deserialize, Serialize};

use super::State;
use crate::{
    definition::{Language, Machine, Reader},
    engine::{Activity, Branch, Core, Delivery, Failure, Flow, Place, Step},
    history::Details,
    jsonata::{Template, Values},
    text::Text,
};

/// The fields of a Parallel state.
#[derive(Debug)]
pub(crate) struct Parallel {
    pub(crate) branches: Vec<Machine>,
    arguments: Option<Template>,
}

/// A Parallel state at work, or failed and kept for a redrive.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ParallelRun {
    /// What every branch begins with.
    input: Text,
    pub(crate) branches: Vec<Branch>,
}

impl Parallel {
    pub(super) fn read(reader: &mut Reader<'_>, language: Language) -> Option<Parallel> {
        let mut branches = Vec::new();
        for (index, value) in reader.array("Branches")?.iter().enumerate() {
            let path = format!("{}[{index}]", reader.at("Branches"));
            let mut fields = Reader::open(value, &path, reader.problems)?;
            fields.skip(&["Comment"]);
            branches.push(Machine::read(&mut fields, language)?);
            fields.finish();
        }
        if branches.is_empty() {
            reader.problem("Branches", "This must be an array of at least one branch.");
        }
        Some(Parallel {
            branches,
            arguments: reader.template("Arguments"),
        })
    }

    pub(super) fn begin(&self, state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
        let input = match &self.arguments {
            None => place.frame.input.clone(),
            Some(template) => place.evaluate(Values::default(), |view| {
                template.evaluate(view, "Arguments")
            })?,
        };
        place.emit("ParallelStateStarted", Details::None);
        let started = *place.last;
        let branches = self
            .branches
            .iter()
            .map(|_| Branch::new(started, None))
            .collect();
        place.frame.activity = Activity::Parallel(ParallelRun {
            input: input.clone(),
            branches,
        });
        let mut last = started;
        for (index, machine) in self.branches.iter().enumerate() {
            let Activity::Parallel(run) = &mut place.frame.activity else {
                break;
            };
            let branch = &mut run.branches[index];
            let flow = branch.start(place.core, machine, Some(&place.scope), input.clone());
            last = branch.last;
            self.took(place, index, flow)?;
        }
        self.join(state, place, last)
    }

    pub(super) fn deliver(
        &self,
        state: &State,
        place: &mut Place<'_>,
        delivery: &Delivery<'_>,
    ) -> Result<Step, Failure> {
        let Activity::Parallel(run) = &mut place.frame.activity else {
            return Ok(Step::Pending);
        };
        let Some(index) = run
            .branches
            .iter()
            .position(|branch| branch.awaits(delivery))
        else {
            return Ok(Step::Pending);
        };
        let branch = &mut run.branches[index];
        let flow = branch.deliver(
            place.core,
            &self.branches[index],
            Some(&place.scope),
            delivery,
        );
        let last = branch.last;
        self.took(place, index, flow)?;
        self.join(state, place, last)
    }

    /// Runs again the branches that failed or were stopped.
    pub(super) fn redrive(&self, state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
        let Activity::Parallel(run) = &place.frame.activity else {
            return self.begin(state, place);
        };
        let redriven = *place.last;
        let input = run.input.clone();
        let mut last = redriven;
        for (index, machine) in self.branches.iter().enumerate() {
            let Activity::Parallel(run) = &mut place.frame.activity else {
                break;
            };
            let branch = &mut run.branches[index];
            if branch.output.is_some() {
                continue;
            }
            let flow = if branch.is_open() {
                branch.redrive(place.core, machine, Some(&place.scope), redriven)
            } else {
                branch.last = redriven;
                branch.start(place.core, machine, Some(&place.scope), input.clone())
            };
            last = branch.last;
            self.took(place, index, flow)?;
        }
        self.join(state, place, last)
    }

    fn took(&self, place: &mut Place<'_>, index: usize, flow: Flow) -> Result<(), Failure> {
        let Flow::Failed(failure) = flow else {
            return Ok(());
        };
        if let Activity::Parallel(run) = &mut place.frame.activity {
            let failed = run.branches[index].last;
            *place.last = failed;
            for (other, machine) in self.branches.iter().enumerate() {
                let branch = &mut run.branches[other];
                if failure.ends_all() {
                    branch.cancel(place.core);
                } else if other == index {
                    branch.note_cut_task(place.core, machine);
                } else {
                    branch.cut(place.core, machine, failed);
                }
            }
        }
        Err(failure)
    }

    /// Cuts every branch short because of the event `failure` outside.
    pub(super) fn cut(&self, core: &mut Core, run: &mut ParallelRun, failure: u64) {
        for (branch, machine) in run.branches.iter_mut().zip(&self.branches) {
            branch.cut(core, machine, failure);
        }
    }

    /// Leaves the state when every branch has ended.
    fn join(&self, state: &State, place: &mut Place<'_>, last: u64) -> Result<Step, Failure> {
        let Activity::Parallel(run) = &place.frame.activity else {
            return Ok(Step::Pending);
        };
        let mut result = String::from("[");
        for (index, branch) in run.branches.iter().enumerate() {
            let Some(output) = &branch.output else {
                return Ok(Step::Pending);
            };
            if index > 0 {
                result.push(',');
            }
            result.push_str(output);
        }
        result.push(']');
        let result = Text::from(result);
        place.is_joined = true;
        *place.last = last;
        // The exit follows the branch's last event, not this one.
        place
            .core
            .emit("ParallelStateSucceeded", last, Details::None);
        place.within_limit(&result)?;
        state.leave(place, Some(&result), &result)
    }
}
