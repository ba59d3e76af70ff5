//! One execution in a list: what is known of it without its whole history.

use crate::history::{End, Event, Timeline, time};
use crate::job::Job;
use crate::waiting::Waiting;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::{ExecutionListItem, ExecutionRedriveStatus};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// An execution, its job and where both stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The execution's ARN.
    pub arn: String,
    /// Its name: unique in a fleet.
    pub name: String,
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`.
    pub status: String,
    /// When it was started.
    pub started: DateTime<Utc>,
    /// When it ended.
    pub stopped: Option<DateTime<Utc>>,
    /// How often it was redriven.
    pub redrive_count: u32,
    /// When it was redriven last.
    pub redriven: Option<DateTime<Utc>>,
    /// The rest, where it was read.
    pub details: Option<Details>,
}

/// What takes two more calls to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Details {
    /// The job; nothing where the input names none.
    pub job: Option<Job>,
    /// The outcome that it ended with, for example `served`.
    pub outcome: Option<String>,
    /// One sentence about it.
    pub detail: Option<String>,
    /// The error that it ended with, for example `GitHubRefused`.
    pub error: Option<String>,
    /// What that error says: its message, where the cause is an error document.
    pub message: Option<String>,
    /// The state that it is in, or ended in.
    pub state: Option<String>,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// The size of its task.
    pub size: Option<Size>,
    /// The runner's name.
    pub runner: Option<String>,
    /// The task's ARN.
    pub task: Option<String>,
    /// The task's status as ECS has it, for example `PENDING`.
    pub task_status: Option<String>,
    /// The seconds for which the task was billed, once that is known.
    pub billed_seconds: Option<u64>,
    /// Calls to GitHub for all its runners so far, once one has ended.
    pub github_calls: Option<u64>,
    /// From queued to started, in seconds, once the job has run.
    pub queue_to_start_seconds: Option<u64>,
    /// Why the job has not run yet; nothing where it has, or is cancelled.
    pub waiting: Option<Waiting>,
    /// Whether a redrive would be accepted.
    pub redrivable: bool,
    /// Why not.
    pub not_redrivable_because: Option<String>,
}

impl Details {
    /// Whether the job was served: by this execution's runner, or by another
    /// one, as when two runners took each other's jobs.
    #[must_use]
    pub fn served(&self) -> bool {
        matches!(self.outcome.as_deref(), Some("served" | "served_elsewhere"))
    }
}

/// What a task was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Size {
    /// CPU units: 1024 are one vCPU.
    pub cpu: u32,
    /// MiB.
    pub memory_mib: u32,
    /// GiB of ephemeral storage.
    pub storage_gib: u32,
    /// `X86_64` or `ARM64`; empty where it is not known.
    pub architecture: String,
    /// `on_demand` or `spot`.
    pub capacity: String,
}

impl Row {
    /// A row as ListExecutions gives it.
    #[must_use]
    pub fn listed(item: &ExecutionListItem) -> Self {
        Self {
            arn: item.execution_arn.clone(),
            name: item.name.clone(),
            status: item.status.as_str().to_owned(),
            started: time(&item.start_date),
            stopped: item.stop_date.as_ref().map(time),
            redrive_count: count(item.redrive_count),
            redriven: item.redrive_date.as_ref().map(time),
            details: None,
        }
    }

    /// A row as DescribeExecution gives it, with what the newest events say.
    #[must_use]
    pub fn described(described: &DescribeExecutionOutput, events: &[Event]) -> Self {
        let timeline = Timeline::of(events);
        Self {
            arn: described.execution_arn.clone(),
            name: described.name.clone().unwrap_or_default(),
            status: described.status.as_str().to_owned(),
            started: time(&described.start_date),
            stopped: described.stop_date.as_ref().map(time),
            redrive_count: count(described.redrive_count),
            redriven: described.redrive_date.as_ref().map(time),
            details: Some(Details::of(described, &timeline)),
        }
    }

    /// Whether it runs.
    #[must_use]
    pub fn running(&self) -> bool {
        self.status == "RUNNING"
    }

    /// Whether what was read of it still holds: nothing happened to it since.
    #[must_use]
    pub fn same_as(&self, newer: &Self) -> bool {
        self.status == newer.status && self.redrive_count == newer.redrive_count && !newer.running()
    }

    /// The job, where it was read.
    #[must_use]
    pub fn job(&self) -> Option<&Job> {
        self.details.as_ref()?.job.as_ref()
    }
}

impl Details {
    fn of(described: &DescribeExecutionOutput, timeline: &Timeline) -> Self {
        let output: Value = described
            .output()
            .and_then(|output| serde_json::from_str(output).ok())
            .unwrap_or_default();
        let text = |name: &str| output[name].as_str().map(str::to_owned);
        let mut details = Self {
            job: described.input().and_then(Job::of_input),
            outcome: text("outcome"),
            detail: text("detail"),
            error: described.error.clone(),
            message: described.cause().map(message),
            runner: output["runner"]["name"]
                .as_str()
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            redrivable: described.redrive_status == Some(ExecutionRedriveStatus::Redrivable),
            not_redrivable_because: described.redrive_status_reason.clone(),
            ..Self::default()
        };
        details.read_visits(timeline);
        details
    }

    /// What the tasks were called with and answered, the newest last.
    fn read_visits(&mut self, timeline: &Timeline) {
        if let Some(visit) = timeline.current() {
            self.state = Some(visit.state.clone());
            self.since = Some(visit.entered);
        }
        for visit in &timeline.visits {
            match visit.state.as_str() {
                "Size" => {
                    // A job that is refused is given no size.
                    let payload = visit.payload().unwrap_or_default();
                    if payload["decision"] == "accepted" {
                        self.read_size(&payload);
                    }
                }
                "Mint" => {
                    let payload = visit.payload().unwrap_or_default();
                    if let Some(name) = payload["runner"]["name"].as_str()
                        && payload["outcome"] == "minted"
                    {
                        self.runner = Some(name.to_owned());
                        self.task = None;
                    }
                }
                "RunRunner" => {
                    for one in &visit.tries {
                        self.read_task(one.parameters.as_deref(), one.submitted.as_deref());
                    }
                }
                "VerifyRemoval" => self.read_end(&visit.payload().unwrap_or_default()),
                _ => {}
            }
        }
    }

    fn read_size(&mut self, payload: &Value) {
        let size = &payload["size"];
        if size["cpu"].is_u64() {
            self.size = Some(Size {
                cpu: number(&size["cpu"]),
                memory_mib: number(&size["memory_mib"]),
                storage_gib: number(&size["storage_gib"]),
                architecture: word(&size["architecture"]),
                capacity: word(&size["capacity"]),
            });
        }
    }

    fn read_task(&mut self, parameters: Option<&str>, submitted: Option<&str>) {
        let read = |text: Option<&str>| -> Value {
            text.and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default()
        };
        let parameters = read(parameters);
        let overrides = &parameters["Overrides"];
        if overrides["Cpu"].is_string() {
            let spot = parameters["CapacityProviderStrategy"].is_array();
            self.size = Some(Size {
                cpu: number(&overrides["Cpu"]),
                memory_mib: number(&overrides["Memory"]),
                storage_gib: number(&overrides["EphemeralStorage"]["SizeInGiB"]).max(20),
                architecture: self
                    .size
                    .as_ref()
                    .map_or(String::new(), |size| size.architecture.clone()),
                capacity: if spot { "spot" } else { "on_demand" }.to_owned(),
            });
        }
        let variables = overrides["ContainerOverrides"][0]["Environment"].as_array();
        if let Some(name) = variables
            .into_iter()
            .flatten()
            .find(|variable| variable["Name"] == "RUNNER_NAME")
            .and_then(|variable| variable["Value"].as_str())
        {
            self.runner = Some(name.to_owned());
        }
        let task = &read(submitted)["Tasks"][0];
        if let Some(arn) = task["TaskArn"].as_str() {
            self.task = Some(arn.to_owned());
        }
        if let (Some(size), Some(attributes)) = (&mut self.size, task["Attributes"].as_array())
            && let Some(architecture) = attributes
                .iter()
                .find(|attribute| attribute["Name"] == "ecs.cpu-architecture")
        {
            size.architecture = word(&architecture["Value"]).to_ascii_uppercase();
        }
    }

    fn read_end(&mut self, payload: &Value) {
        let usage = &payload["usage"];
        if usage["cpu"].is_u64() {
            self.read_size(&serde_json::json!({ "size": usage }));
            self.billed_seconds = usage["billed_seconds"].as_u64().or(self.billed_seconds);
        }
        // Each runner's calls are told once, by the answer that ends it.
        if let Some(calls) = usage["github_calls"].as_u64().filter(|calls| *calls > 0) {
            self.github_calls = Some(self.github_calls.unwrap_or(0) + calls);
        }
        if let Some(task) = payload["task_arn"].as_str().filter(|task| !task.is_empty()) {
            self.task = Some(task.to_owned());
        }
        self.queue_to_start_seconds = payload["queue_to_start_seconds"]
            .as_u64()
            .or(self.queue_to_start_seconds);
    }
}

/// What a cause says: the message of an error document, else the cause itself.
#[must_use]
pub fn message(cause: &str) -> String {
    serde_json::from_str::<Value>(cause)
        .ok()
        .and_then(|document| Some(document["errorMessage"].as_str()?.to_owned()))
        .unwrap_or_else(|| cause.to_owned())
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Sizes are numbers in our answers and texts in ECS's.
fn number(value: &Value) -> u32 {
    value
        .as_u64()
        .or_else(|| value.as_str()?.parse().ok())
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(0)
}

fn count(of: Option<i32>) -> u32 {
    of.and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
}

/// Whether a visit's end is one that a person has to look at.
#[must_use]
pub fn bad(end: End) -> bool {
    matches!(end, End::Failed | End::Aborted | End::TimedOut)
}
