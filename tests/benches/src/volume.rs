//! A place with thousands of executions: what its reads take, and what memory
//! an ended execution keeps.
//!
//! Calls are measured twice: as the service answers them, and over HTTP with the
//! answer read to its end. Memory is this process's own (`RssAnon`), in which the
//! place runs.

use crate::process::Memory;
use crate::spread::Spread;
use anyhow::{Context as _, Result, ensure};
use local::{Place, Settings};
use serde_json::{Value, json};
use std::time::Instant;
use support::crowd::{Crowd, Member};

/// What was measured of one crowd.
#[derive(Debug, Clone)]
pub struct Volume {
    /// Seconds until all executions were there.
    pub filled: f64,
    /// Bytes that one execution adds to the process.
    pub bytes: f64,
    /// The reads, by what they are.
    pub reads: Vec<Read>,
}

/// One read, milliseconds.
#[derive(Debug, Clone)]
pub struct Read {
    /// What is read.
    pub what: &'static str,
    /// Without the wire.
    pub called: Spread,
    /// Over HTTP.
    pub over_http: Spread,
}

/// Fills a place with `size` executions, of which one in a hundred failed and
/// five in a hundred run, and reads each thing `times` times.
///
/// # Errors
/// The place does not start, or answers other than the crowd is.
pub async fn measure(size: usize, times: usize) -> Result<Volume> {
    let place = Place::start(Settings::default()).await?;
    let crowd = Crowd {
        failed: 0.01,
        running: 0.05,
        ..Crowd::of(size)
    };
    let own = i32::try_from(std::process::id())?;
    let before = Memory::of(own)?.anonymous;
    let began = Instant::now();
    let members = crowd.fill(&place).await;
    let filled = began.elapsed().as_secs_f64();
    let told = members
        .iter()
        .map(|one| size_of_val(one) + one.arn.len() + 60);
    let told: usize = told.sum();
    let grown = (Memory::of(own)?.anonymous - before) * 1024;
    let bytes = (grown as f64 - told as f64) / size as f64;
    let reads = reads(&place, &members, times).await?;
    place.shutdown().await;
    Ok(Volume {
        filled,
        bytes,
        reads,
    })
}

async fn reads(place: &Place, members: &[Member], times: usize) -> Result<Vec<Read>> {
    let machine = crowd_machine(members)?;
    let failed = members.iter().filter(|one| one.status == "FAILED").count();
    let last = members.last().context("a crowd has members")?.arn.clone();
    let list = |page: usize| json!({"stateMachineArn": machine, "maxResults": page});
    let with = |mut input: Value, name: &str, value: Value| {
        input[name] = value;
        input
    };
    let filtered = |page| with(list(page), "statusFilter", json!("FAILED"));
    let history = json!({"executionArn": last});
    let all = members.len();
    let cases = [
        (
            "list: first page of 100",
            list(100),
            Some(100),
            100.min(all),
        ),
        (
            "list: first page of 1000",
            list(1000),
            Some(1000),
            1000.min(all),
        ),
        ("list: all, by 1000", list(1000), None, all),
        (
            "list: FAILED, first page of 100",
            filtered(100),
            Some(100),
            failed.min(100),
        ),
        ("list: FAILED, all, by 1000", filtered(1000), None, failed),
        ("describe", history.clone(), Some(1), 1),
        ("history", history.clone(), Some(1000), 0),
        (
            "history: the last event",
            with(
                with(history, "reverseOrder", json!(true)),
                "maxResults",
                json!(1),
            ),
            Some(1),
            1,
        ),
    ];
    let mut reads = Vec::new();
    for (what, input, page, wanted) in cases {
        let operation = match what {
            "describe" => "DescribeExecution",
            history if history.starts_with("history") => "GetExecutionHistory",
            _ => "ListExecutions",
        };
        let (mut called, mut over_http) = (Vec::new(), Vec::new());
        for _ in 0..times {
            let began = Instant::now();
            let seen = pages(input.clone(), page, async |input| {
                place
                    .step_functions()
                    .call(operation, input)
                    .map_err(|error| anyhow::anyhow!("{error}"))
            })
            .await?;
            called.push(began.elapsed().as_secs_f64() * 1e3);
            ensure!(
                wanted == 0 || seen == wanted,
                "{what}: {seen}, not {wanted}"
            );
            over_http.push(http(place, operation, input.clone(), page).await?);
        }
        reads.push(Read {
            what,
            called: Spread::of(called).context("read once at least")?,
            over_http: Spread::of(over_http).context("read once at least")?,
        });
    }
    Ok(reads)
}

/// Reads one page, or all where no number is given; how many items there were.
async fn pages(
    mut input: Value,
    page: Option<usize>,
    call: impl AsyncFn(Value) -> Result<Value>,
) -> Result<usize> {
    let mut seen = 0;
    loop {
        let answer = call(input.clone()).await?;
        let items = answer["executions"]
            .as_array()
            .or(answer["events"].as_array());
        seen += items.map_or(1, Vec::len);
        match answer.get("nextToken") {
            Some(next) if page.is_none() => input["nextToken"] = next.clone(),
            _ => return Ok(seen),
        }
    }
}

/// The same over HTTP: only what comes before the parsing counts.
async fn http(place: &Place, operation: &str, input: Value, page: Option<usize>) -> Result<f64> {
    let client = reqwest::Client::new();
    let taken = std::cell::Cell::new(0.0);
    let read = async |input: Value| {
        let request = client
            .post(place.endpoint())
            .header("x-amz-target", format!("AWSStepFunctions.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .body(input.to_string());
        let began = Instant::now();
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        taken.set(taken.get() + began.elapsed().as_secs_f64() * 1e3);
        Ok(serde_json::from_slice(&answer)?)
    };
    pages(input, page, read).await?;
    Ok(taken.get())
}

/// The ARN of the machine that the crowd was started by.
fn crowd_machine(members: &[Member]) -> Result<String> {
    let arn = &members.first().context("a crowd has members")?.arn;
    let (machine, _) = arn.rsplit_once(':').context("an ARN has parts")?;
    Ok(machine.replace(":execution:", ":stateMachine:"))
}
