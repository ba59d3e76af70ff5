//! The matrix: every state × every fault that can strike it × what is done about
//! it. A row is one job in a world of its own.

mod judge;
mod pain;
mod play;
mod rows;
mod upkeep_rows;

pub use pain::Pain;
pub use play::{Mode, play};
pub use rows::rows;

use crate::faults::Kind;
use github_emulator::GitHubFault;
use local::AwsFault;

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    /// The state that is struck.
    pub state: &'static str,
    /// What strikes, in words.
    pub fault: String,
    /// Whose users know this.
    pub pain: Pain,
    /// What leads into the state: (kind, what).
    pub before: Vec<(Kind, String)>,
    /// How it strikes.
    pub strike: Strike,
    /// What the job asks for.
    pub work: Work,
    /// What becomes of it when nobody does anything.
    pub alone: Alone,
    /// In which modes it can strike at all.
    pub modes: &'static [Mode],
}

/// Every mode.
pub const MODES: [Mode; 3] = [Mode::LeftAlone, Mode::Redriven, Mode::Reconciled];

impl Row {
    /// `Mint × GitHub 500 at GET`.
    pub fn name(&self) -> String {
        format!("{} × {}", self.state, self.fault)
    }
}

/// How a row strikes.
#[derive(Debug, Clone)]
pub enum Strike {
    /// So many times where this is done.
    Order(Kind, String, u32),
    /// When the state is entered, by the place.
    State(local::Fault),
    /// GitHub's own: the next event with these words.
    Event(GitHubFault, &'static str),
    /// The bus's own: the next occurrence with these words.
    Bus(AwsFault, &'static str),
    /// So many seconds after an execution entered the state.
    Act(Act, u64),
}

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Cancels the job.
    Cancel,
    /// Stops the execution.
    Stop,
    /// Lets a runner with the job's labels listen.
    Take,
}

/// What the job is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Two minutes on demand.
    Plain,
    /// Two minutes on Spot capacity.
    Spot,
    /// Two jobs with the same labels, seconds apart: runners are swapped.
    Twins,
    /// Held back by its environment for ten minutes.
    Gated,
    /// Its repository had another job that went well.
    Known,
    /// Cancelled a second after its commit.
    CancelledAtOnce,
    /// Cancelled while its runner is on the way.
    CancelledOnTheWay,
    /// Cancelled while its runner is at work for another job, which came before it and
    /// was never announced.
    CancelledSwapped,
}

impl Work {
    /// Whether another job comes seconds before or after, and has its runner.
    fn is_two_jobs(self) -> bool {
        matches!(self, Self::Twins | Self::CancelledSwapped)
    }
}

/// What becomes of a job when nobody does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alone {
    /// It is served.
    Served,
    /// It is cancelled, and so is everything that was made for it.
    Cancelled,
    /// It went down with its host; GitHub cannot revive it.
    Interrupted,
    /// Its execution ends red under this name, and waits for a redrive.
    Fails(&'static str),
    /// Its execution was stopped, and waits for a redrive.
    Stopped,
    /// Nobody heard of it: it has no execution, and stays queued.
    Unheard,
}
