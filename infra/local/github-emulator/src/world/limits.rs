//! What was asked for by whom, as far as GitHub's limits count it: the hour of
//! each primary limit, and the last minutes for the secondary ones.
//!
//! GitHub counts by installation, App, person or address, never by token.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::World;
use super::tokens::Holder;
use crate::limits::SecondaryLimits;

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Caller {
    /// Nobody that is known: GitHub counts by address.
    Anonymous,
    /// The App itself.
    App,
    /// Its installation, whatever its tokens.
    Installation,
    /// A person, whatever their tokens.
    Person,
}

/// How far a caller's hour is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) resource: &'static str,
    pub(crate) limit: u32,
    pub(crate) used: u32,
    /// Seconds since 1970.
    pub(crate) reset: i64,
}

impl Usage {
    pub(crate) fn remaining(&self) -> u32 {
        self.limit.saturating_sub(self.used)
    }
}

/// Which secondary limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secondary {
    /// Too much at once, or too many points.
    Requests,
    /// Too much content.
    Content,
}

/// The primary limits that GitHub has beside `core`, with its numbers.
pub(crate) const RESOURCES: [(&str, u32); 4] = [
    ("search", 30),
    ("graphql", 5000),
    ("integration_manifest", 5000),
    ("actions_runner_registration", 10_000),
];

/// What is left to somebody who is not signed in.
const ANONYMOUS: u32 = 60;

/// When how much was asked for.
type Log = VecDeque<(DateTime<Utc>, u32)>;

/// What was used so far.
#[derive(Debug, Default)]
pub(crate) struct Used {
    hours: BTreeMap<(Caller, &'static str), (DateTime<Utc>, u32)>,
    points: BTreeMap<(Caller, String), Log>,
    content: BTreeMap<Caller, Log>,
    open: BTreeMap<Caller, u32>,
}

impl World {
    /// Whose limits the credentials count against.
    pub(crate) fn caller(&self, credentials: &str, now: DateTime<Utc>) -> Caller {
        let token = credentials
            .split_once(' ')
            .map_or("", |(_, token)| token.trim());
        match self
            .tokens
            .get(token)
            .filter(|token| token.expires_at > now)
        {
            Some(token) if token.holder == Holder::Person => Caller::Person,
            Some(_) => Caller::Installation,
            // A JWT; whether it is a good one is found out later.
            None if token.matches('.').count() == 2 => Caller::App,
            None => Caller::Anonymous,
        }
    }

    /// How far the caller's hour is used up; nothing where limits are off.
    pub(crate) fn usage(
        &self,
        caller: Caller,
        resource: &'static str,
        now: DateTime<Utc>,
    ) -> Option<Usage> {
        let core = self.settings.rate_limit?;
        let of_its_own = RESOURCES.iter().find(|(name, _)| *name == resource);
        let limit = match (of_its_own, caller) {
            (Some((_, limit)), _) => *limit,
            (None, Caller::Anonymous) => core.min(ANONYMOUS),
            (None, _) => core,
        };
        let hour = self.used.hours.get(&(caller, resource));
        let fresh = (now, 0);
        let (begin, used) = *hour
            .filter(|(begin, _)| now - *begin < TimeDelta::hours(1))
            .unwrap_or(&fresh);
        Some(Usage {
            resource,
            limit,
            used,
            reset: (begin + TimeDelta::hours(1)).timestamp(),
        })
    }

    /// Counts a request against the caller's hour. What it is then, and whether
    /// the request was still within it.
    pub(crate) fn spend(
        &mut self,
        caller: Caller,
        resource: &'static str,
        now: DateTime<Utc>,
    ) -> Option<(Usage, bool)> {
        let usage = self.usage(caller, resource, now)?;
        if usage.remaining() == 0 {
            return Some((usage, false));
        }
        let hour = self
            .used
            .hours
            .entry((caller, resource))
            .or_insert((now, 0));
        if now - hour.0 >= TimeDelta::hours(1) {
            *hour = (now, 0);
        }
        hour.1 += 1;
        Some((self.usage(caller, resource, now)?, true))
    }

    /// Uses up everybody's hour.
    pub(crate) fn use_up(&mut self, now: DateTime<Utc>) {
        let resources = RESOURCES.iter().map(|(name, _)| *name);
        for resource in std::iter::once("core").chain(resources) {
            for caller in [
                Caller::Anonymous,
                Caller::App,
                Caller::Installation,
                Caller::Person,
            ] {
                if let Some(usage) = self.usage(caller, resource, now) {
                    let hours = &mut self.used.hours;
                    hours.insert((caller, resource), (now, usage.limit));
                }
            }
        }
    }

    /// Gives a request back that turned out to be free.
    pub(crate) fn refund(&mut self, caller: Caller, resource: &'static str) {
        if let Some(hour) = self.used.hours.get_mut(&(caller, resource)) {
            hour.1 = hour.1.saturating_sub(1);
        }
    }

    /// Counts a request against the secondary limits and keeps it as open;
    /// [`World::close`] ends that.
    pub(crate) fn open(
        &mut self,
        caller: Caller,
        (endpoint, points): (&str, u32),
        makes_content: bool,
        now: DateTime<Utc>,
    ) -> Result<(), Secondary> {
        let Some(limits) = self.settings.secondary_limits else {
            return Ok(());
        };
        let SecondaryLimits {
            concurrent,
            points_per_minute,
            content_per_minute,
            content_per_hour,
        } = limits;
        let open = self.used.open.get(&caller).copied().unwrap_or_default();
        if open >= concurrent {
            return Err(Secondary::Requests);
        }
        let minute = now - TimeDelta::minutes(1);
        let log = self
            .used
            .points
            .entry((caller, endpoint.to_owned()))
            .or_default();
        keep(log, minute);
        if sum(log, minute) + points > points_per_minute {
            return Err(Secondary::Requests);
        }
        let content = self.used.content.entry(caller).or_default();
        keep(content, now - TimeDelta::hours(1));
        let reached = sum(content, minute) >= content_per_minute
            || sum(content, now - TimeDelta::hours(1)) >= content_per_hour;
        if makes_content && reached {
            return Err(Secondary::Content);
        }
        log.push_back((now, points));
        if makes_content {
            content.push_back((now, 1));
        }
        *self.used.open.entry(caller).or_default() += 1;
        Ok(())
    }

    /// A request that was open has its answer, or nobody waits for it any more.
    pub(crate) fn close(&mut self, caller: Caller) {
        if let Some(open) = self.used.open.get_mut(&caller) {
            *open = open.saturating_sub(1);
        }
    }
}

/// Forgets what was before.
fn keep(log: &mut Log, since: DateTime<Utc>) {
    while log.front().is_some_and(|(at, _)| *at <= since) {
        log.pop_front();
    }
}

fn sum(log: &Log, since: DateTime<Utc>) -> u32 {
    log.iter()
        .filter(|(at, _)| *at > since)
        .map(|(_, points)| points)
        .sum()
}
