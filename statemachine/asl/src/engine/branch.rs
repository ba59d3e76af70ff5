//! One thread of control: the execution itself, a branch of a Parallel state
//! or an iteration of a Map state. Threads form a tree, and the whole tree
//! can be stored at any time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Core, Failure, Place, Scope, Step, recover::recover, scope::Variables};
use crate::{
    definition::Machine,
    event::{Command, Event, TaskId, TimerId},
    history::Details,
    jsonata::Cache,
    states::{MapRun, ParallelRun, Target, TaskRun},
    text::Text,
};

/// A thread of control.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Branch {
    variables: Variables,
    /// The item of a Map iteration.
    item: Option<(usize, Text)>,
    /// The event that the next one follows.
    pub(crate) last: u64,
    /// The state that was entered and not left yet.
    frame: Option<Frame>,
    /// The output, once the thread has ended well.
    pub(crate) output: Option<Text>,
}

/// A state that was entered and not left yet.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Frame {
    pub(crate) name: Text,
    pub(crate) input: Text,
    pub(crate) entered_at: DateTime<Utc>,
    pub(crate) entered_event: u64,
    pub(crate) entered_previous: u64,
    /// Retries made, for each entry of `Retry`.
    pub(crate) retries: Vec<u32>,
    pub(crate) retry_count: u32,
    pub(crate) activity: Activity,
}

/// What a state is waiting for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Activity {
    /// Nothing: it runs this very moment, or has failed or been stopped.
    Idle,
    Task(TaskRun),
    Waiting {
        timer: TimerId,
    },
    Retrying {
        timer: TimerId,
    },
    Parallel(ParallelRun),
    Map(MapRun),
}

impl Activity {
    /// Whether anything is waited for, here or further in.
    fn is_at_work(&self) -> bool {
        match self {
            Activity::Idle => false,
            Activity::Task(_) | Activity::Waiting { .. } | Activity::Retrying { .. } => true,
            Activity::Parallel(run) => run.branches.iter().any(Branch::is_at_work),
            Activity::Map(run) => run.branches().any(Branch::is_at_work),
        }
    }
}

/// How a thread's turn ended.
#[derive(Debug)]
pub(crate) enum Flow {
    Pending,
    Ended,
    Failed(Failure),
}

/// An event on its way to the state that waits for it.
pub(crate) struct Delivery<'a> {
    pub(crate) event: &'a Event,
    address: Address,
}

#[derive(Clone, Copy, PartialEq)]
enum Address {
    Task(TaskId),
    Timer(TimerId),
}

impl<'a> Delivery<'a> {
    /// The event's way, if it has one.
    pub(crate) fn of(event: &'a Event) -> Option<Delivery<'a>> {
        let address = match event {
            Event::TaskStarted { task }
            | Event::ActivityScheduled { task }
            | Event::ActivityMissing { task }
            | Event::ActivityStarted { task, .. }
            | Event::TaskHeartbeat { task }
            | Event::TaskSubmitted { task, .. }
            | Event::TaskSucceeded { task, .. }
            | Event::TaskFailed { task, .. }
            | Event::TaskStartFailed { task, .. }
            | Event::TaskSubmitFailed { task, .. } => Address::Task(*task),
            Event::TimerFired { timer } => Address::Timer(*timer),
            Event::Start | Event::Stop { .. } | Event::Redrive => return None,
        };
        Some(Delivery { event, address })
    }
}

/// What a thread is asked to do.
enum Turn<'a> {
    Begin,
    Deliver(&'a Delivery<'a>),
    Redrive,
}

impl Branch {
    /// A thread whose first event follows `last`.
    pub(crate) fn new(last: u64, item: Option<(usize, Text)>) -> Branch {
        Branch {
            variables: Variables::new(),
            item,
            last,
            frame: None,
            output: None,
        }
    }

    /// Runs from the first state on.
    pub(crate) fn start(
        &mut self,
        core: &mut Core,
        machine: &Machine,
        outer: Option<&Scope<'_>>,
        input: Text,
    ) -> Flow {
        match self.enter(core, machine, &machine.start, input) {
            Ok(()) => self.run(core, machine, outer, Turn::Begin),
            Err(failure) => Flow::Failed(failure),
        }
    }

    /// Hands on an event that this thread waits for.
    pub(crate) fn deliver(
        &mut self,
        core: &mut Core,
        machine: &Machine,
        outer: Option<&Scope<'_>>,
        delivery: &Delivery<'_>,
    ) -> Flow {
        self.run(core, machine, outer, Turn::Deliver(delivery))
    }

    /// Runs again the state that was entered and not left.
    pub(crate) fn redrive(
        &mut self,
        core: &mut Core,
        machine: &Machine,
        outer: Option<&Scope<'_>>,
        redriven: u64,
    ) -> Flow {
        self.last = redriven;
        self.run(core, machine, outer, Turn::Redrive)
    }

