//! An AWS and a GitHub that a test scripts, and a clock that stands.

use chrono::DateTime;
use domain::clock::Clock;
use domain::reconcile::{ReconcileInput, Reconciled};
use handler::Settings;
use reconcile::{State, handle};
use removal::RemovalError;
use serde_json::{Value, json};

use crate::fake::{Answer, Call, Fake};
use crate::{config, fleet};

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const DELIVERIES: &str = "GET /app/hook/deliveries?status=failure&per_page=100";
pub(crate) const RUNNERS: &str = "GET /orgs/acme/actions/runners?per_page=100&page=1";
pub(crate) const QUEUED: &str = "GET /repos/acme/r/actions/runs?status=queued&per_page=100&page=1";

/// Where the test says nothing: one repository, and nothing else anywhere.
fn usual(call: &Call) -> Answer {
    if let Some(answer) = fleet::signing_in(call) {
        return answer;
    }
    match call.name.as_str() {
        "Scan" if call.body["TableName"] == "c" => {
            Answer::Json(200, json!({"Items": [repository()]}))
        }
        "Scan" => Answer::Json(200, json!({"Items": []})),
        "ListExecutions" => Answer::Json(200, json!({"executions": []})),
        "ListTasks" => Answer::Json(200, json!({"taskArns": []})),
        "ReceiveMessage" | "UpdateItem" | "DeleteItem" | "GetItem" | "DeleteMessage" => {
            Answer::Json(200, json!({}))
        }
        "PutEvents" => Answer::Json(
            200,
            json!({"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}),
        ),
        name if name.starts_with("GET /app/hook/deliveries") => Answer::Json(200, json!([])),
        name if name.contains("/actions/runners?") => {
            Answer::Json(200, json!({"total_count": 0, "runners": []}))
        }
        name if name.contains("/actions/runs?") => {
            Answer::Json(200, json!({"total_count": 0, "workflow_runs": []}))
        }
        name => panic!("nobody expects {name}"),
    }
}

fn repository() -> Value {
    json!({"pk": {"S": "repo#acme/r"}, "seen_at": {"N": NOW.to_string()}, "expires_at": {"N": (NOW + 9).to_string()}})
}

pub(crate) struct Place {
    pub(crate) fake: Fake,
    pub(crate) state: State,
}

impl Place {
    pub(crate) async fn with(
        settings: &[(&str, &str)],
        clock: Clock,
        script: impl Fn(&Call, usize) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let fake = Fake::start(move |call, n| script(call, n).unwrap_or_else(|| usual(call))).await;
        let config = config::at(&fake.url).await;
        let queue = format!("{}/queue", fake.url);
        let base = [
            ("STATE_MACHINE_ARN", "arn:m"),
            ("EVENT_BUS", "bus"),
            ("DEAD_LETTER_QUEUE_URL", &queue),
        ];
        let fleet = fleet::settings(&fake);
        let settings = Settings::new(fleet.iter().chain(&base).chain(settings).copied());
        let state = State::new(settings, &config, clock, None).unwrap();
        Self { fake, state }
    }

    pub(crate) async fn new(
        script: impl Fn(&Call, usize) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        Self::with(&[], standing(), script).await
    }

    pub(crate) async fn period(&self) -> Result<Reconciled, RemovalError> {
        handle(ReconcileInput::default(), &self.state).await
    }

    /// What was asked of GitHub, but for tokens.
    pub(crate) fn asked(&self) -> Vec<String> {
        let mut names = self.fake.names();
        names.retain(|name| name.contains(" /") && !name.ends_with("access_tokens"));
        names
    }

    /// The cursor that the period wrote.
    pub(crate) fn cursor(&self) -> String {
        let mut written = self.fake.of("UpdateItem").into_iter().filter_map(|call| {
            let text = &call.body["ExpressionAttributeValues"][":cursor"]["S"];
            text.as_str().map(str::to_owned)
        });
        written.next_back().unwrap_or_default()
    }
}

pub(crate) fn standing() -> Clock {
    Clock::fixed(DateTime::from_timestamp(NOW, 0).unwrap())
}
