//! What the shipped `bootstrap` weighs: size, start to first poll, memory and
//! CPU of warm functions, each beside its target.
//!
//! `cargo xtask bench` builds the binary and runs this. `RUNS` and `BATCHES` set
//! how often (20 starts, 10 batches of 200 calls).

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use anyhow::Result;
use benches::artifact::Artifact;
use benches::warm::{Calls, Warm};
use benches::{first_poll, programs, warm};
use jit_runners::stage::Settings;

const HANDLERS: [&str; 6] = [
    "webhook",
    "size",
    "mint",
    "verify-removal",
    "escalate",
    "reconcile",
];
const MIB: f64 = 1024.0 * 1024.0;

#[tokio::main]
async fn main() -> Result<()> {
    let binaries = programs::binaries()?;
    let binary = binaries.bootstrap.clone();
    if !programs::are_shipped() {
        println!("note: the debug binary; `cargo xtask bench` measures the shipped one");
    }
    let size = Artifact::of(&binary)?;
    println!("bootstrap: {:.2} MiB", size.plain as f64 / MIB);
    println!("zipped: {:.2} MiB (target 5)", size.zipped as f64 / MIB);

    let runs = number("RUNS", 20);
    println!("\nstart to first poll, {runs} starts, milliseconds (target 10)");
    println!(
        "  {:<16}{:>26}   CPU:{:>26}",
        "", "min   median      max", "min   median      max"
    );
    for handler in HANDLERS {
        let starts = first_poll::measure(&binary, handler, runs)?;
        println!("  {handler:<16}{}       {}", starts.elapsed, starts.cpu);
    }

    let calls = Calls {
        first: 200,
        batches: number("BATCHES", 10),
        batch: 200,
    };
    report(&warm::measure(Settings::new(binaries), calls).await?, calls);
    Ok(())
}

fn report(functions: &[Warm], calls: Calls) {
    println!(
        "\nwarm functions: memory after {} calls (target 12 MB); CPU of one call by batches of {}, milliseconds (target 0.5 for webhook; what mint takes besides the network is the bench mint's figure)",
        calls.first, calls.batch
    );
    println!(
        "  {:<16}{:>12}{:>12}   CPU:{:>26}{:>10}",
        "", "resident MB", "its own MB", "min   median      max", "user"
    );
    for one in functions {
        let megabytes = |kib: u64| kib as f64 * 1024.0 / 1e6;
        println!(
            "  {:<16}{:>12.1}{:>12.1}       {}{:>10.2}",
            one.handler,
            megabytes(one.memory.resident),
            megabytes(one.memory.anonymous),
            one.cpu,
            one.cpu.median * one.user_share,
        );
    }
}

fn number(variable: &str, default: u32) -> u32 {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}