    fn run(
        &mut self,
        core: &mut Core,
        machine: &Machine,
        outer: Option<&Scope<'_>>,
        mut turn: Turn<'_>,
    ) -> Flow {
        let cache = Cache::default();
        loop {
            let Some(frame) = &mut self.frame else {
                return Flow::Pending;
            };
            let Some(state) = machine.states.get(&frame.name) else {
                let message = format!("The definition has no state '{}'.", frame.name);
                return Flow::Failed(Failure::new("States.Runtime", &message));
            };
            let turn = std::mem::replace(&mut turn, Turn::Begin);
            if matches!(turn, Turn::Begin) && core.halts_at(&frame.name) {
                return Flow::Pending;
            }
            let token = match &frame.activity {
                Activity::Task(run) => run.token.clone(),
                _ => None,
            };
            let mut place = Place {
                core: &mut *core,
                scope: Scope {
                    outer,
                    variables: &self.variables,
                    item: self.item.as_ref().map(|(index, value)| (*index, value)),
                },
                frame,
                last: &mut self.last,
                cache: &cache,
                token,
                is_joined: false,
            };
            let step = match turn {
                Turn::Begin => state.begin(&mut place),
                Turn::Deliver(delivery) => match place.frame.activity {
                    Activity::Retrying { .. } => {
                        place.frame.activity = Activity::Idle;
                        state.begin(&mut place)
                    }
                    _ => state.deliver(&mut place, delivery),
                },
                Turn::Redrive => {
                    place.frame.retries.clear();
                    place.frame.retry_count = 0;
                    state.redrive(&mut place)
                }
            };
            match step.or_else(|failure| recover(state, &mut place, failure)) {
                Ok(Step::Pending) => return Flow::Pending,
                Err(failure) => return Flow::Failed(failure),
                Ok(Step::Leave {
                    output,
                    assigned,
                    next,
                }) => {
                    place.emit(
                        state.exited(),
                        Details::Exited {
                            name: state.name.clone(),
                            output: output.clone(),
                            assigned: assigned.clone(),
                        },
                    );
                    self.variables.extend(assigned);
                    self.frame = None;
                    match next {
                        Target::End => {
                            self.output = Some(output);
                            return Flow::Ended;
                        }
                        Target::Next(name) => {
                            if let Err(failure) = self.enter(core, machine, &name, output) {
                                return Flow::Failed(failure);
                            }
                        }
                    }
                }
            }
        }
    }

    fn enter(
        &mut self,
        core: &mut Core,
        machine: &Machine,
        name: &Text,
        input: Text,
    ) -> Result<(), Failure> {
        if !core.has_room() {
            return Err(Failure::history_is_full());
        }
        let Some(state) = machine.states.get(name) else {
            let message = format!("The definition has no state '{name}'.");
            return Err(Failure::new("States.Runtime", &message));
        };
        let entered_previous = self.last;
        let details = Details::Entered {
            name: name.clone(),
            input: input.clone(),
        };
        self.last = core.emit(state.entered(), entered_previous, details);
        self.frame = Some(Frame {
            name: state.name.clone(),
            input,
            entered_at: core.now,
            entered_event: self.last,
            entered_previous,
            retries: Vec::new(),
            retry_count: 0,
            activity: Activity::Idle,
        });
        Ok(())
    }

    /// Whether this thread, or one inside it, waits for the event.
    pub(crate) fn awaits(&self, delivery: &Delivery<'_>) -> bool {
        let Some(frame) = &self.frame else {
            return false;
        };
        match (&frame.activity, delivery.address) {
            (Activity::Task(run), Address::Task(task)) => run.task == task,
            (Activity::Task(run), Address::Timer(timer)) => {
                run.timeout == Some(timer) || run.heartbeat == Some(timer)
            }
            (Activity::Waiting { timer } | Activity::Retrying { timer }, Address::Timer(fired)) => {
                *timer == fired
            }
            (Activity::Parallel(run), _) => {
                run.branches.iter().any(|branch| branch.awaits(delivery))
            }
            (Activity::Map(run), _) => run.branches().any(|branch| branch.awaits(delivery)),
            _ => false,
        }
    }

    /// Lets go of the variables: the thread is over for good.
    pub(crate) fn forget_variables(&mut self) {
        self.variables = Variables::new();
    }

    /// Whether a state was entered and not left.
    pub(crate) fn is_open(&self) -> bool {
        self.frame.is_some()
    }

    /// Whether it waits for anything.
    pub(crate) fn is_at_work(&self) -> bool {
        let frame = self.frame.as_ref();
        frame.is_some_and(|frame| frame.activity.is_at_work())
    }

    /// Stops what this thread does because the one beside it failed with the
    /// event `failure`, and writes down the states that are cut short.
    pub(crate) fn cut(&mut self, core: &mut Core, machine: &Machine, failure: u64) {
        let Some(frame) = &mut self.frame else { return };
        let Some(state) = machine.states.get(&frame.name) else {
            return;
        };
        if !frame.activity.is_at_work() {
            return;
        }
        state.cut_inner(core, &mut frame.activity, failure);
        if let Some(kind) = state.aborted() {
            core.emit(kind, failure, Details::None);
        }
        self.cancel(core);
    }

    /// Writes down that the task whose failure ended this thread is cut short too.
    pub(crate) fn note_cut_task(&self, core: &mut Core, machine: &Machine) {
        let state = self
            .frame
            .as_ref()
            .and_then(|frame| machine.states.get(&frame.name));
        if let Some(state) = state.filter(|state| state.is_task()) {
            core.emit(
                state.aborted().unwrap_or_default(),
                self.last,
                Details::None,
            );
        }
    }

    /// Stops whatever this thread waits for, and remembers where it was.
    pub(crate) fn cancel(&mut self, core: &mut Core) {
        let Some(frame) = &mut self.frame else { return };
        match &mut frame.activity {
            Activity::Idle => return,
            Activity::Task(run) => {
                core.command(Command::CancelTask { task: run.task });
                for timer in [run.timeout, run.heartbeat].into_iter().flatten() {
                    core.cancel_timer(timer);
                }
            }
            Activity::Waiting { timer } | Activity::Retrying { timer } => core.cancel_timer(*timer),
            Activity::Parallel(run) => {
                run.branches
                    .iter_mut()
                    .for_each(|branch| branch.cancel(core));
                return;
            }
            Activity::Map(run) => {
                run.branches_mut().for_each(|branch| branch.cancel(core));
                return;
            }
        }
        frame.activity = Activity::Idle;
    }
}
