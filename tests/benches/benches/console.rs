//! The console's page before 10,000 executions: how long the list takes to open
//! in a real browser, and what the page weighs. `EXECUTIONS` and `TIMES` set how
//! many there are and how often the list is opened (10,000, 10).

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use anyhow::Result;
use benches::console;

#[tokio::main]
async fn main() -> Result<()> {
    let size = number("EXECUTIONS", 10_000);
    let times = number("TIMES", 10);
    let Some(weight) = console::measure(size, times).await? else {
        return Ok(());
    };
    println!("the console before {size} executions: the list opens in milliseconds (target 1000)");
    println!("  {:<34}{:>8.0}", "for the first visitor", weight.first);
    println!(
        "  {:<34}{}   (min, median, max of {times})",
        "while details are read", weight.during
    );
    println!(
        "  {:<34}{}",
        format!("when {} are read", weight.read),
        weight.after
    );
    println!("  {:<34}{:>8.0}", "a search", weight.search);
    println!("memory at most, MB (target 200)");
    println!(
        "  {:<34}{:>8.1}",
        "renderer process, resident",
        weight.resident / 1e6
    );
    println!(
        "  {:<34}{:>8.1}",
        "of which its own",
        weight.anonymous / 1e6
    );
    println!("  {:<34}{:>8.1}", "JavaScript heap", weight.heap / 1e6);
    Ok(())
}

fn number(variable: &str, default: usize) -> usize {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}
