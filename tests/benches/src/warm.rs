//! CPU and memory of warm functions: `bootstrap` as processes between the local
//! place and GitHub's emulator, which both run in this process and so count for
//! nothing.
//!
//! Each function is called alone, one event at a time, through the place's
//! Lambda. Memory is read after [`Calls::first`] calls, CPU over the
//! [`Calls::counted`] that follow. Mints are followed by the verification that
//! removes their runner, so that nothing piles up at GitHub.

use crate::payload;
use crate::process::{Cpu, Memory, of_handler};
use anyhow::{Context as _, Result, anyhow, ensure};
use github_emulator::Job;
use jit_runners::fleet::CLAIMS;
use jit_runners::stage::{REPOSITORY, Settings, Stage};
use serde_json::{Value, json};
use support::workflows;

/// How many calls.
#[derive(Debug, Clone, Copy)]
pub struct Calls {
    /// Before memory is read.
    pub first: u32,
    /// Over which CPU is counted.
    pub counted: u32,
}

/// One function's figures.
#[derive(Debug, Clone, Copy)]
pub struct Warm {
    /// `_HANDLER`.
    pub handler: &'static str,
    /// HTTP exchanges of one call: two with the runtime, the others with AWS and GitHub.
    pub exchanges: u32,
    /// After the first calls.
    pub memory: Memory,
    /// CPU of one call, milliseconds.
    pub cpu: f64,
    /// The share of it in user mode, as the kernel sampled it.
    pub user_share: f64,
}

const OWNER: &str = "arn:aws:states:us-east-1:123456789012:execution:jit-runners:11111111-2222-3333-4444-555555555555";

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
    let mut meters = vec![
        Meter::new("webhook", 3),
        Meter::new("size", 2),
        // Renew, read the job, begin the try, register, hand over, write the runner down.
        Meter::new("mint", 8),
        // Read the claim, delete item and registration, read the job, clear the claim.
        Meter::new("verify-removal", 7),
        Meter::new("escalate", 2),
    ];
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
    let job = stage
        .github
        .jobs_of(run)
        .into_iter()
        .next()
        .context("a run has a job")?;
    let delivery = payload::queued()
        .await?
        .replacen("\"queued\"", "\"in_progress\"", 1);
    let delivery = payload::function_url_event(&secret, &delivery);
    for number in 0..calls.first + calls.counted {
        if number == calls.first {
            for meter in &mut meters {
                meter.begin(stage)?;
            }
        }
        let answer = call(stage, "webhook", &delivery).await?;
        ensure!(answer["statusCode"] == 202, "the webhook answered {answer}");
        let answer = call(stage, "size", &size_input(&job)).await?;
        ensure!(answer["decision"] == "accepted", "Size answered {answer}");
        mint_and_verify(stage, &job, number).await?;
        let again = json!({"version": 1, "redrive_count": 1, "failed_at_redrive": 0, "failure": {"name": "TriesExhausted"}});
        let answer = call(stage, "escalate", &again).await?;
        ensure!(
            answer["outcome"] == "start_over",
            "Escalate answered {answer}"
        );
    }
    meters
        .iter()
        .map(|meter| meter.end(calls.counted))
        .collect()
}

async fn mint_and_verify(stage: &Stage, job: &Job, number: u32) -> Result<()> {
    let claim = json!({"pk": format!("job#{}#{number}", job.id), "owner": OWNER});
    let item = json!({
        "pk": {"S": claim["pk"]}, "owner": {"S": OWNER}, "state": {"S": "active"},
        "seq": {"N": number.to_string()}, "wakes": {"N": "0"}, "expires_at": {"N": "4000000000"},
    });
    stage
        .place
        .dynamodb()
        .call("PutItem", json!({"TableName": CLAIMS, "Item": item}))
        .map_err(|error| anyhow!("{}", error.message))?;
    let input = json!({
        "version": 1, "job": job_of(job), "claim": claim,
        "limits": {"start_seconds": 600, "idle_seconds": 600, "total_seconds": 23400},
    });
    let answer = call(stage, "mint", &input).await?;
    ensure!(answer["outcome"] == "minted", "Mint answered {answer}");
    let mut input = input;
    input["capacity"] = json!("on_demand");
    input["execution_arn"] = json!(OWNER);
    let task = json!({
        "TaskArn": "arn:aws:ecs:us-east-1:123456789012:task/jit-runners/1", "LastStatus": "STOPPED",
        "StopCode": "EssentialContainerExited", "Containers": [{"Name": "runner", "ExitCode": 82}],
    });
    input["run"] = json!({"error": "", "cause": task.to_string()});
    let answer = call(stage, "verify-removal", &input).await?;
    ensure!(
        answer["runner_removed"] == true,
        "VerifyRemoval answered {answer}"
    );
    Ok(())
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

fn size_input(job: &Job) -> Value {
    json!({"version": 1, "detail": {
        "action": "queued", "version": 1,
        "workflow_job": {"id": job.id, "run_id": job.run_id, "run_attempt": 1, "labels": job.labels},
        "repository": {"full_name": format!("foo-organisation/{REPOSITORY}"), "private": true, "owner": {"login": "foo-organisation"}},
    }})
}

fn job_of(job: &Job) -> Value {
    json!({
        "id": job.id, "run_id": job.run_id, "run_attempt": 1, "owner": "foo-organisation",
        "repository": format!("foo-organisation/{REPOSITORY}"), "labels": job.labels,
        "name": job.name, "workflow_name": job.workflow_name,
    })
}

/// One function's account.
struct Meter {
    handler: &'static str,
    exchanges: u32,
    begun: Option<(i32, Memory, Cpu)>,
}

impl Meter {
    fn new(handler: &'static str, exchanges: u32) -> Self {
        Self {
            handler,
            exchanges,
            begun: None,
        }
    }

    fn begin(&mut self, stage: &Stage) -> Result<()> {
        let process = of_handler(&stage.place.lambda().process_ids(), self.handler)?;
        self.begun = Some((process, Memory::of(process)?, Cpu::of(process)?));
        Ok(())
    }

    fn end(&self, counted: u32) -> Result<Warm> {
        let (process, memory, before) = self.begun.context("the calls were begun")?;
        let after = Cpu::of(process)?;
        Ok(Warm {
            handler: self.handler,
            exchanges: self.exchanges,
            memory,
            cpu: after.milliseconds_since(&before) / f64::from(counted),
            user_share: after.user_share_since(&before),
        })
    }
}
