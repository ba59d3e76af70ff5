//! A report as a table for people.

use crate::check::{Fate, Report};
use crate::faults::Kind;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The table of one run or of several together.
pub fn table(reports: &[Report]) -> String {
    let mut text = String::new();
    let jobs: u64 = reports.iter().map(|report| report.jobs).sum();
    let seeds = match reports {
        [one] => format!("seed {}", one.seed),
        many => format!("{} seeds", many.len()),
    };
    let hours: f64 = reports
        .iter()
        .map(|report| report.lasted.as_secs_f64() / 3600.0)
        .sum();
    let _ = writeln!(text, "{seeds}, {jobs} jobs in {hours:.1} virtual hours\n");
    let _ = writeln!(text, "{:<36}{:>8}", "faults injected", "times");
    let mut faults: BTreeMap<Kind, u64> = BTreeMap::new();
    for (kind, times) in reports.iter().flat_map(|report| &report.faults) {
        *faults.entry(*kind).or_default() += times;
    }
    for (kind, times) in &faults {
        let _ = writeln!(text, "  {kind:<34}{times:>8}");
    }
    let _ = writeln!(text, "\n{:<36}{:>8}", "jobs", jobs);
    // None lost is a figure, too.
    let mut fates: BTreeMap<Fate, u64> = Fate::ALL.map(|fate| (fate, 0)).into();
    for (fate, count) in reports.iter().flat_map(|report| &report.fates) {
        *fates.entry(*fate).or_default() += count;
    }
    for (fate, count) in &fates {
        let _ = writeln!(text, "  {fate:<34}{count:>8}");
    }
    for (name, of) in lists(reports) {
        let _ = writeln!(text, "  {name:<34}{:>8}", of.len());
    }
    let _ = writeln!(text, "\n{:<36}", "leftovers");
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, what) in reports.iter().flat_map(|report| &report.leftovers) {
        *left.entry(kind).or_default() += what.len();
    }
    for (kind, count) in &left {
        let _ = writeln!(text, "  {kind:<34}{count:>8}");
    }
    let calls: u64 = reports.iter().map(|report| report.calls).sum();
    let budget: u64 = reports.iter().map(Report::budget).sum();
    let each = |calls: u64| calls as f64 / jobs.max(1) as f64;
    let _ = writeln!(
        text,
        "\nGitHub calls per job {:.2}, budget {:.2}",
        each(calls),
        each(budget)
    );
    let upkeep: u64 = reports.iter().map(|report| report.upkeep).sum();
    let _ = writeln!(
        text,
        "GitHub calls of reconcile, per hour {:.1}",
        upkeep as f64 / hours.max(1.0)
    );
    text
}

fn lists(reports: &[Report]) -> [(&'static str, Vec<&String>); 2] {
    let of = |pick: fn(&Report) -> &Vec<String>| reports.iter().flat_map(pick).collect();
    [
        ("doubled", of(|report| &report.doubled)),
        ("killed by us while running", of(|report| &report.killed)),
    ]
}

/// What is wrong with a run, a line each.
pub fn complaints(report: &Report) -> Vec<String> {
    let mut all = Vec::new();
    for (what, of) in [
        ("lost", &report.lost),
        ("doubled", &report.doubled),
        ("killed", &report.killed),
    ] {
        all.extend(of.iter().map(|one| format!("{what}: {one}")));
    }
    for (kind, of) in &report.leftovers {
        all.extend(of.iter().map(|one| format!("left, {kind}: {one}")));
    }
    if report.calls > report.budget() {
        let (calls, budget) = (report.calls, report.budget());
        all.push(format!("GitHub calls: {calls}, more than {budget}"));
    }
    if report.upkeep > report.upkeep_budget() {
        let (calls, budget) = (report.upkeep, report.upkeep_budget());
        all.push(format!("calls of reconcile: {calls}, more than {budget}"));
    }
    all
}
