//! The execution that a person means: by ARN, by name or the beginning of one,
//! by GitHub's job id or the job's page, or by `owner/repository/job name`.

use anyhow::{Result, bail};
use observe::fleet::{Fleet, ReadError};
use observe::row::Row;

/// A name's beginning of so many characters is enough.
const SHORTEST: usize = 8;
/// Executions whose jobs are looked at together.
const TOGETHER: usize = 100;
/// Executions that are looked through at most.
const MOST: usize = 10_000;
/// Candidates that a sentence names.
const NAMED: usize = 5;

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The execution's ARN.
    pub(crate) arn: String,
    /// Other executions of the same job, newest first, where they were looked for.
    pub(crate) others: Vec<Row>,
}

/// What a person's words mean.
#[derive(Debug, PartialEq, Eq)]
enum Meaning<'a> {
    Arn(&'a str),
    Job(u64),
    Named { repository: String, job: &'a str },
    Execution(&'a str),
}

impl<'a> Meaning<'a> {
    fn of(words: &'a str) -> Self {
        if words.starts_with("arn:") {
            return Self::Arn(words);
        }
        if let Ok(id) = words.parse() {
            return Self::Job(id);
        }
        if let Some((_, rest)) = words.split_once("/job/")
            && words.contains("://")
        {
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
            if let Some(id) = digits.and_then(|digits| digits.parse().ok()) {
                return Self::Job(id);
            }
        }
        let mut parts = words.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(owner), Some(name), Some(job)) if !words.contains("://") => Self::Named {
                repository: format!("{owner}/{name}"),
                job,
            },
            _ => Self::Execution(words),
        }
    }
}

/// Finds it.
///
/// # Errors
/// There is none, there are several, or AWS cannot be read.
pub(crate) async fn execution(fleet: &Fleet, words: &str) -> Result<Found> {
    match Meaning::of(words) {
        Meaning::Arn(arn) => Ok(alone(arn.to_owned())),
        Meaning::Job(id) => {
            let rows = of_job(fleet, |row| row.job().is_some_and(|job| job.id == id)).await?;
            match one_that_answers(rows) {
                Some(found) => Ok(found),
                // A name may begin with digits alone.
                None if words.len() >= SHORTEST => match by_name(fleet, words).await {
                    Ok(found) => Ok(found),
                    Err(_) => bail!(no_job(words)),
                },
                None => bail!(no_job(words)),
            }
        }
        Meaning::Named { repository, job } => {
            let rows = of_job(fleet, |row| {
                row.job().is_some_and(|of| {
                    of.repository.eq_ignore_ascii_case(&repository) && of.name == job
                })
            })
            .await?;
            let Some(found) = one_that_answers(rows) else {
                bail!(no_job(words));
            };
            Ok(found)
        }
        Meaning::Execution(name) => by_name(fleet, name).await,
    }
}

fn alone(arn: String) -> Found {
    Found {
        arn,
        others: Vec::new(),
    }
}

fn no_job(words: &str) -> String {
    format!(
        "There is no execution of the job {}: `jit-runners jobs` lists those there are; a job that GitHub has and the fleet has not was never delivered, or has none of the fleet's labels.",
        crate::output::plain(words)
    )
}

/// By the whole name, else by its beginning.
async fn by_name(fleet: &Fleet, name: &str) -> Result<Found> {
    let arn = fleet.arn(name).await?;
    match fleet.row(&arn).await {
        Ok(_) => return Ok(alone(arn)),
        Err(ReadError::NoExecution(_)) => {}
        Err(error) => return Err(error.into()),
    }
    if name.len() < SHORTEST {
        bail!(
            "There is no execution {}: give its whole name, at least its first {SHORTEST} characters, its ARN, or the job.",
            crate::output::plain(name)
        );
    }
    let rows = fleet.list(None, MOST, |_| true).await?;
    let mut matching = rows.into_iter().filter(|row| row.name.starts_with(name));
    let Some(first) = matching.next() else {
        return Err(ReadError::NoExecution(crate::output::plain(name)).into());
    };
    let more: Vec<String> = matching.take(NAMED).map(|row| row.name).collect();
    if !more.is_empty() {
        bail!(
            "Several executions begin with {name}: {}, {}; give more of the name.",
            first.name,
            more.join(", ")
        );
    }
    Ok(alone(first.arn))
}

/// All executions of a job, newest first, with details.
async fn of_job(fleet: &Fleet, is_it: impl Fn(&Row) -> bool) -> Result<Vec<Row>> {
    let mut found: Vec<Row> = Vec::new();
    let mut next = None;
    let mut seen = 0;
    loop {
        let page = fleet.page(None, next, TOGETHER).await?;
        seen += page.rows.len();
        let arns: Vec<String> = page.rows.iter().map(|row| row.arn.clone()).collect();
        for (_, row) in fleet.rows(&arns).await {
            match row {
                Ok(row) if is_it(&row) => found.push(row),
                Ok(_) | Err(ReadError::NoExecution(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        next = page.next;
        let job = found.first().and_then(Row::job).cloned();
        // A second execution of a job stands beside the first one: one page more is enough.
        if job.is_some() && seen > TOGETHER || next.is_none() || seen >= MOST {
            if let Some(job) = job {
                found.retain(|row| row.job().is_some_and(|of| of.id == job.id));
            }
            return Ok(found);
        }
    }
}

/// The newest that answers for the job, before those that only told it to look again.
fn one_that_answers(mut rows: Vec<Row>) -> Option<Found> {
    let answers = |row: &Row| {
        let outcome = row.details.as_ref().and_then(|of| of.outcome.as_deref());
        !matches!(outcome, Some("duplicate" | "superseded"))
    };
    let first = rows.iter().position(answers).unwrap_or(0);
    if rows.is_empty() {
        return None;
    }
    let row = rows.remove(first);
    Some(Found {
        arn: row.arn,
        others: rows,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_what_people_mean_by_them() {
        let named = |repository: &str, job| Meaning::Named {
            repository: repository.to_owned(),
            job,
        };
        for (words, meaning) in [
            ("arn:aws:states:x", Meaning::Arn("arn:aws:states:x")),
            ("42", Meaning::Job(42)),
            (
                "https://github.com/o/r/actions/runs/7/job/42?pr=1#step:1",
                Meaning::Job(42),
            ),
            ("o/r/build / test (1)", named("o/r", "build / test (1)")),
            (
                "2dc7c233-0570-5734",
                Meaning::Execution("2dc7c233-0570-5734"),
            ),
            (
                "https://example.com/o/r",
                Meaning::Execution("https://example.com/o/r"),
            ),
        ] {
            assert_eq!(Meaning::of(words), meaning);
        }
    }
}
