//! A state: the fields that all types share, and one file for each type.
//!
//! A type's file reads its fields and runs it: `begin` when the state is
//! entered, retried or redriven, and a function for each event it waits for.

mod choice;
mod fail;
mod map;
mod parallel;
mod pass;
mod resource;
mod succeed;
mod task;
mod wait;

use serde::{Deserialize, Serialize};

use crate::{
    definition::{Catcher, Language, Reader, Retrier},
    engine::{Activity, Core, Delivery, Exit, Failure, Place, Step},
    history::Details,
    jsonata::{Available, Template, Values},
    text::Text,
};

pub(crate) use map::MapRun;
pub(crate) use parallel::ParallelRun;
pub use resource::is_activity;
pub(crate) use task::TaskRun;

/// Where a state leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Target {
    Next(Text),
    End,
}

/// One state of a definition.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) name: Text,
    pub(crate) kind: Kind,
    pub(crate) retry: Vec<Retrier>,
    pub(crate) catch: Vec<Catcher>,
    assign: Vec<(Text, Template)>,
    output: Option<Template>,
    /// Absent in a Choice, which leads where its rules say.
    target: Option<Target>,
}

/// A state's type, with the fields that only this type has.
#[derive(Debug)]
pub(crate) enum Kind {
    Pass,
    Task(task::Task),
    Choice(choice::Choice),
    Wait(wait::Wait),
    Succeed,
    Fail(fail::Fail),
    Parallel(parallel::Parallel),
    Map(Box<map::Map>),
}

impl State {
    pub(crate) fn read(reader: &mut Reader<'_>, name: Text, language: Language) -> Option<State> {
        let language = Language::read(reader, language);
        if language == Language::JsonPath {
            reader.problem(
                "QueryLanguage",
                "The query language is JSONPath (the default), which is not supported; set \"QueryLanguage\": \"JSONata\".",
            );
            return None;
        }
        reader.skip(&["Comment"]);
        let kind = match reader.required_string("Type")? {
            "Pass" => Kind::Pass,
            "Task" => Kind::Task(task::Task::read(reader)?),
            "Choice" => Kind::Choice(choice::Choice::read(reader)),
            "Wait" => Kind::Wait(wait::Wait::read(reader)?),
            "Succeed" => Kind::Succeed,
            "Fail" => Kind::Fail(fail::Fail::read(reader)),
            "Parallel" => Kind::Parallel(parallel::Parallel::read(reader, language)?),
            "Map" => Kind::Map(Box::new(map::Map::read(reader, language)?)),
            other => {
                let message = format!("There is no state type \"{other}\".");
                reader.problem("Type", message);
                return None;
            }
        };
        let mut state = State {
            name,
            kind,
            retry: Vec::new(),
            catch: Vec::new(),
            assign: Vec::new(),
            output: None,
            target: None,
        };
        if matches!(state.kind, Kind::Task(_) | Kind::Parallel(_) | Kind::Map(_)) {
            state.retry = Retrier::read_all(reader);
            state.catch = Catcher::read_all(reader);
        }
        let available = match state.kind {
            Kind::Task(_) | Kind::Parallel(_) | Kind::Map(_) => Available::Result,
            _ => Available::Neither,
        };
        if !matches!(state.kind, Kind::Fail(_)) {
            state.output = reader.template_with("Output", available);
        }
        if !matches!(state.kind, Kind::Fail(_) | Kind::Succeed) {
            state.assign = reader.assign(available);
        }
        state.target = match state.kind {
            Kind::Choice(_) => None,
            Kind::Succeed | Kind::Fail(_) => Some(Target::End),
            _ => Some(read_target(reader)),
        };
        Some(state)
    }

    /// Does what the state does when it is entered, retried or redriven.
    pub(crate) fn begin(&self, place: &mut Place<'_>) -> Result<Step, Failure> {
        match &self.kind {
            Kind::Pass => pass::begin(self, place),
            Kind::Task(task) => task.begin(self, place),
            Kind::Choice(choice) => choice.begin(self, place),
            Kind::Wait(wait) => wait.begin(self, place),
            Kind::Succeed => succeed::begin(self, place),
            Kind::Fail(fail) => fail.begin(place),
            Kind::Parallel(parallel) => parallel.begin(self, place),
            Kind::Map(map) => map.begin(self, place),
        }
    }

    /// What a redrive does with a state that was entered and not left.
    pub(crate) fn redrive(&self, place: &mut Place<'_>) -> Result<Step, Failure> {
        match &self.kind {
            Kind::Pass => pass::redrive(self, place),
            Kind::Parallel(parallel) => parallel.redrive(self, place),
            Kind::Map(map) => map.redrive(self, place),
            _ => self.begin(place),
        }
    }

    /// An event for what the state waits for.
    pub(crate) fn deliver(
        &self,
        place: &mut Place<'_>,
        delivery: &Delivery<'_>,
    ) -> Result<Step, Failure> {
        match &self.kind {
            Kind::Task(task) => task.deliver(self, place, delivery),
            Kind::Wait(_) => wait::fired(self, place),
            Kind::Parallel(parallel) => parallel.deliver(self, place, delivery),
            Kind::Map(map) => map.deliver(self, place, delivery),
            _ => Ok(Step::Pending),
        }
    }

