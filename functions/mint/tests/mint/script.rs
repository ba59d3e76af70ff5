//! One mint against a scripted AWS and GitHub, where all goes well unless told
//! otherwise.

use crate::config;
use crate::fake::{Answer, Call, Fake};
use crate::fleet::{self, LIMIT};
use chrono::DateTime;
use domain::clock::Clock;
use domain::steps::{MintInput, MintOutput};
use handler::Settings;
use mint::{MintError, State, handle};
use serde_json::{Value, json};

pub(crate) const JOB: &str = "GET /repos/acme/r/actions/jobs/1";
pub(crate) const POST: &str = "POST /orgs/acme/actions/runners/generate-jitconfig";
pub(crate) const LIST: &str = "GET /orgs/acme/actions/runners?name=jit-1-1-1&per_page=100&page=1";
pub(crate) const DELETE: &str = "DELETE /orgs/acme/actions/runners/7";
pub(crate) const KEPT: &str = "aaaa";

/// Answers by name where the test says nothing: all goes well.
pub(crate) fn usual(call: &Call) -> Answer {
    if let Some(answer) = fleet::signing_in(call) {
        return answer;
    }
    match call.name.as_str() {
        // Asked only after a refused write, to see whether it was our own.
        "GetItem" => Answer::Json(200, json!({"Item": claim()})),
        "UpdateItem" | "PutItem" | "DeleteItem" => {
            Answer::Json(200, json!({"Attributes": claim()}))
        }
        JOB => Answer::Json(200, json!({"id": 1, "status": "queued"})),
        POST => Answer::Json(201, jit(call.body["name"].as_str().unwrap())),
        DELETE => Answer::no_content(),
        name => panic!("nobody expects {name}"),
    }
}

pub(crate) fn claim() -> Value {
    json!({"pk": {"S": "job#1#1"}, "owner": {"S": "arn:me"}, "state": {"S": "active"}})
}

/// A claim whose last mint was not confirmed.
pub(crate) fn unconfirmed() -> Value {
    let mut claim = claim();
    claim["seq"] = json!({"N": "1"});
    claim["runner_name"] = json!({"S": "jit-1-1-1"});
    claim["handover_key"] = json!({"S": KEPT});
    claim
}

pub(crate) fn jit(name: &str) -> Value {
    json!({"runner": {"id": 9, "name": name, "busy": false}, "encoded_jit_config": "the-secret"})
}

pub(crate) fn listed(id: u64, busy: bool) -> Answer {
    let runner = json!({"id": id, "name": "jit-1-1-1", "busy": busy, "status": "offline"});
    Answer::Json(200, json!({"total_count": 1, "runners": [runner]}))
}

pub(crate) fn conflict() -> Answer {
    Answer::Json(409, json!({"message": "Already exists"}))
}

/// One mint; `script` may answer a call, else all goes well.
pub(crate) async fn run(
    script: impl Fn(&Call, usize) -> Option<Answer> + Send + Sync + 'static,
) -> (Result<MintOutput, MintError>, Fake) {
    let fake = Fake::start(move |call, n| script(call, n).unwrap_or_else(|| usual(call))).await;
    let config = config::at(&fake.url).await;
    let settings = Settings::new(fleet::settings(&fake));
    let clock = Clock::fixed(DateTime::from_timestamp(1_000_000, 0).unwrap());
    let state = State::new(settings, &config, clock, None).unwrap();
    let input: MintInput = serde_json::from_value(json!({
        "version": 1,
        "job": {"id": 1, "run_id": 2, "run_attempt": 1, "repository": "acme/r", "owner": "acme", "labels": ["self-hosted", "1"]},
        "claim": {"pk": "job#1#1", "owner": "arn:me"},
        "limits": {"start_seconds": 600, "idle_seconds": 600, "total_seconds": 23400},
    }))
    .unwrap();
    (handle(input, &state).await, fake)
}

/// What GitHub was asked, requests for tokens left out.
pub(crate) fn to_github(fake: &Fake) -> Vec<String> {
    let asked = |name: &String| name.contains('/') && !name.ends_with("access_tokens");
    fake.names().into_iter().filter(asked).collect()
}

/// Writes and reads of the item that the fleet shares.
pub(crate) fn of_the_limit(fake: &Fake, name: &str) -> Vec<Value> {
    let calls = fake.of(name).into_iter().map(|call| call.body);
    calls
        .filter(|body| body["Key"]["pk"]["S"] == LIMIT)
        .collect()
}

pub(crate) fn at(call: &Call, name: &str) -> bool {
    call.name == name
}
