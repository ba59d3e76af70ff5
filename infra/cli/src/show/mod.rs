//! One job's execution: where it stands, why it waits, what each state did, what
//! to do next.

mod drawn;
mod states;

pub(crate) use drawn::Drawn;

use crate::find::Found;
use crate::jobs;
use crate::output::plain;
use crate::span;
use observe::advice;
use observe::cost::Cost;
use observe::fleet::{Execution, Fleet};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Everything that is shown.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) execution: Execution,
    /// Other executions of the same job.
    pub(crate) found: Found,
    /// Pages about it.
    pub(crate) links: Links,
    /// The graph as text.
    pub(crate) graph: Option<String>,
    /// What it has cost, as far as that is known.
    pub(crate) cost: Option<Cost>,
}

/// Pages about an execution.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Links {
    /// The job at GitHub.
    pub(crate) github: Option<String>,
    /// The execution in AWS's console.
    pub(crate) aws: Option<String>,
    /// The execution in our own console.
    pub(crate) console: Option<String>,
}

impl Links {
    /// Those that there are; `console` is the address of our own.
    pub(crate) fn of(fleet: &Fleet, execution: &Execution, console: Option<&str>) -> Self {
        let row = &execution.row;
        let url = row.job().map(|job| job.url.clone());
        Self {
            github: url.filter(|url| !url.is_empty()),
            aws: fleet.aws_console(&row.arn),
            console: console.map(|console| {
                format!(
                    "{}/#/executions/{}",
                    console.trim_end_matches('/'),
                    row.name
                )
            }),
        }
    }
}

impl Shown {
    /// For programs: docs/cli.md says the shape.
    pub(crate) fn json(&self) -> Value {
        let of = &self.execution;
        let row = &of.row;
        let document = |text: &str| -> Value {
            let text = observe::history::without_keys(text);
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        };
        let error = row.details.as_ref().and_then(|of| of.error.as_deref());
        let others: Vec<&str> = self.found.others.iter().map(|row| &*row.name).collect();
        json!({
            "row": row,
            "version": of.version,
            "input": document(&of.input),
            "output": of.output.as_deref().map(document),
            "attempts": of.timeline.attempts,
            "visits": of.timeline.visits,
            "states": of.timeline.states(),
            "next": advice::next(&row.status, error),
            "same_job": others,
            "cost": self.cost,
            "links": self.links,
        })
    }

    /// For people.
    pub(crate) fn text(&self, width: Option<usize>, colour: bool) -> String {
        let mut text = self.header();
        if let Some(graph) = &self.graph {
            let _ = writeln!(text, "\n{}", graph.trim_end_matches('\n'));
        }
        text.push_str(&states::attempts(&self.execution.timeline, width, colour));
        text.push_str(&states::visits(&self.execution.timeline, width, colour));
        if !self.found.others.is_empty() {
            text.push_str("\nOther executions of this job\n");
            for row in &self.found.others {
                let outcome = row.details.as_ref().and_then(|of| of.outcome.as_deref());
                let _ = writeln!(
                    text,
                    "  {}  {}  {}",
                    plain(&row.name),
                    row.status,
                    plain(outcome.unwrap_or_default())
                );
            }
        }
        text
    }

    fn header(&self) -> String {
        let row = &self.execution.row;
        let details = row.details.clone().unwrap_or_default();
        let job = details.job.clone().unwrap_or_default();
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                let _ = writeln!(text, "{name:<11}{}", plain(value));
            }
        };
        line("Job", &format!("{} (id {})", job.name, job.id));
        line("Repository", &job.repository);
        line("Workflow", &job.workflow);
        line("Branch", &job.branch);
        line("Set off by", &job.sender);
        line("Labels", &job.labels.join(", "));
        let size = details.size.as_ref();
        line(
            "Size",
            &size
                .map(|size| {
                    let of = jobs::size(size);
                    let architecture = size.architecture.to_lowercase();
                    format!("{of}, {} GiB of storage, {architecture}", size.storage_gib)
                        .trim_end_matches(", ")
                        .to_owned()
                })
                .unwrap_or_default(),
        );
        line("Runner", details.runner.as_deref().unwrap_or_default());
        line("Task", details.task.as_deref().unwrap_or_default());
        line(
            "Task is",
            details.task_status.as_deref().unwrap_or_default(),
        );
        if let Some(billed) = details.billed_seconds {
            line("Billed", &format!("{billed} s"));
        }
        if let Some(calls) = details.github_calls {
            line("GitHub", &format!("{calls} calls"));
        }
        if let Some(waited) = details.queue_to_start_seconds {
            line("Waited", &format!("{waited} s from queued to started"));
        }
        if let Some(cost) = &self.cost {
            let so_far = if cost.unfinished { " so far" } else { "" };
            line(
                "Cost",
                &format!(
                    "{:.6} USD{so_far}, at list prices of {}",
                    cost.total_usd, cost.prices_of
                ),
            );
        }
        line("Execution", &row.name);
        line("Status", &status(row));
        line("State", details.state.as_deref().unwrap_or_default());
        line("Outcome", details.outcome.as_deref().unwrap_or_default());
        line("Detail", details.detail.as_deref().unwrap_or_default());
        line("Error", details.error.as_deref().unwrap_or_default());
        let error = details.error.as_deref().unwrap_or_default();
        let message = details.message.as_deref().unwrap_or_default();
        line("Message", &advice::reason(error, message));
        if let Some(waiting) = &details.waiting {
            line("Waits", &waiting.sentence);
            line("Since", &span::moment(waiting.since));
            if let Some(until) = waiting.until {
                line("Goes on", &span::moment(until));
            }
        }
        let next = advice::next(&row.status, details.error.as_deref());
        line("Next", next.unwrap_or_default());
        if next.is_some() && !details.redrivable {
            let why = details.not_redrivable_because.as_deref();
            line("No redrive", why.unwrap_or("AWS refuses one."));
        }
        for (name, link) in [
            ("GitHub", &self.links.github),
            ("AWS", &self.links.aws),
            ("Console", &self.links.console),
        ] {
            line(name, link.as_deref().unwrap_or_default());
        }
        text
    }
}

fn status(row: &observe::row::Row) -> String {
    let started = span::moment(row.started);
    let redriven = match (row.redrive_count, row.redriven) {
        (0, _) => String::new(),
        (count, Some(at)) => format!(", redriven {count}×, last at {}", span::moment(at)),
        (count, None) => format!(", redriven {count}×"),
    };
    match row.stopped {
        Some(stopped) if !row.running() => format!(
            "{}, {started} to {}{redriven}",
            row.status,
            span::moment(stopped)
        ),
        _ => format!("{}, since {started}{redriven}", row.status),
    }
}
