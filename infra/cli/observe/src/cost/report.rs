//! Costs put together by what people ask for.

use super::Item;
use serde::Serialize;
use std::collections::BTreeMap;

/// What costs are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Each job, with all executions that were started for it.
    Job,
    /// `owner/name`.
    Repository,
    /// The last task's size.
    Size,
    /// The repository's workflow.
    Workflow,
}

/// What jobs cost in all, and by what was asked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// What the groups are.
    pub by: By,
    /// USD, of everything that was read, also of groups that are not shown.
    pub total_usd: f64,
    /// Executions that were read.
    pub executions: usize,
    /// Those of them that still run: more is to come.
    pub unfinished: usize,
    /// Those that had no task, for example rejected ones and duplicates.
    pub without_task: usize,
    /// Tasks whose usage nobody told.
    pub unknown_tasks: u32,
    /// The region whose prices were taken.
    pub prices_of: String,
    /// Whether the table of prices has the region that was asked for.
    pub region_known: bool,
    /// How many groups there are.
    pub groups_in_all: usize,
    /// The most expensive first.
    pub groups: Vec<Group>,
}

/// One line of a report.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Group {
    /// The repository, the size, the workflow, or the job.
    pub name: String,
    /// Executions in it.
    pub executions: usize,
    /// Tasks in it whose usage is known.
    pub tasks: u32,
    /// Seconds for which they were billed.
    pub billed_seconds: u64,
    /// USD.
    pub usd: f64,
    /// Of the total, 0 to 100.
    pub percent: f64,
}

/// Puts items together; `limit` 0 shows all groups.
#[must_use]
pub fn report(items: &[Item], by: By, limit: usize, region: &str) -> Report {
    let region_known = crate::prices::regions().contains(&region);
    let mut report = Report {
        by,
        total_usd: 0.0,
        executions: items.len(),
        unfinished: 0,
        without_task: 0,
        unknown_tasks: 0,
        prices_of: if region_known {
            region
        } else {
            crate::prices::first_region()
        }
        .to_owned(),
        region_known,
        groups_in_all: 0,
        groups: Vec::new(),
    };
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for item in items {
        let cost = &item.cost;
        report.total_usd += cost.total_usd;
        report.unfinished += usize::from(cost.unfinished);
        report.without_task +=
            usize::from(cost.tasks == 0 && cost.unknown_tasks == 0 && !cost.unfinished);
        report.unknown_tasks += if cost.unfinished {
            0
        } else {
            cost.unknown_tasks
        };
        let name = name(item, by);
        let group = groups.entry(name.clone()).or_default();
        group.name = name;
        group.executions += 1;
        group.tasks += cost.tasks;
        group.billed_seconds += cost.billed_seconds;
        group.usd += cost.total_usd;
    }
    report.groups_in_all = groups.len();
    report.groups = groups.into_values().collect();
    report.groups.sort_by(|a, b| b.usd.total_cmp(&a.usd));
    if limit > 0 {
        report.groups.truncate(limit);
    }
    for group in &mut report.groups {
        if report.total_usd > 0.0 {
            group.percent = group.usd / report.total_usd * 100.0;
        }
    }
    report
}

fn name(item: &Item, by: By) -> String {
    let repository = if item.repository.is_empty() {
        "(no job)"
    } else {
        &item.repository
    };
    match by {
        By::Repository => repository.to_owned(),
        By::Size => item
            .cost
            .size
            .clone()
            .unwrap_or_else(|| "(no task)".to_owned()),
        By::Workflow => format!("{repository} {}", item.workflow),
        By::Job => format!("{repository} {} #{}", item.job, item.job_id),
    }
}
