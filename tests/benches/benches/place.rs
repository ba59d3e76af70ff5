//! The place as a server: executions a second of six states over the wire from eight
//! clients, in memory and with `--data`, the memory of executions that wait, an idle
//! place, its start, and a start from a full folder. `EXECUTIONS`, `WAITING`, `CLIENTS`
//! and `ROUNDS` set how much (20,000, 100,000, 8, 3).
//!
//! The command is the one in the folder `JIT_RUNNERS_RELEASE`. With `MOTO_SERVER`, the
//! path of moto's command, moto's server is asked to do the same in the same run.

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

use anyhow::{Context as _, Result};
use benches::place::{self, SIX_STATES, SIX_STATES_JSONPATH, Server};
use std::path::{Path, PathBuf};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder = std::env::var_os("JIT_RUNNERS_RELEASE");
    let folder = folder.context("JIT_RUNNERS_RELEASE names the folder of the command")?;
    let program = PathBuf::from(folder).join("jit-runners");
    let size = number("EXECUTIONS", 20_000);
    let clients = number("CLIENTS", 8);
    let rounds = number("ROUNDS", 3);
    for round in 1..=rounds {
        println!("round {round}");
        speed(&program, None, "in memory", clients, size).await?;
        let data = temporary()?;
        speed(&program, Some(&data), "with --data", clients, size).await?;
        std::fs::remove_dir_all(data)?;
    }
    idle(&program).await?;
    waiting(&program, number("WAITING", 100_000)).await?;
    if let Some(moto) = std::env::var_os("MOTO_SERVER") {
        moto_beside(Path::new(&moto), clients, size.min(200)).await;
    }
    Ok(())
}

async fn speed(
    program: &Path,
    data: Option<&Path>,
    what: &str,
    clients: usize,
    size: usize,
) -> Result<()> {
    let server = Server::place(program, data).await?;
    let machine = place::prepare(&server, SIX_STATES).await?;
    let rate = place::throughput(&server, &machine, clients, size).await?;
    println!("  {what}: {rate:.0} executions/s ({size}, {clients} clients)");
    server.end().await?;
    if data.is_some() {
        let again = Server::place(program, data).await?;
        let (ready, resident) = (again.ready, again.memory()?.resident / 1024);
        println!(
            "  ready again after a kill with these {size}: {ready:.0?}, {resident} MiB resident"
        );
        again.end().await?;
    }
    Ok(())
}

async fn idle(program: &Path) -> Result<()> {
    for kept in [false, true] {
        let data = temporary()?;
        let server = Server::place(program, kept.then_some(data.as_path())).await?;
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        println!(
            "idle{}: ready after {:.0?}, {:.1} MiB resident",
            if kept { ", --data" } else { "" },
            server.ready,
            server.memory()?.resident as f64 / 1024.0
        );
        server.end().await?;
        std::fs::remove_dir_all(data)?;
    }
    Ok(())
}

async fn waiting(program: &Path, size: usize) -> Result<()> {
    for kept in [false, true] {
        let data = temporary()?;
        let server = Server::place(program, kept.then_some(data.as_path())).await?;
        let bytes = place::waiting(&server, size).await?;
        println!(
            "{size} that wait{}: {:.1} kB each, {} MiB resident",
            if kept { ", --data" } else { "" },
            bytes / 1e3,
            server.memory()?.resident / 1024
        );
        server.end().await?;
        if kept {
            let again = Server::place(program, Some(&data)).await?;
            let resident = again.memory()?.resident / 1024;
            println!(
                "  ready again after a kill: {:.0?}, {resident} MiB",
                again.ready
            );
            again.end().await?;
        }
        std::fs::remove_dir_all(data)?;
    }
    Ok(())
}

/// Whatever moto cannot do is printed in its own words.
async fn moto_beside(program: &Path, clients: usize, size: usize) {
    for (what, definition) in [
        ("the same definition", SIX_STATES),
        ("the same states in JSONPath", SIX_STATES_JSONPATH),
    ] {
        let run = async {
            let server = Server::moto(program).await?;
            let (ready, resident) = (server.ready, server.memory()?.resident / 1024);
            println!("moto: ready after {ready:.0?}, {resident} MiB resident");
            let machine = place::prepare(&server, definition).await?;
            let rate = place::throughput(&server, &machine, clients, size).await?;
            println!("  {what}: {rate:.1} executions/s ({size}, {clients} clients)");
            server.end().await
        };
        if let Err(error) = run.await {
            println!("  {what}: {error:#}");
        }
    }
}

fn temporary() -> Result<PathBuf> {
    let name = format!("jit-runners-bench-{}-{}", std::process::id(), rand_part());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Another one each time.
fn rand_part() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn number(variable: &str, default: usize) -> usize {
    let text = std::env::var(variable).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}
