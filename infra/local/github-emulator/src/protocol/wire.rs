//! What goes between the stand-in runner and the emulator. Both live in this
//! crate, so they share these structs; nothing else speaks this protocol.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::jobs::Conclusion;

/// The answer to `POST /_runner/nonce`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Nonce {
    pub(crate) nonce: String,
}

/// `POST /_runner/session`: `proof` is the hex HMAC-SHA256 of the nonce, keyed
/// with the `d` of the JIT configuration's RSA parameters.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OpenSession {
    pub(crate) client_id: String,
    pub(crate) nonce: String,
    pub(crate) proof: String,
    pub(crate) version: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) token: String,
}

/// The answer to `GET /_runner/message`: a job is offered.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) job_id: u64,
}

/// The answer to `POST /_runner/jobs/{id}/acquire`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct JobMessage {
    pub(crate) job_id: u64,
    pub(crate) name: String,
    pub(crate) repository: String,
    pub(crate) timeout_minutes: f64,
    pub(crate) contexts: Value,
    #[serde(flatten)]
    pub(crate) body: JobSteps,
}

/// What a job does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct JobSteps {
    /// Outermost layer first: the workflow's, the job's.
    pub(crate) env: Vec<Vec<(String, String)>>,
    pub(crate) outputs: Vec<(String, String)>,
    pub(crate) steps: Vec<StepMessage>,
}

/// One step; every text may hold expressions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StepMessage {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) condition: String,
    pub(crate) run: Option<String>,
    pub(crate) uses: Option<String>,
    pub(crate) shell: Option<String>,
    pub(crate) working_directory: Option<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) continue_on_error: String,
    pub(crate) timeout_minutes: Option<String>,
}

/// `POST /_runner/jobs/{id}/log`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LogLines {
    pub(crate) lines: Vec<String>,
}

/// `POST /_runner/jobs/{id}/steps`: a step began (no conclusion) or ended.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StepReport {
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) conclusion: Option<Conclusion>,
}

/// The answer to `GET /_runner/jobs/{id}/cancellation`, which is held open.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Cancellation {
    pub(crate) cancelled: bool,
}

/// `POST /_runner/jobs/{id}/complete`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Completion {
    pub(crate) conclusion: Conclusion,
    pub(crate) outputs: BTreeMap<String, String>,
}
