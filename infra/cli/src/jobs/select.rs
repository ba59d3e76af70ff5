//! Which jobs a list has: all running ones and the newest, as far as they are
//! asked for.

use anyhow::Result;
use chrono::{DateTime, Utc};
use observe::board::Filter;
use observe::fleet::{Fleet, ReadError};
use observe::row::Row;
use std::collections::BTreeSet;

/// Executions whose details are read together.
const TOGETHER: usize = 200;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    /// What a row must be.
    pub(crate) filter: Filter,
    /// A part of the job's name, in any case.
    pub(crate) job: String,
    /// Only those that did not end well.
    pub(crate) failed: bool,
    /// Not started before, unless it runs.
    pub(crate) since: Option<DateTime<Utc>>,
    /// The most rows besides the running ones.
    pub(crate) limit: usize,
}

impl Selection {
    /// Whether a row with details is asked for.
    pub(crate) fn matches(&self, row: &Row) -> bool {
        self.may_match(row)
            && self.filter.matches(row)
            && (self.job.is_empty()
                || row
                    .job()
                    .is_some_and(|job| job.name.to_lowercase().contains(&self.job.to_lowercase())))
            && self
                .since
                .is_none_or(|since| row.running() || row.started >= since)
    }

    /// Whether no row's details are needed to know.
    fn by_the_list_alone(&self) -> bool {
        let filter = &self.filter;
        [
            &filter.text,
            &filter.repository,
            &filter.label,
            &filter.error,
            &filter.kind,
            &self.job,
        ]
        .iter()
        .all(|text| text.is_empty())
    }

    /// Whether it may be, before its details are known.
    fn may_match(&self, row: &Row) -> bool {
        let status = &self.filter.status;
        (status.is_empty() || status.contains(&row.status))
            && (!self.failed || !matches!(row.status.as_str(), "RUNNING" | "SUCCEEDED"))
    }
}

/// Reads the rows, the newest first, with details.
///
/// # Errors
/// AWS cannot be read.
pub(crate) async fn select(fleet: &Fleet, selection: &Selection) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let mut known = BTreeSet::new();
    let statuses = &selection.filter.status;
    if statuses.is_empty() || statuses.iter().any(|status| status == "RUNNING") {
        let listed = fleet.list(Some("RUNNING"), usize::MAX, |_| true).await?;
        for some in listed.chunks(TOGETHER) {
            add(
                fleet,
                selection,
                some.to_vec(),
                &mut known,
                &mut rows,
                usize::MAX,
            )
            .await?;
        }
    }
    // One status of AWS's own is asked for by its name, several are picked out.
    let only = match statuses.as_slice() {
        [one] => Some(one.as_str()),
        _ => None,
    };
    let mut newest = Vec::new();
    let mut next = None;
    while only != Some("RUNNING") && newest.len() < selection.limit {
        let page = fleet.page(only, next, TOGETHER).await?;
        let too_old = |row: &Row| selection.since.is_some_and(|since| row.started < since);
        let last = page.rows.iter().any(too_old);
        let listed = page.rows.into_iter().filter(|row| !too_old(row)).collect();
        let most = selection.limit - newest.len();
        add(fleet, selection, listed, &mut known, &mut newest, most).await?;
        next = page.next;
        if next.is_none() || last {
            break;
        }
    }
    newest.truncate(selection.limit);
    rows.extend(newest);
    rows.sort_by_key(|row| std::cmp::Reverse(row.started));
    Ok(rows)
}

/// Reads the details of what is new among `listed`, and adds what matches; at
/// most `most` where the list itself says what matches.
async fn add(
    fleet: &Fleet,
    selection: &Selection,
    listed: Vec<Row>,
    known: &mut BTreeSet<String>,
    into: &mut Vec<Row>,
    most: usize,
) -> Result<()> {
    let mut arns: Vec<String> = listed
        .into_iter()
        .filter(|row| selection.may_match(row) && known.insert(row.arn.clone()))
        .map(|row| row.arn)
        .collect();
    if selection.by_the_list_alone() {
        arns.truncate(most);
    }
    for (_, row) in fleet.rows(&arns).await {
        match row {
            Ok(row) if selection.matches(&row) => into.push(row),
            Ok(_) | Err(ReadError::NoExecution(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
