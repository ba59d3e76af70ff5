//! Each state, and what must happen for a job to come through it.

use github_emulator::FaultKind;
use local::ecs::EcsFault;
use support::{World, workflows};

/// One state of the definition.
pub(crate) struct Row {
    /// Its name.
    pub(crate) state: &'static str,
    /// Whether it is a Task.
    pub(crate) task: bool,
    /// What leads a job through it.
    pub(crate) on_the_way: fn(&World),
    /// Whether the job's event must come twice.
    pub(crate) twice: bool,
}

impl Row {
    /// One job; where a second event must find it running, it takes longer.
    pub(crate) fn workflow(&self) -> String {
        workflows::one(if self.twice { "sleep 1" } else { "echo served" })
    }
}

fn straight(_: &World) {}

fn github_refuses(world: &World, method: &str, path: &str, status: u16, headers: &[(&str, &str)]) {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    world.stage.github.inject(github_emulator::Fault {
        method: method.to_owned(),
        path_contains: path.to_owned(),
        times: 1,
        kind: FaultKind::Status(
            status,
            headers,
            "{\"message\":\"ordered by a test\"}".to_owned(),
        ),
    });
}

fn mint_is_rate_limited(world: &World) {
    github_refuses(
        world,
        "POST",
        "/generate-jitconfig",
        429,
        &[("retry-after", "5")],
    );
}

fn removal_is_rate_limited(world: &World) {
    github_refuses(
        world,
        "DELETE",
        "/actions/runners/",
        429,
        &[("retry-after", "5")],
    );
}

fn mint_is_refused(world: &World) {
    github_refuses(world, "POST", "/generate-jitconfig", 403, &[]);
}

fn image_cannot_be_pulled(world: &World) {
    let reason =
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): i/o timeout";
    world.stage.place.ecs().inject(
        EcsFault::FailToStart {
            reason: reason.to_owned(),
        },
        1,
    );
}

/// Every state that a job of ours comes through.
pub(crate) fn rows() -> Vec<Row> {
    let row = |state, task, on_the_way| Row {
        state,
        task,
        on_the_way,
        twice: false,
    };
    vec![
        row("Size", true, straight as fn(&World)),
        row("Sized", false, straight),
        row("Claim", true, straight),
        row("Claimed", false, straight),
        Row {
            twice: true,
            ..row("Nudge", true, straight)
        },
        Row {
            twice: true,
            ..row("Duplicate", false, straight)
        },
        row("Mint", true, straight),
        row("Minted", false, straight),
        row("WaitForGitHub", false, mint_is_rate_limited),
        row("RunRunner", true, straight),
        row("VerifyRemoval", true, straight),
        row("Route", false, straight),
        row("WaitForRunner", false, removal_is_rate_limited),
        row("Backoff", false, image_cannot_be_pulled),
        row("Release", true, straight),
        row("Done", false, straight),
        row("MarkFailed", true, mint_is_refused),
        row("Escalate", true, mint_is_refused),
    ]
}

/// Has GitHub deliver the job's `queued` event again once its runner works.
pub(crate) async fn deliver_once_more(world: &World) {
    world
        .until("the runner works", || async {
            let jobs = world.stage.github.jobs();
            jobs.iter().any(|job| job.started_at.is_some())
        })
        .await;
    let delivery = world
        .stage
        .github
        .deliveries()
        .into_iter()
        .find(|delivery| delivery.action.as_deref() == Some("queued"))
        .expect("the job's event was delivered");
    assert!(world.stage.github.redeliver(delivery.id));
}