    /// Leaves the state: evaluates its `Assign` and `Output`.
    fn leave(
        &self,
        place: &mut Place<'_>,
        result: Option<&Text>,
        otherwise: &Text,
    ) -> Result<Step, Failure> {
        let values = Values {
            result,
            ..Values::default()
        };
        let next = self.target.clone().unwrap_or(Target::End);
        place.leave(Exit {
            at: "",
            assign: &self.assign,
            output: self.output.as_ref(),
            values,
            otherwise,
            next,
        })
    }

    /// The history event of entering the state.
    pub(crate) fn entered(&self) -> &'static str {
        match self.kind {
            Kind::Pass => "PassStateEntered",
            Kind::Task(_) => "TaskStateEntered",
            Kind::Choice(_) => "ChoiceStateEntered",
            Kind::Wait(_) => "WaitStateEntered",
            Kind::Succeed => "SucceedStateEntered",
            Kind::Fail(_) => "FailStateEntered",
            Kind::Parallel(_) => "ParallelStateEntered",
            Kind::Map(_) => "MapStateEntered",
        }
    }

    /// The history event of leaving the state.
    pub(crate) fn exited(&self) -> &'static str {
        match self.kind {
            Kind::Pass => "PassStateExited",
            Kind::Task(_) => "TaskStateExited",
            Kind::Choice(_) => "ChoiceStateExited",
            Kind::Wait(_) => "WaitStateExited",
            Kind::Succeed | Kind::Fail(_) => "SucceedStateExited",
            Kind::Parallel(_) => "ParallelStateExited",
            Kind::Map(_) => "MapStateExited",
        }
    }

    /// The history event of being cut short, for the types that have one.
    pub(crate) fn aborted(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Task(_) => Some("TaskStateAborted"),
            Kind::Wait(_) => Some("WaitStateAborted"),
            Kind::Parallel(_) => Some("ParallelStateAborted"),
            Kind::Map(_) => Some("MapStateAborted"),
            Kind::Pass | Kind::Choice(_) | Kind::Succeed | Kind::Fail(_) => None,
        }
    }

    pub(crate) fn is_task(&self) -> bool {
        matches!(self.kind, Kind::Task(_))
    }

    /// Writes that the state has failed, for the types that have such an event.
    pub(crate) fn note_failed(&self, place: &mut Place<'_>) {
        let kind = match self.kind {
            _ if place.is_joined => return,
            Kind::Parallel(_) => "ParallelStateFailed",
            Kind::Map(_) => "MapStateFailed",
            _ => return,
        };
        place.emit(kind, Details::None);
    }

    /// Cuts the branches or iterations inside short: see [`crate::engine::Branch::cut`].
    pub(crate) fn cut_inner(&self, core: &mut Core, activity: &mut Activity, failure: u64) {
        match (&self.kind, activity) {
            (Kind::Parallel(parallel), Activity::Parallel(run)) => {
                parallel.cut(core, run, failure);
            }
            (Kind::Map(map), Activity::Map(run)) => map.cut(self, core, run, failure),
            _ => {}
        }
    }

    /// Every variable the state can assign.
    pub(crate) fn assigned(&self) -> impl Iterator<Item = &Text> {
        let rules = match &self.kind {
            Kind::Choice(choice) => choice.rules.as_slice(),
            _ => &[],
        };
        let own = self.assign.iter();
        let caught = self.catch.iter().flat_map(|catcher| catcher.assign.iter());
        let chosen = rules.iter().flat_map(|rule| rule.assign.iter());
        own.chain(caught).chain(chosen).map(|(name, _)| name)
    }

    /// Every transition, with its field.
    pub(crate) fn targets(&self) -> Vec<(String, &Target)> {
        let mut targets: Vec<(String, &Target)> = self
            .target
            .iter()
            .map(|target| ("Next".to_owned(), target))
            .collect();
        for (index, catcher) in self.catch.iter().enumerate() {
            targets.push((format!("Catch[{index}]/Next"), &catcher.next));
        }
        if let Kind::Choice(choice) = &self.kind {
            for (index, rule) in choice.rules.iter().enumerate() {
                targets.push((format!("Choices[{index}]/Next"), &rule.next));
            }
            targets.extend(
                choice
                    .default
                    .iter()
                    .map(|target| ("Default".to_owned(), target)),
            );
        }
        targets
    }
}

fn read_target(reader: &mut Reader<'_>) -> Target {
    let next = reader.string("Next").map(Text::from);
    match (next, reader.flag("End")) {
        (Some(next), false) => Target::Next(next),
        (None, true) => Target::End,
        (Some(_), true) => {
            reader.problem("End", "A state has either Next or \"End\": true, not both.");
            Target::End
        }
        (None, false) => {
            reader.problem("Next", "A state needs either Next or \"End\": true.");
            Target::End
        }
    }
}
