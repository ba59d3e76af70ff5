//! The way of GitHub's deliveries: to the function's URL, sooner or later, once,
//! twice or never.

use crate::faults::{Faults, Kind};
use crate::trace::{self, Trace};
use bytes::Bytes;
use github_emulator::JobId;
use github_emulator::transport::{Transport, Undelivered};
use http::Request;
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long GitHub waits for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The way to whoever is set, once somebody is.
pub fn transport(to: Arc<OnceLock<Transport>>, faults: Faults, trace: Trace) -> Transport {
    Arc::new(move |request| {
        let (to, faults, trace) = (Arc::clone(&to), faults.clone(), trace.clone());
        Box::pin(async move {
            let (job, name) = subject(&request);
            let dice = faults.dice().clone();
            tokio::time::sleep(dice.millis(200, 1500)).await;
            if faults.strikes(Kind::WebhookLost, &name, job) {
                return Err(Undelivered::Unreachable);
            }
            let Some(send) = to.get().cloned() else {
                return Err(Undelivered::Unreachable);
            };
            let late = if faults.strikes(Kind::WebhookReordered, &name, job) {
                Some(dice.millis(30_000, 600_000))
            } else if faults.strikes(Kind::WebhookDelayed, &name, job) {
                Some(dice.millis(1_000, 30_000))
            } else {
                None
            };
            if let Some(late) = late {
                tokio::time::sleep(late).await;
            }
            trace.note("event", job, name.clone());
            if faults.strikes(Kind::WebhookRepeated, &name, job) {
                let again = send(request.clone());
                let pause = dice.millis(0, 60_000);
                tokio::spawn(async move {
                    tokio::time::sleep(pause).await;
                    drop(again.await);
                });
            }
            let answer = tokio::time::timeout(PATIENCE, send(request)).await;
            answer.unwrap_or(Err(Undelivered::TimedOut))
        })
    })
}

/// The job's number and the delivery's action.
fn subject(request: &Request<Bytes>) -> (u64, String) {
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let job = body["workflow_job"]["id"].as_u64().map(JobId);
    let action = body["action"].as_str().unwrap_or("ping");
    (
        job.map(trace::number).unwrap_or_default(),
        action.to_owned(),
    )
}
