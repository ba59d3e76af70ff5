//! A synthetic event: a signed delivery about a job that does not exist, which
//! proves webhook, signature, bus, rule, Size, Claim, the App's sign-in at
//! GitHub and Release. It never starts a task, so it costs less than a cent.

use super::Options;
use super::deployment::Deployment;
use super::live::Live;
use crate::evidence::{Check, Execution, arns_since, execution as read_execution};
use anyhow::{Context as _, Result, anyhow, bail};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;
use github::{Delivery, GitHubError, Hook};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How far this machine's clock and AWS's may be apart.
const CLOCKS: TimeDelta = TimeDelta::minutes(2);
/// The webhook's answer to what it passed on, and to a forged signature.
const ACCEPTED: u16 = 202;
const FORGED: u16 = 401;

/// How the event gets to the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Signed, to the webhook's function URL.
    FunctionUrl,
    /// Signed, to this address.
    Webhook(String),
    /// Trimmed, straight on the bus: the webhook is left out.
    EventBus,
}

/// A synthetic event about no job.
#[derive(Debug, Clone)]
pub struct Synthetic {
    /// How it gets there.
    pub by: By,
    /// `owner/name` of a repository of the installation.
    pub repository: String,
}

impl Synthetic {
    /// Sends it twice, once forged where it is signed, and looks at what comes.
    pub(super) async fn observe(
        &self,
        options: &Options,
        deployment: &Deployment,
        live: &Live,
    ) -> Result<Vec<Check>> {
        let Some((owner, name)) = self.repository.split_once('/') else {
            bail!(
                "{:?} is no repository: give it as owner/name",
                self.repository
            );
        };
        // GitHub's ids are far below: no job has this one.
        let job = 9_000_000_000_000_000 + u64::from(uuid::Uuid::new_v4().as_fields().0);
        let payload = payload(job, owner, name, &options.label);
        live.say(&format!("Sending an event about job {job}, which does not exist. No task is started; it costs less than a cent."));
        let since = Utc::now() - CLOCKS;
        let mut checks = Vec::new();
        match &self.by {
            By::EventBus => {
                for _ in 0..2 {
                    put(deployment, &payload).await?;
                }
            }
            By::FunctionUrl | By::Webhook(_) => {
                let url = match &self.by {
                    By::Webhook(url) => url.clone(),
                    _ => deployment.webhook_url().await?,
                };
                self.deliver(deployment, &url, &payload, &mut checks)
                    .await?;
            }
        }
        // What the webhook did not take will start nothing.
        let taken = checks
            .iter()
            .all(|check: &Check| check.id != "signed" || check.holds);
        let timeout = if taken {
            options.timeout
        } else {
            Duration::ZERO
        };
        let limits = (timeout, options.poll);
        let executions = ended(limits, deployment, job, since, live).await?;
        checks.extend(judge(deployment, job, &executions).await?);
        Ok(checks)
    }

    /// Three deliveries: forged, real, and the same again.
    async fn deliver(
        &self,
        deployment: &Deployment,
        url: &str,
        payload: &Value,
        checks: &mut Vec<Check>,
    ) -> Result<()> {
        let secret = deployment.webhook_key().await?;
        let forged = format!("{}{}", uuid::Uuid::new_v4(), uuid::Uuid::new_v4()).into();
        let hook = Hook::new(url, &Clock::system())
            .map_err(|sentence| anyhow!("the webhook's address cannot be used: {sentence}"))?;
        let delivery = Delivery {
            id: uuid::Uuid::new_v4().to_string(),
            event: "workflow_job",
            body: payload.to_string(),
        };
        let answered = |answer: Result<u16, GitHubError>| match answer {
            Ok(status) => (status, status.to_string()),
            Err(error) => (0, error.to_string()),
        };
        let (status, observed) = answered(hook.deliver(&delivery, &forged).await);
        checks.push(check(
            "forged",
            "a forged signature is refused with 401",
            status == FORGED,
            observed,
        ));
        let first = answered(hook.deliver(&delivery, &secret).await);
        let second = answered(hook.deliver(&delivery, &secret).await);
        checks.push(check(
            "signed",
            "a signed delivery is accepted with 202, and once more",
            first.0 == ACCEPTED && second.0 == ACCEPTED,
            format!("{}; {}", first.1, second.1),
        ));
        Ok(())
    }
}

