//! `chaos`: seeded runs of the whole system, and a table of what became of the jobs.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table and the trace are for people"
)]

use anyhow::{Context as _, Result};
use chaos::check::Report;
use chaos::faults::Kind;
use chaos::{Run, matrix, table};
use clap::Parser;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Runs the whole system in virtual time, with faults of every kind
#[derive(Parser)]
#[command(name = "chaos")]
struct Arguments {
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds, one behind the other
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// Jobs a seed
    #[arg(long, default_value_t = 100)]
    jobs: usize,
    /// Write the trace of a single seed here
    #[arg(long)]
    trace: Option<PathBuf>,
    /// Only faults whose names contain this; may be repeated
    #[arg(long)]
    only: Vec<String>,
    /// No faults at all
    #[arg(long)]
    calm: bool,
    /// Instead of seeds, the rows of the matrix whose names contain this
    #[arg(long)]
    row: Option<String>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(name) = &arguments.row {
        return rows(name);
    }
    let kinds = kinds(&arguments);
    let next = AtomicU64::new(arguments.seed);
    let end = arguments.seed + arguments.seeds;
    let reports: Mutex<Vec<Report>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| -> Result<()> {
        let worker = || -> Result<()> {
            loop {
                let seed = next.fetch_add(1, Ordering::SeqCst);
                if seed >= end {
                    return Ok(());
                }
                let run = chaos::run(seed, arguments.jobs, &kinds)?;
                tell(&arguments, &run)?;
                let mut reports = reports.lock().unwrap_or_else(PoisonError::into_inner);
                reports.push(run.report);
            }
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        for thread in threads {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        Ok(())
    })?;
    let mut reports = reports.into_inner().unwrap_or_else(PoisonError::into_inner);
    reports.sort_by_key(|report| report.seed);
    println!("{}", table::table(&reports));
    Ok(match reports.iter().all(Report::is_clean) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// Plays the rows of that name in each of their modes, and says what became of them.
fn rows(name: &str) -> Result<ExitCode> {
    let (mut played, mut failed) = (0, 0);
    for row in matrix::rows() {
        if !row.name().contains(name) {
            continue;
        }
        for mode in row.modes {
            played += 1;
            let problem = matrix::play(&row, *mode)?.err();
            failed += usize::from(problem.is_some());
            let problem = problem.as_deref().unwrap_or("as it must");
            println!("{}, {mode}: {problem}", row.name());
        }
    }
    println!("{} of {played}", played - failed);
    Ok(match played > 0 && failed == 0 {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn kinds(arguments: &Arguments) -> Vec<Kind> {
    let usual = chaos::usual();
    if arguments.calm {
        return Vec::new();
    }
    if arguments.only.is_empty() {
        return usual;
    }
    let wanted = |kind: &Kind| {
        let mut only = arguments.only.iter();
        only.any(|only| kind.name().contains(only.as_str()))
    };
    Kind::ALL.iter().copied().filter(wanted).collect()
}

/// A failing seed at once, with the command that runs it again.
fn tell(arguments: &Arguments, run: &Run) -> Result<()> {
    if !run.report.is_clean() {
        let seed = run.report.seed;
        let mut text = String::new();
        for complaint in table::complaints(&run.report) {
            let _ = writeln!(text, "seed {seed}: {complaint}");
        }
        let jobs = arguments.jobs;
        let _ = write!(
            text,
            "Again: cargo xtask chaos --seed {seed} --jobs {jobs} --trace chaos-{seed}.txt"
        );
        eprintln!("{text}");
    }
    if let Some(path) = &arguments.trace {
        let lines: Vec<String> = run.trace.iter().map(ToString::to_string).collect();
        std::fs::write(path, lines.join("\n") + "\n")
            .with_context(|| format!("the trace cannot be written to {}", path.display()))?;
    }
    Ok(())
}
