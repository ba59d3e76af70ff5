//! A run of a definition, and the world in which it goes well or wrong.

use std::collections::BTreeMap;

use asl::{Command, Definition, Event, Execution, Status, TaskId, TimerId};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{info, noon};

/// What the world does next. Numbers choose among what is open.
#[derive(Clone, Debug)]
pub(crate) enum Move {
    Answer(u8),
    Fail(u8, &'static str),
    Fire(u8),
    Stop,
    TimeOut,
}

pub(crate) fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        8 => any::<u8>().prop_map(Move::Answer),
        3 => (any::<u8>(), prop::sample::select(vec!["E1", "E2", "E3", "E4"]))
            .prop_map(|(which, error)| Move::Fail(which, error)),
        3 => any::<u8>().prop_map(Move::Fire),
        1 => Just(Move::Stop),
        1 => Just(Move::TimeOut),
    ];
    prop::collection::vec(one, 0..20)
}

/// An execution, another that is stored and read back now and then, and the
/// world around both.
pub(crate) struct Run {
    definition: Definition,
    pub(crate) execution: Execution,
    /// Nothing where that is not asked.
    pub(crate) stored: Option<Execution>,
    now: DateTime<Utc>,
    steps: u32,
    store_every: u32,
    tasks: BTreeMap<TaskId, Value>,
    timers: BTreeMap<TimerId, DateTime<Utc>>,
    /// How often each task was done, by state and item.
    pub(crate) done: BTreeMap<(String, String), u32>,
}

impl Run {
    pub(crate) fn start(definition: &Definition, store_every: u32) -> Run {
        let input = json!({"path": "", "n": 1});
        let mut run = Run {
            definition: definition.clone(),
            execution: Execution::new(info(), input.clone(), 7),
            stored: (store_every > 0).then(|| Execution::new(info(), input, 7)),
            now: noon(),
            steps: 0,
            store_every,
            tasks: BTreeMap::new(),
            timers: BTreeMap::new(),
            done: BTreeMap::new(),
        };
        run.on(Event::Start);
        run
    }

    fn on(&mut self, event: Event) {
        self.steps += 1;
        let commands = self.execution.on(&self.definition, event.clone(), self.now);
        if let Some(stored) = &mut self.stored {
            if self.steps.is_multiple_of(self.store_every) {
                let text = serde_json::to_string(stored).unwrap();
                *stored = serde_json::from_str(&text).unwrap();
            }
            let again = stored.on(&self.definition, event, self.now);
            assert_eq!(commands, again, "storing made a difference");
        }
        for command in commands {
            match command {
                Command::StartTask {
                    task, arguments, ..
                } => {
                    self.tasks.insert(task, arguments);
                }
                Command::CancelTask { task } => {
                    self.tasks.remove(&task);
                }
                Command::SetTimer { timer, at } => {
                    self.timers.insert(timer, at);
                }
                Command::CancelTimer { timer } => {
                    self.timers.remove(&timer);
                }
                Command::Ended { .. } => {
                    assert!(self.tasks.is_empty(), "open tasks after the end");
                    assert!(self.timers.is_empty(), "open timers after the end");
                }
            }
        }
    }

    fn is_running(&self) -> bool {
        self.execution.status() == Status::Running
    }

    fn task(&self, which: u8) -> Option<TaskId> {
        let which = usize::from(which) % self.tasks.len().max(1);
        self.tasks.keys().nth(which).copied()
    }

    fn answer(&mut self, which: u8) {
        let Some(task) = self.task(which) else { return };
        let arguments = self.tasks.remove(&task).unwrap();
        let text = |field: &str| arguments[field].as_str().unwrap().to_owned();
        *self.done.entry((text("task"), text("path"))).or_default() += 1;
        let output = json!({"add": arguments["add"]});
        self.on(Event::TaskSucceeded { task, output });
    }

    fn fail(&mut self, which: u8, error: &str) {
        let Some(task) = self.task(which) else { return };
        self.tasks.remove(&task);
        self.on(Event::TaskFailed {
            task,
            error: error.to_owned(),
            cause: "c".to_owned(),
        });
    }

    fn fire(&mut self, timer: TimerId) {
        let at = self.timers.remove(&timer).unwrap();
        self.now = self.now.max(at);
        self.on(Event::TimerFired { timer });
    }

    pub(crate) fn make(&mut self, step: &Move) {
        match step {
            Move::Answer(which) => self.answer(*which),
            Move::Fail(which, error) => self.fail(*which, error),
            Move::Fire(which) => {
                // Any but the execution's own limit, which is the last to come.
                let mut timers: Vec<_> = self.timers.iter().collect();
                timers.sort_by_key(|(_, at)| **at);
                timers.pop();
                let which = usize::from(*which) % timers.len().max(1);
                if let Some((timer, _)) = timers.get(which) {
                    self.fire(**timer);
                }
            }
            Move::Stop => self.on(Event::Stop {
                error: None,
                cause: None,
            }),
            Move::TimeOut => {
                let last = self.timers.iter().max_by_key(|(_, at)| **at);
                if let Some((timer, _)) = last {
                    self.fire(*timer);
                }
            }
        }
    }

    /// Nothing goes wrong from here on. What a Retry waits for is waited for.
    pub(crate) fn finish(&mut self) {
        for _ in 0..2_000 {
            if !self.is_running() {
                return;
            }
            if !self.tasks.is_empty() {
                self.answer(0);
                continue;
            }
            let next = self.timers.iter().min_by_key(|(_, at)| **at);
            let timer = *next.expect("it waits for something").0;
            self.fire(timer);
        }
        panic!("it goes on for ever");
    }

    pub(crate) fn redrive(&mut self) {
        self.now += chrono::Duration::seconds(30);
        assert_eq!(self.execution.redrive_eligibility(self.now), Ok(()));
        self.on(Event::Redrive);
    }

    /// Whether no Catch has led around a Parallel or Map: what was inside it
    /// adds nothing then.
    pub(crate) fn is_comparable(&self) -> bool {
        let history = self.execution.history();
        let left_by_catch = |window: &[asl::HistoryEvent]| {
            (window[0].kind == "ParallelStateFailed" && window[1].kind == "ParallelStateExited")
                || (window[0].kind == "MapStateFailed" && window[1].kind == "MapStateExited")
        };
        !history.windows(2).any(left_by_catch)
    }
}
