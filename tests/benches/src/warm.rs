//! CPU and memory of warm functions: `bootstrap` as processes between the local
//! place and GitHub's emulator, which both run in this process and so count for
//! nothing.
//!
//! Each function is called alone, one event at a time, through the place's
//! Lambda. Memory is read after [`Calls::first`] calls, CPU over the batches
//! that follow. The verifications remove the runners that the mints left.

use crate::process::{Cpu, Memory, of_handler};
use crate::spread::Spread;
use crate::{events, payload};
use anyhow::{Context as _, Result, anyhow, ensure};
use jit_runners::fleet::CLAIMS;
use jit_runners::stage::{REPOSITORY, Settings, Stage};
use serde_json::{Value, json};
use support::workflows;

/// How many calls.
#[derive(Debug, Clone, Copy)]
pub struct Calls {
    /// Before memory is read.
    pub first: u32,
    /// How many batches follow, over each of which CPU is counted.
    pub batches: u32,
    /// Calls of a batch.
    pub batch: u32,
}

impl Calls {
    fn all(self) -> u32 {
        self.first + self.batches * self.batch
    }
}

/// One function's figures.
#[derive(Debug, Clone, Copy)]
pub struct Warm {
    /// `_HANDLER`.
    pub handler: &'static str,
    /// After the first calls.
    pub memory: Memory,
    /// CPU of one call, milliseconds, by batch.
    pub cpu: Spread,
    /// The share of it in user mode, as the kernel sampled it.
    pub user_share: f64,
}

/// Measures all five functions.
///
/// # Errors
/// The stage does not start, or a call does not end as it should.
pub async fn measure(settings: Settings, calls: Calls) -> Result<Vec<Warm>> {
    let stage = Stage::start(settings).await?;
    let figures = functions(&stage, calls).await;
    stage.shutdown().await;
    figures
}

async fn functions(stage: &Stage, calls: Calls) -> Result<Vec<Warm>> {
    // The mint's job must stay queued: its own delivery reaches nobody.
    let secret = stage.webhook_secret.clone();
    stage
        .github
        .set_webhook("http://127.0.0.1:1/", secret.clone());
    let workflow = workflows::one("true");
    let run = stage
        .github
        .commit_workflow(REPOSITORY, ".github/workflows/w.yml", &workflow)
        .map_err(|error| anyhow!("{error}"))?;
    let job = stage.github.jobs_of(run).into_iter().next();
    let job = job.context("a run has a job")?;

    let body = payload::queued().await?;
    // No rule matches this action, so no execution is started.
    let body = body.replacen("\"queued\"", "\"in_progress\"", 1);
    let delivery = payload::function_url_event(&secret, &body);
    let detail = events::size_input(&job);
    let mut figures = vec![
        repeat(stage, "webhook", calls, |_| delivery.clone(), "/statusCode").await?,
        repeat(stage, "size", calls, |_| detail.clone(), "/decision").await?,
    ];
    for number in 0..calls.all() {
        let item = json!({"TableName": CLAIMS, "Item": events::claim(&job, number)});
        let put = stage.place.dynamodb().call("PutItem", item);
        put.map_err(|error| anyhow!("{}", error.message))?;
    }
    let mint = |number| events::mint_input(&job, number);
    figures.push(repeat(stage, "mint", calls, mint, "/outcome").await?);
    let verify = |number| events::verify_input(&job, number);
    figures.push(repeat(stage, "verify-removal", calls, verify, "/runner_removed").await?);
    let again = events::escalate_input();
    figures.push(repeat(stage, "escalate", calls, |_| again.clone(), "/outcome").await?);
    Ok(figures)
}

/// Calls one function over and over. The answer must hold at `field` what it
/// holds when all went well.
async fn repeat(
    stage: &Stage,
    handler: &'static str,
    calls: Calls,
    event: impl Fn(u32) -> Value,
    field: &str,
) -> Result<Warm> {
    let good = json!([202, "accepted", "minted", true, "start_over"]);
    let mut numbers = 0..;
    let mut call_often = async |times: u32| -> Result<()> {
        for number in numbers.by_ref().take(times as usize) {
            let answer = call(stage, handler, &event(number)).await?;
            let found = answer.pointer(field).unwrap_or(&Value::Null);
            let is_good = good.as_array().is_some_and(|good| good.contains(found));
            ensure!(is_good, "{handler} answered {answer}");
        }
        Ok(())
    };
    call_often(calls.first).await?;
    let process = of_handler(&stage.place.lambda().process_ids(), handler)?;
    let memory = Memory::of(process)?;
    let begun = Cpu::of(process)?;
    let mut batches = Vec::new();
    for _ in 0..calls.batches {
        let before = Cpu::of(process)?;
        call_often(calls.batch).await?;
        let used = Cpu::of(process)?.milliseconds_since(&before);
        batches.push(used / f64::from(calls.batch));
    }
    Ok(Warm {
        handler,
        memory,
        cpu: Spread::of(batches).context("at least one batch")?,
        user_share: Cpu::of(process)?.user_share_since(&begun),
    })
}

async fn call(stage: &Stage, handler: &str, event: &Value) -> Result<Value> {
    let invocation = stage
        .place
        .lambda()
        .invoke(&format!("jit-runners-{handler}"), event.to_string().into())
        .await
        .map_err(|error| anyhow!("{}", error.message))?;
    let answer = invocation
        .result
        .map_err(|error| anyhow!("{handler} failed: {error:?}"))?;
    Ok(serde_json::from_slice(&answer)?)
}
