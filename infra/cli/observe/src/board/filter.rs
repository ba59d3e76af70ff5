//! Which rows a reader asks for, in which order.

use crate::row::Row;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// What is asked for; the default is everything, newest first.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Any of these statuses; none is all.
    pub status: Vec<String>,
    /// Words that all occur somewhere in the row, in any case.
    pub text: String,
    /// `owner/name`, or the beginning of it.
    pub repository: String,
    /// A label of the job, in any case.
    pub label: String,
    /// The name of the error that it ended with.
    pub error: String,
    /// The kind of reason why it waits, for example `capacity`.
    pub kind: String,
    /// Started, ended or redriven since.
    pub since: Option<DateTime<Utc>>,
    /// The order.
    pub sort: Sort,
    /// The oldest first.
    pub ascending: bool,
    /// Rows to leave out at the beginning.
    pub offset: usize,
    /// The most rows to give; 0 is all.
    pub limit: usize,
}

/// What rows are ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The execution's start.
    #[default]
    Started,
    /// Its end; what still runs comes first.
    Stopped,
    /// The entry into its present state.
    Since,
}

/// What a filter gives.
#[derive(Debug, Clone, Serialize)]
pub struct Listing {
    /// Rows known in all.
    pub total: usize,
    /// Rows that match.
    pub matched: usize,
    /// Those asked for.
    pub rows: Vec<Row>,
}

pub(super) fn listing<'a>(rows: impl Iterator<Item = &'a Row>, filter: &Filter) -> Listing {
    let wanted = Wanted::of(filter);
    let mut total = 0;
    let mut matching: Vec<&Row> = rows
        .inspect(|_| total += 1)
        .filter(|row| wanted.matches(row))
        .collect();
    match filter.sort {
        Sort::Started => {}
        Sort::Stopped => matching
            .sort_by_key(|row| std::cmp::Reverse(row.stopped.unwrap_or(DateTime::<Utc>::MAX_UTC))),
        Sort::Since => matching.sort_by_key(|row| {
            std::cmp::Reverse(
                row.details
                    .as_ref()
                    .and_then(|details| details.since)
                    .unwrap_or(row.started),
            )
        }),
    }
    if filter.ascending {
        matching.reverse();
    }
    let limit = if filter.limit == 0 {
        usize::MAX
    } else {
        filter.limit
    };
    Listing {
        total,
        matched: matching.len(),
        rows: matching
            .into_iter()
            .skip(filter.offset)
            .take(limit)
            .cloned()
            .collect(),
    }
}

impl Filter {
    /// Whether a row is asked for.
    #[must_use]
    pub fn matches(&self, row: &Row) -> bool {
        Wanted::of(self).matches(row)
    }
}

struct Wanted<'a> {
    filter: &'a Filter,
    words: Vec<String>,
}

impl<'a> Wanted<'a> {
    fn of(filter: &'a Filter) -> Self {
        let words = filter
            .text
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        Self { filter, words }
    }

    fn matches(&self, row: &Row) -> bool {
        let filter = self.filter;
        let details = row.details.as_ref();
        let job = row.job();
        let since = |since| {
            [Some(row.started), row.stopped, row.redriven]
                .into_iter()
                .flatten()
                .any(|at| at >= since)
        };
        (filter.status.is_empty() || filter.status.contains(&row.status))
            && filter.since.is_none_or(since)
            && (filter.repository.is_empty()
                || job.is_some_and(|job| starts_with(&job.repository, &filter.repository)))
            && (filter.label.is_empty()
                || job.is_some_and(|job| {
                    job.labels
                        .iter()
                        .any(|label| label.eq_ignore_ascii_case(&filter.label))
                }))
            && (filter.error.is_empty()
                || details.is_some_and(|details| details.error.as_deref() == Some(&filter.error)))
            && (filter.kind.is_empty()
                || details
                    .and_then(|details| details.waiting.as_ref())
                    .is_some_and(|waiting| waiting.kind.word() == filter.kind))
            && (self.words.is_empty() || self.words_in(row))
    }

    fn words_in(&self, row: &Row) -> bool {
        let mut text = format!("{} {}", row.name, row.status);
        let mut add = |more: &str| {
            text.push(' ');
            text.push_str(more);
        };
        if let Some(details) = &row.details {
            for more in [
                &details.outcome,
                &details.error,
                &details.message,
                &details.state,
                &details.runner,
                &details.task,
            ]
            .into_iter()
            .flatten()
            {
                add(more);
            }
        }
        if let Some(job) = row.job() {
            for more in [
                &job.repository,
                &job.name,
                &job.workflow,
                &job.branch,
                &job.sender,
            ] {
                add(more);
            }
            job.labels.iter().for_each(|label| add(label));
            add(&job.id.to_string());
            add(&job.run_id.to_string());
        }
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(word))
    }
}

fn starts_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}
