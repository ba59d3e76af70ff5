//! Logs that pages follow. Each follower reads on where its last answer ended;
//! what `after` names is kept here, bounded.

use crate::hub::lock;
use crate::shared::random;
use chrono::{DateTime, TimeDelta, Utc};
use observe::fleet::{Fleet, Line, ReadError, Source, Tail};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// Followers that are kept; the one that asked longest ago goes first.
const FOLLOWERS: usize = 64;
/// Lines in one answer.
const LINES: usize = 2000;

/// What is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) execution: String,
    pub(crate) source: Source,
    pub(crate) since: DateTime<Utc>,
    /// A CloudWatch Logs filter pattern.
    pub(crate) pattern: Option<String>,
}

struct Follower {
    wanted: Wanted,
    tail: Tail,
    /// Read, and not given yet.
    lines: VecDeque<Line>,
    last: DateTime<Utc>,
}

type Kept = Arc<tokio::sync::Mutex<Follower>>;

#[derive(Default)]
pub(crate) struct Logs {
    followers: Mutex<VecDeque<(String, Kept)>>,
}

impl Logs {
    /// The lines that came since the answer that gave `after`, and what to ask
    /// with next.
    pub(crate) async fn read(
        &self,
        fleet: &Fleet,
        wanted: Wanted,
        after: &str,
    ) -> Result<(Vec<Line>, String), ReadError> {
        let (id, last) = after.split_once('.').unwrap_or_default();
        let (id, kept) = match self.take(id) {
            Some(kept) => (id.to_owned(), kept),
            None => {
                // A follower that was dropped goes on at its last line's time.
                let last = last.parse().ok().and_then(DateTime::from_timestamp_millis);
                let next = last.map(|last| last + TimeDelta::milliseconds(1));
                let since = next.unwrap_or(wanted.since).max(wanted.since);
                let follower = Follower::new(fleet, wanted.clone(), since);
                let kept = Arc::new(tokio::sync::Mutex::new(follower));
                (random()[..16].to_owned(), kept)
            }
        };
        self.put(id.clone(), Arc::clone(&kept));
        let mut follower = kept.lock().await;
        if follower.wanted != wanted {
            // A redrive has started another task.
            let since = wanted.since;
            *follower = Follower::new(fleet, wanted, since);
        }
        if follower.lines.is_empty() {
            let lines = follower.tail.next().await?;
            follower.lines.extend(lines);
        }
        let some = follower.lines.len().min(LINES);
        let lines: Vec<Line> = follower.lines.drain(..some).collect();
        if let Some(line) = lines.last() {
            follower.last = follower.last.max(line.at);
        }
        let after = format!("{id}.{}", follower.last.timestamp_millis());
        Ok((lines, after))
    }

    fn take(&self, id: &str) -> Option<Kept> {
        let mut followers = lock(&self.followers);
        let at = followers.iter().position(|(known, _)| known == id)?;
        followers.remove(at).map(|(_, kept)| kept)
    }

    fn put(&self, id: String, kept: Kept) {
        let mut followers = lock(&self.followers);
        followers.push_back((id, kept));
        if followers.len() > FOLLOWERS {
            followers.pop_front();
        }
    }
}

impl Follower {
    fn new(fleet: &Fleet, wanted: Wanted, since: DateTime<Utc>) -> Self {
        Self {
            tail: Tail::new(fleet, &wanted.source, since, wanted.pattern.clone()),
            wanted,
            lines: VecDeque::new(),
            last: since,
        }
    }
}
