//! Logs of tasks and functions, followed until their execution has ended.

mod source;

pub(crate) use source::{Which, origins};

use crate::output::{self, plain};
use anyhow::{Result, bail};
use chrono::{DateTime, Utc};
use observe::fleet::{Fleet, Line, ReadError, Tail};
use serde_json::json;
use source::Origin;
use std::time::Duration;
use tokio::time::Instant;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The execution, where it is one's.
    pub(crate) execution: Option<String>,
    /// Tasks, functions or both.
    pub(crate) which: Which,
    /// A CloudWatch Logs filter pattern.
    pub(crate) pattern: Option<String>,
    /// Nothing before it.
    pub(crate) since: Option<DateTime<Utc>>,
    /// Go on until the execution has ended.
    pub(crate) follow: bool,
    /// One JSON object a line.
    pub(crate) json: bool,
}

/// A log that is being read.
struct Open {
    origin: Origin,
    tail: Tail,
    begun: bool,
}

/// Writes the lines as they come; how many there were.
///
/// # Errors
/// AWS cannot be read, or there is no log and will be none.
pub(crate) async fn write(fleet: &Fleet, asked: &Asked) -> Result<()> {
    let (pause, quiet) = if fleet.is_local() {
        (Duration::from_millis(300), Duration::from_secs(2))
    } else {
        (Duration::from_secs(2), Duration::from_secs(12))
    };
    let mut open: Vec<Open> = Vec::new();
    let mut written = 0_usize;
    let mut last = Instant::now();
    let mut several = false;
    loop {
        let origins = origins(fleet, asked).await?;
        several = several || origins.list.len() > 1;
        for origin in origins.list {
            if open
                .iter()
                .any(|known| known.origin.source == origin.source)
            {
                continue;
            }
            let since = asked.since.unwrap_or(origin.since);
            let pattern = asked.pattern.clone().or_else(|| origin.own_pattern());
            let tail = Tail::new(fleet, &origin.source, since, pattern);
            open.push(Open {
                origin,
                tail,
                begun: false,
            });
        }
        let mut missing = None;
        for one in &mut open {
            match one.tail.next().await {
                Ok(lines) => {
                    let lines: Vec<Line> = lines
                        .into_iter()
                        .filter(|line| one.origin.owns(&line.text))
                        .collect();
                    if lines.is_empty() {
                        continue;
                    }
                    if several && !one.begun && !asked.json {
                        output::result(&format!("── {}\n", plain(&one.origin.title)));
                    }
                    one.begun = true;
                    written += lines.len();
                    last = Instant::now();
                    for line in &lines {
                        write_line(line, &one.origin, asked.json);
                    }
                }
                Err(ReadError::NoLog(group)) => missing = Some(group),
                Err(error) => return Err(error.into()),
            }
        }
        let over = origins.ended && last.elapsed() >= quiet;
        if !asked.follow || over {
            if written == 0 {
                bail!(nothing(asked, &open, missing.as_deref(), origins.ended));
            }
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
}

fn write_line(line: &Line, origin: &Origin, json: bool) {
    if json {
        let line = json!({
            "at": line.at,
            "text": line.text,
            "stream": line.stream,
            "source": origin.word,
            "try": origin.number,
        });
        output::result(&format!("{line}\n"));
    } else {
        let at = line.at.format("%Y-%m-%d %H:%M:%S%.3fZ");
        output::result(&format!("{at}  {}\n", plain(&line.text)));
    }
}

/// Why there is nothing to see, and what to do.
fn nothing(asked: &Asked, open: &[Open], missing: Option<&str>, ended: bool) -> String {
    if asked.pattern.is_some() && missing.is_none() && !open.is_empty() {
        return "No line matches: give another --filter, or an earlier --since.".to_owned();
    }
    if open.is_empty() {
        return if ended {
            "The execution ended without a task, so there is no log of one: `jit-runners show` says why, `--source function` shows the functions' logs.".to_owned()
        } else {
            "The task has not been started yet, so there is no log of it: `jit-runners show` says what the job waits for, --follow waits for the log.".to_owned()
        };
    }
    match missing {
        Some(group) => format!(
            "There is no log {group}: nothing has been written to it yet, or it was deleted; look at the fleet's name and region."
        ),
        None if ended => "The log has no lines any more: its retention has passed, or the container never started; `jit-runners show` says how it ended.".to_owned(),
        None => "The log has no lines yet: the container is being started; --follow waits for them, --since looks further back.".to_owned(),
    }
}
