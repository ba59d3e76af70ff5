//! Plausible jobs, as EventBridge hands them to the state machine.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use domain::event::{Account, Repository, Trimmed, WorkflowJob};
use domain::ids::{JobId, RunId};
use domain::steps::Version;
use jit_runners::stage::ORGANIZATION;
use rand::Rng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use serde_json::{Value, json};

/// The first job's id, as GitHub's are at present.
const FIRST_JOB: u64 = 57_800_000_001;
const FIRST_RUN: u64 = 20_500_000_001;

const REPOSITORIES: [&str; 12] = [
    "jit-fargate-test",
    "web-shop",
    "payments",
    "search-index",
    "mobile-app",
    "infrastructure",
    "data-pipeline",
    "design-system",
    "auth-service",
    "docs",
    "billing-reports",
    "edge-proxy",
];

/// Names of workflows and of their jobs.
const JOBS: [(&str, &str); 10] = [
    ("CI", "build"),
    ("CI", "test (stable, ubuntu)"),
    ("CI", "test (beta, ubuntu)"),
    ("CI", "lint"),
    ("Release", "package / linux-arm64"),
    ("Release", "publish"),
    ("Nightly", "end to end (chromium)"),
    ("Nightly", "end to end (firefox)"),
    ("Deploy", "plan"),
    ("Deploy", "apply"),
];

const LABELS: [&[&str]; 6] = [
    &["self-hosted", "1"],
    &["self-hosted", "large"],
    &["self-hosted", "vcpu-256-mem-512"],
    &["self-hosted", "vcpu-1024-mem-4096"],
    &["self-hosted", "fargate/cpu=2/mem=8/disk=50"],
    &["self-hosted", "linux", "arm64", "vcpu-4096-mem-16384"],
];

const BRANCHES: [&str; 4] = ["main", "release/2.4", "fix-flaky-login", "renovate/all"];
const PEOPLE: [&str; 4] = ["octocat", "hubot", "mona", "renovate[bot]"];

/// The input of the execution of job `number`, queued shortly before `now`.
pub(super) fn event(number: u64, random: &mut StdRng, now: DateTime<Utc>) -> Value {
    let queued = now - Duration::milliseconds(random.random_range(300..5_000));
    let detail = trimmed(number, random, queued);
    json!({
        "version": "0",
        "id": uuid(random),
        "detail-type": "workflow_job",
        "source": "github.com",
        "account": local::ACCOUNT,
        "time": now.to_rfc3339_opts(SecondsFormat::Secs, true),
        "region": local::REGION,
        "resources": [],
        "detail": detail,
    })
}

fn trimmed(number: u64, random: &mut StdRng, queued: DateTime<Utc>) -> Trimmed {
    let at = random.random_range(0..REPOSITORIES.len());
    let repository = REPOSITORIES[at];
    let full_name = format!("{ORGANIZATION}/{repository}");
    let (workflow, name) = *JOBS.choose(random).expect("there are jobs");
    let labels = *LABELS.choose(random).expect("there are labels");
    let branch = *BRANCHES.choose(random).expect("there are branches");
    let person = *PEOPLE.choose(random).expect("there are people");
    let (job, run) = (FIRST_JOB + number, FIRST_RUN + number / 4);
    let sha: [u64; 3] = random.random();
    Trimmed {
        action: "queued".to_owned(),
        delivery_id: uuid(random),
        version: Version,
        workflow_job: WorkflowJob {
            id: JobId(job),
            run_id: RunId(run),
            run_attempt: 1,
            name: name.to_owned(),
            workflow_name: Some(workflow.to_owned()),
            head_branch: Some(branch.to_owned()),
            head_sha: format!("{:016x}{:016x}{:08x}", sha[0], sha[1], sha[2] >> 32),
            html_url: format!("https://github.com/{full_name}/actions/runs/{run}/job/{job}"),
            status: "queued".to_owned(),
            conclusion: None,
            created_at: Some(queued.to_rfc3339_opts(SecondsFormat::Secs, true)),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            runner_id: None,
            runner_name: None,
            runner_group_id: None,
        },
        repository: Repository {
            id: 900_000_001 + at as u64,
            name: repository.to_owned(),
            full_name,
            private: true,
            visibility: Some("private".to_owned()),
            owner: Account {
                login: ORGANIZATION.to_owned(),
            },
        },
        organization: Some(Account {
            login: ORGANIZATION.to_owned(),
        }),
        sender: Some(Account {
            login: person.to_owned(),
        }),
    }
}

fn uuid(random: &mut StdRng) -> String {
    let [a, b]: [u64; 2] = random.random();
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xFFFF,
        a & 0xFFF,
        b >> 52,
        b & 0xFFFF_FFFF_FFFF
    )
}
