//! The one reader of the fleet's list, for all pages. It rests while nobody
//! looks, so that an idle console asks AWS nothing.

use crate::api::list::Shown;
use crate::api::overview::Figures;
use crate::hub::Hub;
use crate::shared::Shared;
use chrono::{DateTime, TimeDelta, Utc};
use observe::fleet::ReadError;
use observe::row::Row;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// How long after the last look the reading stops.
const REST: Duration = Duration::from_secs(60);
/// While details are still being read, the next ones follow at once.
const SOON: Duration = Duration::from_millis(20);
/// The longest pause while AWS cannot be read.
const PATIENCE: Duration = Duration::from_secs(60);
/// Rows in one message.
const TOGETHER: usize = 50;
/// The longest that a banner tells of an error.
const LONGEST: usize = 400;

pub(crate) async fn run(shared: &Shared) {
    let mut told = Told::new(shared.settings.poll);
    loop {
        let hub = &shared.hub;
        if hub
            .nobody_since()
            .is_some_and(|since| since.elapsed() >= REST)
        {
            tracing::debug!("nobody looks: the fleet is not read");
            tokio::select! {
                () = hub.came.notified() => {}
                () = hub.ended() => return,
            }
        }
        let read = tokio::select! {
            read = shared.board.refresh() => read,
            () = hub.ended() => return,
        };
        let pause = match read {
            Ok(rows) => told.read(shared, &rows).await,
            Err(error) => told.trouble(shared, &error),
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = hub.ended() => return,
        }
    }
}

/// What pages were told last.
struct Told {
    poll: Duration,
    since: DateTime<Utc>,
    overview: Value,
    known: usize,
    /// Events that watched executions had.
    events: BTreeMap<String, usize>,
    failures: u32,
}

impl Told {
    fn new(poll: Duration) -> Self {
        Self {
            poll,
            // Clocks differ a little from AWS's.
            since: Utc::now() - TimeDelta::minutes(1),
            overview: Value::Null,
            known: 0,
            events: BTreeMap::new(),
            failures: 0,
        }
    }

    async fn read(&mut self, shared: &Shared, rows: &[Row]) -> Duration {
        let hub = &shared.hub;
        self.failures = 0;
        let mut recovered = false;
        shared.state.send_modify(|state| {
            recovered = state.trouble.take().is_some();
            state.read = Some(Instant::now());
        });
        if recovered {
            tracing::info!("the fleet can be read again");
            hub.tell("trouble", &json!({"message": null}));
        }
        // What nobody has seen and is not new changes nothing on any page. Of what is
        // new some are enough: pages that do not show them ask for the list again.
        let mut new = 0;
        let mut news: Vec<&Row> = Vec::new();
        for row in rows {
            let shown = hub.has_shown(&row.name);
            new += usize::from(!shown && row.started >= self.since);
            if shown || (row.started >= self.since && new <= TOGETHER) {
                news.push(row);
            }
        }
        tell_rows(shared, &news);
        self.executions(shared, rows).await;
        self.overview(shared);
        let reading = shared.board.reading();
        let more = reading.read < reading.known || reading.known > self.known;
        self.known = reading.known;
        if more && shared.fleet().is_local() {
            SOON
        } else {
            self.poll
        }
    }

    fn overview(&mut self, shared: &Shared) {
        let figures = json!(Figures::of(shared, Figures::HOURS));
        let mut same = figures.clone();
        same["at"] = Value::Null;
        if same != self.overview {
            self.overview = same;
            shared.hub.tell("overview", &figures);
        }
    }

    /// Tells the pages of single executions when there is more to see: a history
    /// may grow without a change of its row.
    async fn executions(&mut self, shared: &Shared, rows: &[Row]) {
        let watched = shared.hub.watched();
        self.events.retain(|name, _| watched.contains(name));
        for name in watched {
            let row = shared.board.row(&name);
            let changed = rows.iter().any(|row| row.name == name);
            let before = self.events.get(&name).copied();
            if row.is_some_and(|row| !row.running()) && !changed && before.is_some() {
                continue;
            }
            let Ok(execution) = shared.reading.now(&name).await else {
                continue;
            };
            let events = execution.events.len();
            self.events.insert(name.clone(), events);
            if changed || before.is_some_and(|before| before != events) {
                let hint = json!({"name": name, "hint": "changed"});
                shared.hub.tell_about(&name, "execution", &hint);
            }
        }
    }

    fn trouble(&mut self, shared: &Shared, error: &ReadError) -> Duration {
        let message = banner(error);
        let mut news = false;
        shared.state.send_modify(|state| {
            news = state.trouble.as_ref() != Some(&message);
            state.trouble = Some(message.clone());
        });
        if news {
            tracing::warn!(error = %message, "the fleet cannot be read");
            tell_trouble(&shared.hub, &message);
        }
        self.failures = (self.failures + 1).min(6);
        (self.poll * 2_u32.pow(self.failures - 1)).min(PATIENCE)
    }
}

fn tell_trouble(hub: &Hub, message: &str) {
    hub.tell("trouble", &json!({ "message": message }));
}

/// Tells all pages of these rows.
pub(crate) fn tell_rows(shared: &Shared, rows: &[&Row]) {
    for some in rows.chunks(TOGETHER) {
        let rows: Vec<Shown> = some.iter().map(|row| Shown::of(shared, row)).collect();
        shared.hub.tell("rows", &json!({ "rows": rows }));
    }
}

/// What happened, and what helps.
fn banner(error: &ReadError) -> String {
    let said: String = error
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if matches!(error, ReadError::NoFleet(_)) {
        return said;
    }
    let lower = said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let advice = if has(&[
        "expired",
        "credential",
        "unrecognizedclient",
        "invalidclienttoken",
    ]) {
        "Sign in again, for example with aws sso login: the console goes on by itself. Credentials of the environment need a new start."
    } else if has(&["throttl", "toomanyrequests", "rate exceeded"]) {
        "AWS gets more requests of this account than it allows: the console asks less often now and goes on by itself."
    } else if has(&["accessdenied", "not authorized"]) {
        "Give the role that the console runs with the permissions to read the fleet."
    } else {
        "The console tries again by itself."
    };
    let short: String = said.chars().take(LONGEST).collect();
    let dots = if short.len() < said.len() { "…" } else { "" };
    format!("The fleet cannot be read now: {short}{dots} {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banner_says_what_helps() {
        let said = |message: &str| {
            banner(&ReadError::Call {
                call: "ListExecutions",
                message: message.to_owned(),
            })
        };
        let expired = said("ExpiredTokenException: the security token is expired");
        assert!(expired.contains("ListExecutions failed"), "{expired}");
        assert!(expired.contains("Sign in again"), "{expired}");
        assert!(said("ThrottlingException: Rate exceeded").contains("less often"));
        assert!(said("AccessDeniedException").contains("permissions"));
        assert!(said(&"x".repeat(9999)).len() < 600);
    }
}
