//! One execution: its life from the first event to its end, and again after a
//! redrive.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Command, Definition, Event, HistoryEvent, TimerId,
    engine::{Branch, Core, Delivery, Failure, Flow, MOST_EVENTS},
    history::Details,
    text::Text,
};

/// Who an execution is. All of it shows in the context object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExecutionInfo {
    /// The execution's ARN; its region stands in the history.
    pub arn: String,
    /// The execution's name.
    pub name: String,
    /// The role the state machine runs under.
    pub role_arn: String,
    /// The state machine's ARN.
    pub state_machine_arn: String,
    /// The state machine's name.
    pub state_machine_name: String,
    /// When the execution was started.
    pub start_time: DateTime<Utc>,
}

/// How an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// It is under way.
    Running,
    /// It ended well.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// The time limit of the whole execution passed.
    TimedOut,
    /// It was stopped.
    Aborted,
}

impl Status {
    /// The name on the wire, for example `TIMED_OUT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Running => "RUNNING",
            Status::Succeeded => "SUCCEEDED",
            Status::Failed => "FAILED",
            Status::TimedOut => "TIMED_OUT",
            Status::Aborted => "ABORTED",
        }
    }
}

/// How long after its end an execution can be redriven.
const REDRIVABLE: Duration = Duration::days(14);

/// How long after its start an execution may go on at all.
const LONGEST: Duration = Duration::days(365);

/// An execution. It can be stored and read back between any two events.
#[derive(Debug, Serialize, Deserialize)]
pub struct Execution {
    core: Core,
    root: Branch,
    status: Status,
    output: Option<Text>,
    error: Option<Text>,
    cause: Option<Text>,
    stop_date: Option<DateTime<Utc>>,
    /// The timer of the whole execution's limit.
    timeout: Option<TimerId>,
}

impl Execution {
    /// An execution that has not begun. The same `seed`, events and times make
    /// the same execution, down to its random numbers.
    #[must_use]
    #[allow(clippy::needless_pass_by_value)] // the caller has no more use for it
    pub fn new(info: ExecutionInfo, input: Value, seed: u64) -> Execution {
        Execution {
            core: Core::new(info, Text::json(&input), seed),
            root: Branch::new(0, None),
            status: Status::Running,
            output: None,
            error: None,
            cause: None,
            stop_date: None,
            timeout: None,
        }
    }

    /// Tells the execution what happened, and when. Returns what to do next,
    /// in order. `definition` must be the same each time.
    #[allow(clippy::needless_pass_by_value)] // an event happens once
    pub fn on(
        &mut self,
        definition: &Definition,
        event: Event,
        now: DateTime<Utc>,
    ) -> Vec<Command> {
        self.core.now = now;
        match &event {
            Event::Start => self.start(definition),
            Event::Stop { error, cause } => self.stop(error.as_deref(), cause.as_deref()),
            Event::Redrive => self.redrive(definition),
            Event::TimerFired { timer } if self.timeout == Some(*timer) => self.time_out(),
            other => self.deliver(definition, other),
        }
        self.core.take_commands()
    }

