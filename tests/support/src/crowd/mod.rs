//! A crowd: as many executions as a test of volumes needs, in seconds and
//! without a process.
//!
//! The machine has the fleet's name, alias and some of its states, all of which
//! end at once or wait; inputs are what the webhook puts on the bus, in
//! EventBridge's envelope (tests/e2e/tests/crowd.rs compares them with a real
//! execution's). What becomes of an execution stands in its name, a UUID.
//! Repositories, jobs, shares and order follow from the seed; only times do not.

mod definition;
mod jobs;

use chrono::Utc;
use domain::names::failure;
use jit_runners::fleet::{LIVE, STATE_MACHINE};
use local::Place;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

/// How many executions, and how they end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crowd {
    /// All of them.
    pub size: usize,
    /// The share that is FAILED, 0 to 1, by one of [`failure::ALL`] each.
    pub failed: f64,
    /// The share that is RUNNING, for a year of the place's time. All others are SUCCEEDED.
    pub running: f64,
    /// The same seed, the same crowd.
    pub seed: u64,
}

/// One execution of a crowd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The execution's ARN.
    pub arn: String,
    /// `SUCCEEDED`, `FAILED` or `RUNNING`.
    pub status: &'static str,
    /// The error's name, of one that failed.
    pub error: Option<&'static str>,
    /// `owner/name`.
    pub repository: String,
    /// The job's name.
    pub job: String,
    /// GitHub's id of the job.
    pub job_id: u64,
}

/// What becomes of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Succeeds,
    Waits,
    /// By the failure of this number.
    Fails(usize),
}

impl Crowd {
    /// So many, of which one in twenty failed and one in a hundred runs.
    pub fn of(size: usize) -> Self {
        Self {
            size,
            failed: 0.05,
            running: 0.01,
            seed: 1,
        }
    }

    /// Deploys the machine into a place that has no fleet, and starts them all;
    /// those that end have ended. Oldest first. Must run inside a tokio runtime.
    pub async fn fill(&self, place: &Place) -> Vec<Member> {
        let live = deploy(place, &definition::text().await);
        let mut random = StdRng::seed_from_u64(self.seed);
        let mut fates = self.fates();
        fates.shuffle(&mut random);
        let fates = fates.into_iter().enumerate();
        let member = |(number, fate)| {
            let event = jobs::event(number as u64, &mut random, Utc::now());
            let name = fate_name(fate, &mut random);
            let input = json!({"stateMachineArn": live, "name": name, "input": event.to_string()});
            let answer = call(place, "StartExecution", input);
            let (status, error) = match fate {
                Fate::Succeeds => ("SUCCEEDED", None),
                Fate::Waits => ("RUNNING", None),
                Fate::Fails(by) => ("FAILED", Some(failure::ALL[by])),
            };
            let job = &event["detail"]["workflow_job"];
            Member {
                arn: text(&answer["executionArn"]),
                status,
                error,
                repository: text(&event["detail"]["repository"]["full_name"]),
                job: text(&job["name"]),
                job_id: job["id"].as_u64().unwrap_or_default(),
            }
        };
        fates.map(member).collect()
    }

    fn fates(&self) -> Vec<Fate> {
        let count = |share: f64| (self.size as f64 * share).round() as usize;
        let (failed, running) = (count(self.failed), count(self.running));
        assert!(
            failed + running <= self.size,
            "the shares of a crowd are more than a whole"
        );
        (0..self.size)
            .map(|number| match number {
                number if number < failed => Fate::Fails(number % failure::ALL.len()),
                number if number < failed + running => Fate::Waits,
                _ => Fate::Succeeds,
            })
            .collect()
    }
}

/// A UUID whose last digit says what becomes of the execution of this name.
fn fate_name(fate: Fate, random: &mut StdRng) -> String {
    let [a, b]: [u64; 2] = random.random();
    let digit = definition::digit(fate);
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:011x}{digit}",
        a >> 32,
        (a >> 16) & 0xFFFF,
        a & 0xFFF,
        b >> 52,
        b & 0xFFF_FFFF_FFFF,
    )
}

/// The machine with one version; answers the ARN of its alias.
fn deploy(place: &Place, definition: &str) -> String {
    let machine = json!({
        "name": STATE_MACHINE,
        "definition": definition,
        "roleArn": format!("arn:aws:iam::{}:role/{STATE_MACHINE}", local::ACCOUNT),
        "publish": true,
    });
    let version = text(&call(place, "CreateStateMachine", machine)["stateMachineVersionArn"]);
    let alias = json!({
        "name": LIVE,
        "routingConfiguration": [{"stateMachineVersionArn": version, "weight": 100}],
    });
    text(&call(place, "CreateStateMachineAlias", alias)["stateMachineAliasArn"])
}

fn call(place: &Place, operation: &str, input: Value) -> Value {
    place
        .step_functions()
        .call(operation, input)
        .unwrap_or_else(|error| panic!("{operation}: {error}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
