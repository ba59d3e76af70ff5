//! The fleet, deployed into the local place: what CDK makes on AWS.
//!
//! Tables, secrets, functions, task definitions, the state machine from the one
//! definition, and the rules that start it and tell of a job's end. Names are those of the AWS
//! deployment; only ARNs and addresses differ.

mod app_key;
mod definition;
mod functions;
mod in_process;
mod release;
mod tasks;

pub use in_process::InProcess;
pub use release::{Calls, Release, make_live, publish};
pub use tasks::FAMILY;

use anyhow::{Result, anyhow};
use local::server::error::AwsError;
use local::{EventRule, Place};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The claims table.
pub const CLAIMS: &str = "jit-runners-claims";
/// The hand-over table.
pub const HANDOVER: &str = "jit-runners-handover";
/// The ECS cluster.
pub const CLUSTER: &str = "jit-runners";
/// The event bus.
pub const BUS: &str = "jit-runners";
/// The rule that starts an execution for each queued job.
pub const RULE: &str = "jit-runners-queued";
/// The rule that tells the function release of each completed job.
pub const COMPLETED_RULE: &str = "jit-runners-completed";
/// The queue of events that could not be delivered.
pub const DEAD_LETTERS: &str = "jit-runners-dead-letters";
/// The schedule of the function `reconcile`.
pub const SCHEDULE: &str = "jit-runners-reconcile";
/// The state machine.
pub const STATE_MACHINE: &str = "jit-runners";
/// The alias that new jobs go by, of the state machine and of each function.
pub const LIVE: &str = "live";
/// The handler of the function that GitHub's events go to.
const WEBHOOK: &str = "webhook";
/// The handler of the function that removes the runners of jobs that have ended.
const RELEASE: &str = "release";
/// The handler of the function that a schedule calls.
const RECONCILE: &str = "reconcile";
const WEBHOOK_SECRET: &str = "jit-runners/github-webhook-secret";

/// The programs that the fleet runs as processes.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// The function binary.
    pub bootstrap: PathBuf,
    /// The container's first process.
    pub entrypoint: PathBuf,
    /// The runner program, with `run` as its argument.
    pub runner: PathBuf,
}

impl Binaries {
    /// The three of them in one folder, as Cargo leaves them.
    ///
    /// # Errors
    /// One is missing; the sentence says how to build it.
    pub fn in_folder(folder: &std::path::Path) -> Result<Self> {
        let find = |name: &str| {
            let path = folder.join(name);
            if path.is_file() {
                return Ok(path);
            }
            Err(anyhow!(
                "{name} is not in {}: run `cargo build --workspace --bins` first",
                folder.display()
            ))
        };
        Ok(Self {
            bootstrap: find("bootstrap")?,
            entrypoint: find("entrypoint")?,
            runner: find("stand-in-runner")?,
        })
    }
}

/// The GitHub App that the fleet signs in as.
#[derive(Debug, Clone)]
pub struct App {
    /// Base address of the API.
    pub api_url: String,
    /// The App's id.
    pub id: u64,
    /// Its installation on the organisation.
    pub installation_id: u64,
    /// Its private key, PEM.
    pub key: SecretString,
    /// What signs its webhooks.
    pub webhook_secret: SecretString,
}

/// What a fleet is made of.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The programs.
    pub binaries: Binaries,
    /// The functions, where they are closures and no processes.
    pub in_process: Option<InProcess>,
    /// The runner's image; where not given, the programs run as processes.
    pub image: Option<String>,
    /// GitHub.
    pub app: App,
    /// Hold the App's key in KMS, so that no process ever has it.
    pub app_key_in_kms: bool,
    /// The policy file's text.
    pub policy: String,
    /// `organization` or `repository`: where runners register.
    pub scope: &'static str,
    /// The runner group's id.
    pub runner_group: u64,
    /// How long after all of a runner's own limits its task is given up.
    pub end_margin_seconds: u32,
    /// Limits of the function `reconcile` other than its own (`RECONCILE_…`).
    pub reconcile: BTreeMap<String, String>,
    /// When `reconcile` is called, for example `rate(2 minutes)`; never where not given.
    pub reconcile_schedule: Option<String>,
}

/// A deployed fleet.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// The state machine's ARN.
    pub state_machine: String,
    /// The ARN of the version that was deployed.
    pub version: String,
    /// Where GitHub sends its events.
    pub webhook_url: String,
}

/// Deploys a fleet into a place.
///
/// # Errors
/// Whatever the place refuses, with its own words.
pub fn deploy(place: &Place, settings: &Settings, release: &Release) -> Result<Fleet> {
    for table in [CLAIMS, HANDOVER] {
        let input = json!({
            "TableName": table,
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        match place.dynamodb().call("CreateTable", input) {
            // A place that keeps its state has it from before.
            Err(error) if error.code == "ResourceInUseException" => {}
            made => drop(made.map_err(refused)?),
        }
    }
    app_key::store(place, settings)?;
    place.put_secret(WEBHOOK_SECRET, settings.app.webhook_secret.expose_secret());
    place.create_event_bus(BUS).map_err(refused)?;
    let version = publish(place, settings, release)?;
    let live = make_live(place, &version)?;
    for (rule, action, target) in [
        (RULE, "queued", &live),
        (COMPLETED_RULE, "completed", &functions::live_arn(RELEASE)),
    ] {
        let pattern = json!({
            "source": ["github.com"],
            "detail-type": ["workflow_job"],
            "detail": {"action": [action], "workflow_job": {"labels": ["self-hosted"]}},
        });
        place
            .create_event_rule_with_dead_letters(EventRule {
                bus: BUS,
                name: rule,
                pattern: &pattern,
                target_arn: target,
                retries: None,
                queue_arn: &local::sqs::arn(DEAD_LETTERS),
            })
            .map_err(refused)?;
    }
    if let Some(rhythm) = &settings.reconcile_schedule {
        let function = functions::live_arn(RECONCILE);
        let input = json!({"version": 1});
        let create = || place.create_schedule(SCHEDULE, rhythm, &function, &input);
        match create() {
            // A place that keeps its state has one from before, of whatever rhythm.
            Err(error) if error.code == "ConflictException" => {
                let deleted = place.scheduler().delete_schedule(SCHEDULE, None);
                deleted.and_then(|_| create()).map_err(refused)?;
            }
            made => drop(made.map_err(refused)?),
        }
    }
    Ok(Fleet {
        state_machine: release::arn(&[]),
        version,
        webhook_url: place.function_url(&format!("{}:{LIVE}", functions::name(WEBHOOK))),
    })
}

fn refused(AwsError { code, message, .. }: AwsError) -> anyhow::Error {
    anyhow!("{code}: {message}")
}