    /// Like [`Execution::on`], but comes to a halt where one of `states` is
    /// entered: entered it is, begun it is not, just as a stop finds it that
    /// arrives at this very moment. Also returns the state that it halted at;
    /// the only sensible next event is then [`Event::Stop`].
    pub fn on_until(
        &mut self,
        definition: &Definition,
        event: Event,
        now: DateTime<Utc>,
        states: Vec<String>,
    ) -> (Vec<Command>, Option<String>) {
        self.core.halts = states;
        let commands = self.on(definition, event, now);
        self.core.halts.clear();
        let halted = self.core.halted.take();
        (commands, halted.map(|state| state.to_string()))
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Its output as JSON text, once it has succeeded.
    pub fn output(&self) -> Option<&str> {
        self.output.as_deref()
    }

    /// The error's name, once it has failed.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The error's cause, once it has failed.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// Its input as JSON text.
    pub fn input(&self) -> &str {
        &self.core.input
    }

    /// Who it is.
    pub fn info(&self) -> &ExecutionInfo {
        &self.core.info
    }

    /// Everything that happened so far.
    pub fn history(&self) -> &[HistoryEvent] {
        &self.core.history
    }

    /// When it was started.
    pub fn start_date(&self) -> DateTime<Utc> {
        self.core.info.start_time
    }

    /// When it ended; nothing while it runs.
    pub fn stop_date(&self) -> Option<DateTime<Utc>> {
        self.stop_date
    }

    /// How often it was redriven.
    pub fn redrive_count(&self) -> u32 {
        self.core.redrive_count
    }

    /// When it was last redriven.
    pub fn redrive_date(&self) -> Option<DateTime<Utc>> {
        self.core.redrive_date
    }

    /// Whether it can be redriven at that time.
    ///
    /// # Errors
    /// The reason why not, as a sentence for `redriveStatusReason`.
    pub fn redrive_eligibility(&self, now: DateTime<Utc>) -> Result<(), String> {
        if matches!(self.status, Status::Running | Status::Succeeded) {
            return Err(format!(
                "Execution is {} and cannot be redriven",
                self.status.as_str()
            ));
        }
        if self
            .stop_date
            .is_some_and(|stopped| now - stopped > REDRIVABLE)
        {
            return Err("Execution redrivable period exceeded".to_owned());
        }
        if self.core.history.len() >= MOST_EVENTS {
            return Err("Execution history event limit exceeded".to_owned());
        }
        if now - self.core.info.start_time > LONGEST {
            return Err("Execution has exceeded the max execution time".to_owned());
        }
        Ok(())
    }

    fn has_begun(&self) -> bool {
        !self.core.history.is_empty()
    }

    fn is_running(&self) -> bool {
        self.has_begun() && self.status == Status::Running
    }

    fn start(&mut self, definition: &Definition) {
        if self.has_begun() {
            return;
        }
        let input = self.core.input.clone();
        let role_arn = Text::from(self.core.info.role_arn.as_str());
        self.core.emit(
            "ExecutionStarted",
            0,
            Details::Started {
                input: input.clone(),
                role_arn,
            },
        );
        self.set_time_limit(definition);
        let flow = self
            .root
            .start(&mut self.core, &definition.inner.machine, None, input);
        self.took(flow);
    }

    fn deliver(&mut self, definition: &Definition, event: &Event) {
        let Some(delivery) = Delivery::of(event) else {
            return;
        };
        if !self.is_running() || !self.root.awaits(&delivery) {
            return;
        }
        let flow = self
            .root
            .deliver(&mut self.core, &definition.inner.machine, None, &delivery);
        self.took(flow);
    }

    fn redrive(&mut self, definition: &Definition) {
        if !self.has_begun() || self.redrive_eligibility(self.core.now).is_err() {
            return;
        }
        self.core.redrive_count += 1;
        self.core.redrive_date = Some(self.core.now);
        self.status = Status::Running;
        (self.output, self.error, self.cause, self.stop_date) = (None, None, None, None);
        let previous = self.core.history.len() as u64;
        let count = self.core.redrive_count;
        let redriven = self
            .core
            .emit("ExecutionRedriven", previous, Details::Redriven { count });
        self.set_time_limit(definition);
        let machine = &definition.inner.machine;
        let flow = self.root.redrive(&mut self.core, machine, None, redriven);
        self.took(flow);
    }

    fn set_time_limit(&mut self, definition: &Definition) {
        self.timeout = definition.inner.timeout.map(|seconds| {
            let at = self.core.after(seconds);
            self.core.set_timer(at)
        });
    }

    fn took(&mut self, flow: Flow) {
        let flow = if self.core.is_full {
            self.core.is_full = false;
            self.root.last = self.core.history.len() as u64;
            Flow::Failed(Failure::history_is_full())
        } else {
            flow
        };
        match flow {
            Flow::Pending => {}
            Flow::Ended => {
                let output = self
                    .root
                    .output
                    .clone()
                    .unwrap_or_else(|| Text::from("null"));
                self.output = Some(output.clone());
                // A success is never redriven: nobody reads them again.
                self.root.forget_variables();
                self.end(
                    Status::Succeeded,
                    "ExecutionSucceeded",
                    Details::Output { output },
                );
            }
            Flow::Failed(Failure { error, cause, .. }) => {
                // What ends all leaves the threads around it as they are.
                self.root.cancel(&mut self.core);
                (self.error, self.cause) = (error.clone(), cause.clone());
                self.end(
                    Status::Failed,
                    "ExecutionFailed",
                    Details::Error { error, cause },
                );
            }
        }
    }

    fn time_out(&mut self) {
        if !self.is_running() {
            return;
        }
        self.timeout = None;
        self.root.cancel(&mut self.core);
        self.end(Status::TimedOut, "ExecutionTimedOut", Details::None);
    }

    fn stop(&mut self, error: Option<&str>, cause: Option<&str>) {
        if self.status != Status::Running {
            return;
        }
        self.root.cancel(&mut self.core);
        (self.error, self.cause) = (error.map(Text::from), cause.map(Text::from));
        // An abort comes from outside: it follows no event.
        self.root.last = 0;
        self.end(
            Status::Aborted,
            "ExecutionAborted",
            Details::error(error, cause),
        );
    }

    fn end(&mut self, status: Status, kind: &'static str, details: Details) {
        self.status = status;
        self.stop_date = Some(self.core.now);
        self.root.last = self.core.emit_end(kind, self.root.last, details);
        if let Some(timer) = self.timeout.take() {
            self.core.cancel_timer(timer);
        }
        // Most executions stay as they ended, and there may be many.
        self.core.history.shrink_to_fit();
        self.core.command(Command::Ended { status });
    }
}
