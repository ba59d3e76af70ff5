//! What an execution has cost, computed from its history at list prices.
//!
//! Each VerifyRemoval answers what its task used; a job that was tried again or
//! redriven had several tasks, and all of them cost. What is around a task is
//! the allowance that [`crate::prices`] makes for every job, but transitions are
//! counted. Free tiers, discounts and taxes are left out.

mod read;
mod report;

pub use read::{Item, Window, read};
pub use report::{By, Group, Report, report};

use crate::history::{End, Timeline};
use crate::prices::{self, Architecture, Capacity, Size};
use domain::names::state;
use domain::steps::Usage;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What one execution has cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Cost {
    /// USD.
    pub total_usd: f64,
    /// What it is made of; only what is above zero.
    pub lines: Vec<Line>,
    /// Tasks whose usage is known.
    pub tasks: u32,
    /// Tasks that were started and whose usage nobody told: they may have cost
    /// something that is not in the total.
    pub unknown_tasks: u32,
    /// The seconds for which the known ones were billed.
    pub billed_seconds: u64,
    /// Transitions that were counted.
    pub transitions: u32,
    /// The size of the last known task, for example `2 vCPU, 8 GB, ARM64, spot`.
    pub size: Option<String>,
    /// Whether it still runs: more is to come.
    pub unfinished: bool,
    /// The region whose prices were taken.
    pub prices_of: String,
    /// Whether that is the region that was asked for.
    pub region_known: bool,
}

/// One part of a cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// What it is.
    pub what: String,
    /// USD.
    pub usd: f64,
}

/// What an execution with this history has cost in a region, for example
/// `us-east-1`; a region that the table of prices does not have is computed with
/// the first one's prices, and said. Nothing for a history without events.
#[must_use]
pub fn of(timeline: &Timeline, region: &str) -> Option<Cost> {
    if timeline.visits.is_empty() {
        return None;
    }
    let region_known = prices::regions().contains(&region);
    let prices_of = if region_known {
        region
    } else {
        prices::first_region()
    };
    let (told, submitted) = (usages(timeline), tasks(timeline));
    let unfinished = timeline
        .attempts
        .last()
        .is_some_and(|attempt| attempt.end == End::Running);
    let unknown = submitted
        .iter()
        .filter(|task| !told.contains_key(task.as_str()))
        .count();
    let mut cost = Cost {
        transitions: transitions(timeline),
        unknown_tasks: u32::try_from(unknown).unwrap_or(u32::MAX),
        unfinished,
        prices_of: prices_of.to_owned(),
        region_known,
        ..Cost::default()
    };
    let (mut task, mut address, mut around) = (0.0, 0.0, None);
    for usage in told.values().filter(|usage| usage.billed_seconds > 0) {
        let price = price(usage, prices_of)?;
        task += price.task;
        address += price.address;
        around = Some(price);
        cost.tasks += 1;
        cost.billed_seconds += usage.billed_seconds;
    }
    cost.size = last_size(timeline);
    cost.line("tasks (CPU, memory, storage)", task);
    cost.line("public addresses of tasks", address);
    let transition = prices::transition_in(prices_of)?;
    cost.line("transitions", f64::from(cost.transitions) * transition);
    if let Some(around) = around {
        cost.line("calls of functions", around.functions);
        cost.line("reads and writes of tables", around.tables);
        cost.line("events", around.events);
        cost.line("logs", around.logs);
    }
    cost.total_usd = cost.lines.iter().map(|line| line.usd).sum();
    Some(cost)
}

impl Cost {
    fn line(&mut self, what: &str, usd: f64) {
        if usd > 0.0 {
            self.lines.push(Line {
                what: what.to_owned(),
                usd,
            });
        }
    }
}

/// Each task's usage, by ARN. A task that was looked at several times was used
/// once: the last word counts.
fn usages(timeline: &Timeline) -> BTreeMap<String, Usage> {
    verifications(timeline).into_iter().collect()
}

/// What VerifyRemoval answered of tasks that had used something, in order.
fn verifications(timeline: &Timeline) -> Vec<(String, Usage)> {
    timeline
        .visits
        .iter()
        .filter(|visit| visit.state == state::VERIFY_REMOVAL)
        .flat_map(|visit| &visit.tries)
        .filter_map(|one| {
            let answer: serde_json::Value = serde_json::from_str(one.output.as_deref()?).ok()?;
            let payload = &answer["Payload"];
            let usage: Usage = serde_json::from_value(payload["usage"].clone()).ok()?;
            let task = payload["task_arn"].as_str()?.to_owned();
            (!task.is_empty() && usage.cpu > 0).then_some((task, usage))
        })
        .collect()
}

/// ARNs of all tasks that it started.
fn tasks(timeline: &Timeline) -> BTreeSet<String> {
    timeline
        .visits
        .iter()
        .flat_map(|visit| &visit.tries)
        .filter_map(|one| {
            let answer: serde_json::Value = serde_json::from_str(one.submitted.as_deref()?).ok()?;
            Some(answer["Tasks"][0]["TaskArn"].as_str()?.to_owned())
        })
        .collect()
}

/// What AWS bills: each entry of a state, each retry, and the end.
fn transitions(timeline: &Timeline) -> u32 {
    let visits: usize = timeline
        .visits
        .iter()
        .map(|visit| visit.tries.len().max(1))
        .sum();
    let ends = timeline
        .attempts
        .iter()
        .filter(|attempt| attempt.end != End::Running)
        .count();
    u32::try_from(visits + ends).unwrap_or(u32::MAX)
}

fn price(usage: &Usage, region: &str) -> Option<prices::Job> {
    let architecture = if usage.architecture.eq_ignore_ascii_case("arm64") {
        Architecture::Arm
    } else {
        Architecture::X86
    };
    let capacity = if usage.capacity == "spot" {
        Capacity::Spot
    } else {
        Capacity::OnDemand
    };
    let size = Size {
        cpu: usage.cpu,
        memory_mib: usage.memory_mib,
        storage_gib: usage.storage_gib,
    };
    prices::job_in(region, size, architecture, capacity, usage.billed_seconds)
}

/// The last task's size in one line.
fn last_size(timeline: &Timeline) -> Option<String> {
    let (_, usage) = verifications(timeline).pop()?;
    let mut words = vec![
        format!("{} vCPU", f64::from(usage.cpu) / 1024.0),
        format!("{} GB", f64::from(usage.memory_mib) / 1024.0),
    ];
    if usage.storage_gib > 20 {
        words.push(format!("{} GiB disk", usage.storage_gib));
    }
    words.extend(
        [usage.architecture, usage.capacity]
            .into_iter()
            .filter(|word| !word.is_empty()),
    );
    Some(words.join(", "))
}

#[cfg(test)]
mod tests;
