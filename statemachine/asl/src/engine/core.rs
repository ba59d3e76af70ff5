//! What all threads of an execution share: who it is, its history, its
//! counters, and the commands of the event at hand.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    event::{Command, TaskId, TimerId},
    execution::ExecutionInfo,
    history::{Details, HistoryEvent, Kind},
    jsonata::Random,
    text::Text,
};

/// Step Functions ends an execution whose history would grow beyond this; the
/// end itself is one event more, the 25,000th. A history of this length cannot
/// be redriven.
pub(crate) const MOST_EVENTS: usize = 24_999;

/// The shared part of an execution.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Core {
    pub(crate) info: ExecutionInfo,
    pub(crate) input: Text,
    pub(crate) random: Random,
    pub(crate) redrive_count: u32,
    pub(crate) redrive_date: Option<DateTime<Utc>>,
    pub(crate) history: Vec<HistoryEvent>,
    tasks: u64,
    timers: u64,
    /// The time of the event at hand.
    #[serde(skip)]
    pub(crate) now: DateTime<Utc>,
    #[serde(skip)]
    region: Option<Text>,
    #[serde(skip)]
    commands: Vec<Command>,
    /// The event at hand found no room in the history.
    #[serde(skip)]
    pub(crate) is_full: bool,
    /// The states at whose entry the event at hand comes to a halt.
    #[serde(skip)]
    pub(crate) halts: Vec<String>,
    /// The one at which it did.
    #[serde(skip)]
    pub(crate) halted: Option<Text>,
}

impl Core {
    pub(crate) fn new(info: ExecutionInfo, input: Text, seed: u64) -> Core {
        Core {
            info,
            input,
            random: Random::new(seed),
            redrive_count: 0,
            redrive_date: None,
            history: Vec::new(),
            tasks: 0,
            timers: 0,
            now: DateTime::UNIX_EPOCH,
            region: None,
            commands: Vec::new(),
            is_full: false,
            halts: Vec::new(),
            halted: None,
        }
    }

    /// Whether the event at hand comes to a halt at this state, entered just now.
    pub(crate) fn halts_at(&mut self, state: &Text) -> bool {
        let halts = self.halts.iter().any(|halt| **halt == **state);
        if halts {
            self.halted = Some(state.clone());
        }
        halts
    }

    /// Writes an event and returns its id. In a full history it is lost: the
    /// execution fails as soon as the event at hand is done with.
    pub(crate) fn emit(&mut self, kind: &'static str, previous: u64, details: Details) -> u64 {
        if self.history.len() >= MOST_EVENTS {
            self.is_full = true;
            return self.history.len() as u64;
        }
        self.write(kind, previous, details)
    }

    /// Writes the event of the execution's end, for which there is always room.
    pub(crate) fn emit_end(&mut self, kind: &'static str, previous: u64, details: Details) -> u64 {
        self.write(kind, previous, details)
    }

    fn write(&mut self, kind: &'static str, previous: u64, details: Details) -> u64 {
        let id = self.history.len() as u64 + 1;
        self.history.push(HistoryEvent {
            id,
            previous_event_id: previous,
            timestamp: self.now,
            kind: Kind(kind),
            details,
        });
        id
    }

    /// Whether the history still takes an event besides the execution's end.
    pub(crate) fn has_room(&self) -> bool {
        self.history.len() < MOST_EVENTS
    }

    /// A token for a task that someone else reports on: 64 hexadecimal digits.
    pub(crate) fn next_token(&mut self) -> Text {
        use std::fmt::Write as _;
        let mut token = String::with_capacity(64);
        for _ in 0..4 {
            let _ = write!(token, "{:016x}", self.random.next());
        }
        Text::from(token)
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.commands.push(command);
    }

    pub(crate) fn take_commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    pub(crate) fn next_task(&mut self) -> TaskId {
        self.tasks += 1;
        TaskId(self.tasks)
    }

    /// That many seconds from now.
    pub(crate) fn after(&self, seconds: u64) -> DateTime<Utc> {
        self.after_millis(seconds.saturating_mul(1000))
    }

    pub(crate) fn after_millis(&self, millis: u64) -> DateTime<Utc> {
        let wait = Duration::milliseconds(i64::try_from(millis).unwrap_or(i64::MAX));
        self.now
            .checked_add_signed(wait)
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    pub(crate) fn set_timer(&mut self, at: DateTime<Utc>) -> TimerId {
        self.timers += 1;
        let timer = TimerId(self.timers);
        self.command(Command::SetTimer { timer, at });
        timer
    }

    pub(crate) fn cancel_timer(&mut self, timer: TimerId) {
        self.command(Command::CancelTimer { timer });
    }

    /// The region in the execution's ARN.
    pub(crate) fn region(&mut self) -> Text {
        if let Some(region) = &self.region {
            return region.clone();
        }
        let region = Text::from(
            self.info
                .arn
                .split(':')
                .nth(3)
                .filter(|r| !r.is_empty())
                .unwrap_or("us-east-1"),
        );
        self.region = Some(region.clone());
        region
    }
}
