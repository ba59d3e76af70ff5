//! The worker of the activity: reports what it did, or that it failed, or goes away.

use std::sync::{Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::ledger::Ledger;
use crate::place::{Client, Failure};
use crate::setup::activity;

/// Works until the place is gone. A worker that `is_steady` never fails.
pub(crate) async fn work(client: Client, ledger: &Mutex<Ledger>, seed: u64, is_steady: bool) {
    let mut random = StdRng::seed_from_u64(seed);
    for turn in 0.. {
        let asked = client.call(
            "AWSStepFunctions.GetActivityTask",
            json!({"activityArn": activity()}),
        );
        let Ok(task) = asked.await else { return };
        let Some(token) = task["taskToken"].as_str() else {
            continue;
        };
        let input: Value = serde_json::from_str(task["input"].as_str().unwrap()).unwrap();
        let name = input["name"].as_str().unwrap().to_owned();
        let done = match random.random_range(0..10) {
            0 if !is_steady => continue,
            1 if !is_steady => {
                let input = json!({"taskToken": token, "error": "Tired"});
                client.call("AWSStepFunctions.SendTaskFailure", input).await
            }
            _ => {
                let done = format!("{seed}-{turn}");
                let output = json!(done).to_string();
                let input = json!({"taskToken": token, "output": output});
                let sent = client.call("AWSStepFunctions.SendTaskSuccess", input).await;
                if sent.is_ok() {
                    let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
                    ledger.answered += 1;
                    ledger.worked.entry(name).or_default().insert(done);
                }
                sent
            }
        };
        match done {
            Ok(_) => {}
            // The execution was stopped, or would not wait any longer.
            Err(Failure::Refused(name)) => assert_eq!(name, "TaskTimedOut"),
            Err(Failure::Lost) => return,
        }
    }
}
