//! Drives one execution by hand: feeds it events, keeps its open tasks and
//! timers, and stores and reads it back between any two events.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // each test file uses its part

pub mod recording;

use asl::{Command, Definition, Event, Execution, ExecutionInfo, Status, TaskId, TimerId};
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

/// A task that was started and has not ended.
#[derive(Clone, Debug)]
pub struct Open {
    pub task: TaskId,
    pub state: String,
    pub resource: String,
    pub arguments: Value,
    pub token: Option<String>,
}

pub struct Run {
    pub definition: Definition,
    pub execution: Execution,
    pub now: DateTime<Utc>,
    pub open: Vec<Open>,
    pub timers: Vec<(TimerId, DateTime<Utc>)>,
    pub cancelled: Vec<TaskId>,
    pub ended: Vec<Status>,
}

pub fn noon() -> DateTime<Utc> {
    "2026-01-01T12:00:00Z".parse().unwrap()
}

pub fn info() -> ExecutionInfo {
    ExecutionInfo {
        arn: "arn:aws:states:us-east-1:123456789012:execution:machine:one".into(),
        name: "one".into(),
        role_arn: "snf_role_arn".into(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:machine".into(),
        state_machine_name: "machine".into(),
        start_time: noon(),
    }
}

impl Run {
    /// Parses the definition and begins the execution.
    pub fn start(definition: &Value, input: Value) -> Run {
        let definition = Definition::parse(&definition.to_string()).unwrap();
        let mut run = Run {
            definition,
            execution: Execution::new(info(), input, 42),
            now: noon(),
            open: Vec::new(),
            timers: Vec::new(),
            cancelled: Vec::new(),
            ended: Vec::new(),
        };
        run.on(Event::Start);
        run
    }

    /// Hands one event over, through a stored and restored execution.
    pub fn on(&mut self, event: Event) {
        let stored = serde_json::to_string(&self.execution).unwrap();
        self.execution = serde_json::from_str(&stored).unwrap();
        for command in self.execution.on(&self.definition, event, self.now) {
            match command {
                Command::StartTask {
                    task,
                    state,
                    resource,
                    arguments,
                    token,
                } => {
                    self.open.push(Open {
                        task,
                        state,
                        resource,
                        arguments,
                        token,
                    });
                }
                Command::CancelTask { task } => {
                    self.open.retain(|open| open.task != task);
                    self.cancelled.push(task);
                }
                Command::SetTimer { timer, at } => self.timers.push((timer, at)),
                Command::CancelTimer { timer } => self.timers.retain(|(id, _)| *id != timer),
                Command::Ended { status } => self.ended.push(status),
            }
        }
    }

    /// The task that is open, which must be the only one.
    pub fn task(&self) -> Open {
        assert_eq!(self.open.len(), 1, "open tasks: {:?}", self.open);
        self.open[0].clone()
    }

    fn take(&mut self) -> TaskId {
        let task = self.open.remove(0).task;
        self.on(Event::TaskStarted { task });
        task
    }

    /// The first open task succeeds.
    pub fn succeed(&mut self, output: Value) {
        let task = self.take();
        self.on(Event::TaskSucceeded { task, output });
    }

    /// The first open task fails.
    pub fn fail(&mut self, error: &str, cause: &str) {
        let task = self.take();
        self.on(Event::TaskFailed {
            task,
            error: error.into(),
            cause: cause.into(),
        });
    }

    /// Time goes on to the next timer, which fires. Returns the seconds passed.
    pub fn wait(&mut self) -> f64 {
        let next = (0..self.timers.len())
            .min_by_key(|index| self.timers[*index].1)
            .unwrap();
        let (timer, at) = self.timers.remove(next);
        let passed = at - self.now;
        self.now = at.max(self.now);
        self.on(Event::TimerFired { timer });
        passed.num_milliseconds() as f64 / 1000.0
    }

    pub fn later(&mut self, seconds: i64) {
        self.now += Duration::seconds(seconds);
    }

    pub fn status(&self) -> Status {
        self.execution.status()
    }

    pub fn output(&self) -> Value {
        serde_json::from_str(self.execution.output().expect("an output")).unwrap()
    }

    /// The types of all events.
    pub fn kinds(&self) -> Vec<&str> {
        self.execution
            .history()
            .iter()
            .map(|event| &*event.kind)
            .collect()
    }

    /// The details of the last event of a type.
    pub fn last(&self, kind: &str) -> Value {
        let event = self
            .execution
            .history()
            .iter()
            .rev()
            .find(|event| event.kind == *kind);
        event
            .unwrap_or_else(|| panic!("no {kind} in {:?}", self.kinds()))
            .details()
            .unwrap()
            .1
    }
}