/// What the execution about no job must show.
async fn judge(deployment: &Deployment, job: u64, executions: &[Execution]) -> Result<Vec<Check>> {
    let rule = deployment.rule().await?;
    let by_event = executions.iter().all(|one| one.event_id.is_some());
    let started = !executions.is_empty() && by_event && rule.is_ok();
    let states = |execution: &Execution| execution.states.join(" → ");
    let gone = executions.iter().find(|execution| {
        execution.states.iter().any(|state| state == "Mint")
            && execution.states.last().is_some_and(|state| state == "Done")
            && execution.status == "SUCCEEDED"
    });
    let tasks: usize = executions
        .iter()
        .map(|execution| execution.tasks.len())
        .sum();
    let runner = executions.iter().find_map(|one| one.runner_name.clone());
    let all_ended = executions.iter().all(|one| one.status == "SUCCEEDED");
    let claim = deployment
        .clients
        .tables
        .get_item()
        .table_name(deployment.names.claims_table())
        .key("pk", AttributeValue::S(format!("job#{job}#1")))
        .consistent_read(true)
        .send()
        .await
        .context("GetItem failed")?
        .item
        .is_some();
    Ok(vec![
        check(
            "synthetic-rule",
            "the rule matched and started an execution",
            started,
            match (&rule, executions.len()) {
                (Err(wrong), _) => wrong.clone(),
                (Ok(rule), count) => format!("{rule}, {count} executions"),
            },
        ),
        check(
            "job-gone",
            "GitHub said that the job is gone, and the execution ended as Done",
            gone.is_some(),
            match (gone, executions.first()) {
                (Some(one), _) => format!(
                    "{}, outcome {}",
                    states(one),
                    one.outcome.as_deref().unwrap_or("none")
                ),
                (None, Some(one)) => format!(
                    "{} {} {}",
                    one.status,
                    states(one),
                    one.error.as_deref().unwrap_or_default()
                ),
                (None, None) => "no execution".to_owned(),
            },
        ),
        check(
            "duplicate",
            "the second delivery ended by itself",
            executions.len() >= 2 && all_ended,
            format!(
                "{} executions, {}",
                executions.len(),
                if all_ended {
                    "all ended well"
                } else {
                    "not all ended well"
                }
            ),
        ),
        check(
            "no-task",
            "no runner was minted and no task started",
            !executions.is_empty() && tasks == 0 && runner.is_none(),
            format!(
                "{tasks} tasks, {}",
                runner.as_deref().unwrap_or("no runner")
            ),
        ),
        check(
            "claim-released",
            "the claim is gone",
            !claim && !executions.is_empty(),
            if claim { "still there" } else { "gone" }.to_owned(),
        ),
    ])
}

/// The executions about `job`: both, ended, or what there was in time.
async fn ended(
    (timeout, poll): (Duration, Duration),
    deployment: &Deployment,
    job: u64,
    since: DateTime<Utc>,
    live: &Live,
) -> Result<Vec<Execution>> {
    let began = Instant::now();
    let client = &deployment.clients.executions;
    let mut shown = String::new();
    loop {
        let mut ours = Vec::new();
        for arn in arns_since(client, &deployment.state_machine, Some(since)).await? {
            let execution = read_execution(client, &arn).await?;
            if execution.job_id == job {
                ours.push(execution);
            }
        }
        let line: Vec<String> = ours
            .iter()
            .map(|one| format!("{} {}", one.status, one.states.join(" → ")))
            .collect();
        let line = line.join("; ");
        if line != shown {
            live.say(&line);
            shown = line;
        }
        let over = ours.len() >= 2 && ours.iter().all(|one| one.status != "RUNNING");
        if over || began.elapsed() >= timeout {
            return Ok(ours);
        }
        // A rule that is not there will not start anything.
        if ours.is_empty() && deployment.rule().await?.is_err() {
            return Ok(ours);
        }
        tokio::time::sleep(poll).await;
    }
}

async fn put(deployment: &Deployment, payload: &Value) -> Result<()> {
    let trimmed = domain::event::trim(payload, &uuid::Uuid::new_v4().to_string())
        .map_err(|error| anyhow!("the event cannot be made: {error}"))?;
    let entry = PutEventsRequestEntry::builder()
        .event_bus_name(deployment.names.fleet())
        .source("github.com")
        .detail_type("workflow_job")
        .detail(serde_json::to_string(&trimmed)?)
        .build();
    let answer = deployment
        .events
        .put_events()
        .entries(entry)
        .send()
        .await
        .map_err(|error| anyhow!("PutEvents failed: {}", error.into_service_error()))?;
    if answer.failed_entry_count > 0 {
        let why = answer
            .entries()
            .first()
            .and_then(|entry| entry.error_message());
        bail!(
            "the bus refused the event: {}",
            why.unwrap_or("no reason given")
        );
    }
    Ok(())
}

/// GitHub's own fields, as far as the webhook looks at them.
fn payload(job: u64, owner: &str, name: &str, label: &str) -> Value {
    let now = Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    json!({
        "action": "queued",
        "workflow_job": {
            "id": job, "run_id": job, "run_attempt": 1, "name": "jit-runners smoke",
            "workflow_name": "jit-runners smoke", "head_branch": "main", "head_sha": "0".repeat(40),
            "status": "queued", "conclusion": null, "labels": ["self-hosted", label],
            "created_at": now, "started_at": now, "completed_at": null, "steps": [],
            "runner_id": null, "runner_name": null, "runner_group_id": null, "runner_group_name": null,
            "html_url": format!("https://github.com/{owner}/{name}/actions/runs/{job}/job/{job}"),
        },
        "repository": {
            "id": 1, "name": name, "full_name": format!("{owner}/{name}"), "private": true,
            "visibility": "private", "owner": {"login": owner, "id": 1},
        },
        "organization": {"login": owner, "id": 1},
        "sender": {"login": owner, "id": 1},
    })
}

fn check(id: &'static str, expected: &str, holds: bool, observed: String) -> Check {
    Check {
        id,
        expected: expected.to_owned(),
        observed,
        holds,
        advice: None,
    }
}
