//! What the shipped `bootstrap` weighs: size, start to first poll, memory and
//! CPU of warm functions, each beside its target.
//!
//! `cargo xtask bench` builds the binary and runs this. `RUNS` and `CALLS` set
//! how often (20 starts, 1000 counted calls).

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use anyhow::Result;
use benches::artifact::Artifact;
use benches::warm::{Calls, Warm};
use benches::{exchange, first_poll, programs, warm};
use jit_runners::stage::Settings;

const HANDLERS: [&str; 5] = ["webhook", "size", "mint", "verify-removal", "escalate"];
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
        counted: number("CALLS", 1000),
    };
    let bare = exchange::bare(20_000)?;
    let functions = warm::measure(Settings::new(binaries), calls).await?;
    report(&functions, calls, bare);
    Ok(())
}

fn report(functions: &[Warm], calls: Calls, bare: f64) {
    println!(
        "\nwarm functions: memory after {} calls (target 12 MB), CPU over {} calls (target 0.5 ms for webhook; for mint besides the network)",
        calls.first, calls.counted
    );
    println!(
        "  {:<16}{:>12}{:>12}{:>10}{:>10}{:>12}{:>16}",
        "", "resident MB", "its own MB", "CPU ms", "user ms", "exchanges", "less bare ones"
    );
    for one in functions {
        let megabytes = |kib: u64| kib as f64 * 1024.0 / 1e6;
        println!(
            "  {:<16}{:>12.1}{:>12.1}{:>10.3}{:>10.3}{:>12}{:>16.3}",
            one.handler,
            megabytes(one.memory.resident),
            megabytes(one.memory.anonymous),
            one.cpu,
            one.cpu * one.user_share,
            one.exchanges,
            one.cpu - f64::from(one.exchanges) * bare,
        );
    }
    println!("  one bare exchange (write and read on loopback): {bare:.4} ms of CPU");
}

fn number(variable: &str, default: u32) -> u32 {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}
