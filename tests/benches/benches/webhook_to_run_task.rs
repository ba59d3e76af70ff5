//! The demo's own path from webhook to RunTask, split by step, over real
//! processes. Prints milliseconds; `JOBS` sets how many jobs take it (30).

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use anyhow::Result;
use benches::path::{self, STEPS};
use benches::programs;
use jit_runners::stage::Settings;

#[tokio::main]
async fn main() -> Result<()> {
    let jobs = std::env::var("JOBS")
        .ok()
        .and_then(|text| text.parse().ok());
    let jobs = jobs.unwrap_or(30);
    if !programs::are_shipped() {
        println!("note: debug binaries; `cargo xtask bench` measures the shipped ones");
    }
    let path = path::measure(Settings::new(programs::binaries()?), jobs).await?;
    println!("webhook to RunTask, {jobs} jobs one after the other, milliseconds");
    println!(
        "  {:<38}{:>8} | {:>8} {:>8} {:>8}",
        "step", "cold", "min", "median", "max"
    );
    for ((step, cold), warm) in STEPS.iter().zip(path.cold).zip(&path.warm) {
        println!("  {step:<38}{cold:>8.2} | {warm}");
    }
    Ok(())
}
