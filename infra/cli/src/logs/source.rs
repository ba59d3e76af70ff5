//! Which logs belong to an execution: those of its tasks, and of the functions
//! the lines that carry its job's id.

use super::Asked;
use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use domain::names::handler;
use observe::fleet::{Fleet, Source};
use serde_json::Value;

/// The handlers that an execution calls.
const OF_AN_EXECUTION: [&str; 4] = [
    handler::SIZE,
    handler::MINT,
    handler::VERIFY_REMOVAL,
    handler::ESCALATE,
];

/// Which logs are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those of the tasks.
    Tasks,
    /// Those of all functions that an execution calls.
    Functions,
    /// That of one function, by its handler.
    Function(String),
}

/// One log.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) source: Source,
    /// What stands above its lines.
    pub(crate) title: String,
    /// `task`, or the handler.
    pub(crate) word: String,
    /// Which try's task, counted from 1.
    pub(crate) number: Option<usize>,
    pub(crate) since: DateTime<Utc>,
    /// The job whose lines alone are wanted.
    job: Option<u64>,
}

/// The logs known by now.
#[derive(Debug)]
pub(crate) struct Origins {
    pub(crate) list: Vec<Origin>,
    /// Whether the execution has ended: no more of them will come.
    pub(crate) ended: bool,
}

impl Origin {
    /// What CloudWatch picks lines by, where nothing else was asked for.
    pub(super) fn own_pattern(&self) -> Option<String> {
        self.job.map(|job| format!("\"{job}\""))
    }

    /// Whether a line is one of the job's.
    pub(super) fn owns(&self, line: &str) -> bool {
        let Some(job) = self.job else {
            return true;
        };
        let id = job.to_string();
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        line.match_indices(&id).any(|(at, found)| {
            !digit(line[..at].chars().next_back())
                && !digit(line[at + found.len()..].chars().next())
        })
    }
}

/// Finds the logs that are asked for.
///
/// # Errors
/// AWS cannot be read.
pub(crate) async fn origins(fleet: &Fleet, asked: &Asked) -> Result<Origins> {
    let function = |name: &str, since, job| Origin {
        source: Source::Function(name.to_owned()),
        title: format!("function {name}"),
        word: name.to_owned(),
        number: None,
        since,
        job,
    };
    let Some(arn) = &asked.execution else {
        let since = Utc::now() - TimeDelta::hours(1);
        let names: Vec<&str> = match &asked.which {
            Which::Function(name) => vec![name],
            _ => handler::ALL.to_vec(),
        };
        return Ok(Origins {
            list: names
                .iter()
                .map(|name| function(name, since, None))
                .collect(),
            ended: false,
        });
    };
    let execution = fleet.execution(arn).await?;
    let row = &execution.row;
    let job = row.job().map(|job| job.id);
    let list = match &asked.which {
        Which::Function(name) => vec![function(name, row.started, job)],
        Which::Functions => OF_AN_EXECUTION
            .iter()
            .map(|name| function(name, row.started, job))
            .collect(),
        Which::Tasks => tasks(&execution.timeline),
    };
    Ok(Origins {
        list,
        ended: !row.running(),
    })
}

/// The tasks of all tries, in order.
fn tasks(timeline: &observe::history::Timeline) -> Vec<Origin> {
    let tries = timeline.visits.iter().flat_map(|visit| &visit.tries);
    let submitted = tries.filter_map(|one| {
        let answer: Value = serde_json::from_str(one.submitted.as_deref()?).ok()?;
        let task = answer["Tasks"][0]["TaskArn"].as_str()?.to_owned();
        Some((task, one.scheduled))
    });
    submitted
        .enumerate()
        .map(|(number, (task, since))| Origin {
            title: format!(
                "runner {}: task {}",
                number + 1,
                task.rsplit('/').next().unwrap_or_default()
            ),
            source: Source::Task(task),
            word: "task".to_owned(),
            number: Some(number + 1),
            since,
            job: None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_owns_the_lines_with_its_whole_id() {
        let origin = Origin {
            source: Source::Function("mint".to_owned()),
            title: String::new(),
            word: String::new(),
            number: None,
            since: Utc::now(),
            job: Some(12),
        };
        assert!(origin.owns(r#"{"job_id":12,"x":1}"#));
        assert!(origin.owns("job#12#1"));
        assert!(!origin.owns(r#"{"job_id":123,"x":112}"#));
        assert!(!origin.owns(""));
    }
}
