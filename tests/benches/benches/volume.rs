//! A place with 10,000 executions: what reading them takes and what memory they
//! keep. `EXECUTIONS` and `TIMES` set how many there are and how often each is
//! read (10,000, 20).

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use anyhow::Result;
use benches::volume;

#[tokio::main]
async fn main() -> Result<()> {
    let size = number("EXECUTIONS", 10_000);
    let times = number("TIMES", 20);
    let volume = volume::measure(size, times).await?;
    println!(
        "{size} executions: there in {:.2} s, {:.1} kB of memory each",
        volume.filled,
        volume.bytes / 1e3
    );
    println!("reads, {times} times each, milliseconds");
    println!(
        "  {:<34}called:{:>20}     over HTTP:{:>18}",
        "", "min   median      max", "min   median      max"
    );
    for read in &volume.reads {
        println!("  {:<34}{}    {}", read.what, read.called, read.over_http);
    }
    Ok(())
}

fn number(variable: &str, default: usize) -> usize {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}
