//! The definition as people read it: a graph and a table, for
//! `statemachine/README.md`.
//!
//! Both are made from the definition, so that neither can lag behind it.

use crate::definition::{arrows, list, names, reachable};
use serde_json::Value;
use std::fmt::Write as _;

/// A Mermaid flow chart; failures' arrows are dotted.
pub fn graph(definition: &Value) -> String {
    let mut text = String::from("```mermaid\nflowchart TD\n");
    let start = definition["StartAt"].as_str().unwrap_or_default();
    let _ = writeln!(text, "    start(( )) --> {start}");
    for name in reachable(definition) {
        let state = &definition["States"][name];
        let kind = state["Type"].as_str().unwrap_or_default();
        let shape = match kind {
            "Choice" => format!("{name}{{{name}}}"),
            "Wait" => format!("{name}[/{name}/]"),
            "Succeed" => format!("{name}([{name}])"),
            _ => format!("{name}[{name}]"),
        };
        let _ = writeln!(text, "    {shape}");
        let mut drawn = Vec::new();
        for (label, to) in arrows(state) {
            let failure = label.contains("States.");
            let line = match (failure, label.is_empty()) {
                (true, _) => format!("    {name} -. any other error .-> {to}"),
                (false, true) => format!("    {name} --> {to}"),
                (false, false) => format!("    {name} -- \"{label}\" --> {to}"),
            };
            if !drawn.contains(&line) {
                let _ = writeln!(text, "{line}");
                drawn.push(line);
            }
        }
    }
    text.push_str("```\n");
    text
}

/// One row a state: kind, what it calls, retries, where errors lead, next.
pub fn table(definition: &Value) -> String {
    let mut text = String::from(
        "| state | kind | retried | caught | next |\n| --- | --- | --- | --- | --- |\n",
    );
    for name in reachable(definition) {
        let state = &definition["States"][name];
        let kind = match state["Resource"].as_str() {
            Some("arn:aws:states:::lambda:invoke") => {
                let function = state["Arguments"]["FunctionName"]
                    .as_str()
                    .unwrap_or_default();
                format!(
                    "Lambda `{}`",
                    function
                        .trim_start_matches("${")
                        .trim_end_matches("FunctionArn}")
                )
            }
            Some(resource) => format!("`{}`", resource.trim_start_matches("arn:aws:states:::")),
            None => state["Type"].as_str().unwrap_or_default().to_owned(),
        };
        let retried: Vec<String> = list(state, "Retry").iter().map(retry).collect();
        let caught: Vec<String> = list(state, "Catch")
            .iter()
            .map(|catcher| {
                format!(
                    "{} → {}",
                    code(&names(&catcher["ErrorEquals"])),
                    catcher["Next"].as_str().unwrap_or_default()
                )
            })
            .collect();
        let next: Vec<String> = arrows(state)
            .into_iter()
            .take(list(state, "Choices").len() + 1)
            .filter(|_| state["Type"] != "Succeed")
            .map(|(label, to)| {
                if label.is_empty() {
                    to
                } else {
                    format!("{label} → {to}")
                }
            })
            .collect();
        let _ = writeln!(
            text,
            "| **{name}** | {kind} | {} | {} | {} |",
            retried.join("<br>"),
            caught.join("<br>"),
            next.join("<br>")
        );
    }
    text
}

/// One retrier in words, with the longest time its pauses add up to.
fn retry(retrier: &Value) -> String {
    let attempts = retrier["MaxAttempts"].as_f64().unwrap_or(3.0);
    let interval = retrier["IntervalSeconds"].as_f64().unwrap_or(1.0);
    let rate = retrier["BackoffRate"].as_f64().unwrap_or(2.0);
    let longest = retrier["MaxDelaySeconds"].as_f64().unwrap_or(f64::MAX);
    let mut total = 0.0;
    let mut pause = interval;
    let mut left = attempts;
    while left > 0.0 {
        total += f64::min(pause, longest);
        pause *= rate;
        left -= 1.0;
    }
    let jitter = if retrier["JitterStrategy"] == "FULL" {
        ", full jitter"
    } else {
        ""
    };
    format!(
        "{}: {attempts}×, up to {total} s{jitter}",
        code(&names(&retrier["ErrorEquals"]))
    )
}

/// Names set in code font.
fn code(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
