//! Given: a stage. When: a workflow. Then: everything ended, nothing left.

use crate::binaries;
use github_emulator::{Job, JobStatus, RunId};
use jit_runners::clients::ExecutionStatus;
use jit_runners::evidence::{self, Execution, JobEvidence};
use jit_runners::stage::{REPOSITORY, Settings, Stage};
use std::time::{Duration, Instant};

/// How long anything may take; far more than it does, since machines are slow.
const LIMIT: Duration = Duration::from_secs(180);

/// A running stage, with words for tests.
pub struct World {
    /// The stage.
    pub stage: Stage,
}

impl World {
    /// The demo's stage, its waits and retry pauses 200 times faster.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same, with changes.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::new(binaries::fleet());
        settings.place.timer_speed = 200.0;
        change(&mut settings);
        let stage = Stage::start(settings).await.expect("the stage starts");
        Self { stage }
    }

    /// Commits a workflow to the repository.
    pub fn commit(&self, workflow: &str) -> RunId {
        self.stage
            .github
            .commit_workflow(REPOSITORY, ".github/workflows/test.yml", workflow)
            .expect("the workflow is valid")
    }

    /// Every execution, oldest first.
    pub async fn executions(&self) -> Vec<Execution> {
        evidence::executions(
            &self.stage.clients.executions,
            &self.stage.fleet.state_machine,
        )
        .await
        .expect("executions can be read")
    }

    /// What was seen of each job.
    pub async fn evidence(&self) -> Vec<JobEvidence> {
        let stage = &self.stage;
        evidence::gather(&stage.place, &stage.github, &stage.clients, &stage.fleet)
            .await
            .expect("the evidence can be gathered")
    }

    /// Waits until the answer is yes; the story stops with `what` when it never is.
    pub async fn until<F: Future<Output = bool>>(&self, what: &str, holds: impl Fn() -> F) {
        let began = Instant::now();
        while !holds().await {
            if began.elapsed() > LIMIT {
                self.tell().await;
                panic!("not within {} s: {what}", LIMIT.as_secs());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// An execution that failed or was stopped, if there is one.
    pub async fn failed(&self) -> Option<String> {
        let executions = self.executions().await;
        let failed = executions
            .into_iter()
            .find(|execution| !["RUNNING", "SUCCEEDED"].contains(&execution.status.as_str()));
        failed.map(|execution| execution.arn)
    }

    /// Whether a task of some execution failed with `error`.
    pub async fn has_met(&self, error: &str) -> bool {
        self.executions()
            .await
            .iter()
            .any(|execution| execution.failures.iter().any(|met| met == error))
    }

    /// Whether every job is completed and no execution runs.
    pub async fn is_over(&self) -> bool {
        let jobs: Vec<Job> = self.stage.github.jobs();
        jobs.iter().all(|job| job.status == JobStatus::Completed) && self.is_quiet().await
    }

    /// Waits until every job is completed and no execution runs.
    pub async fn all_jobs_are_over(&self) {
        self.until("all jobs are over", || self.is_over()).await;
    }

    /// Waits until `count` executions have been started and none runs.
    pub async fn executions_have_ended(&self, count: usize) {
        self.until(&format!("{count} executions have ended"), || async {
            let executions = self.stage.place.step_functions().executions();
            executions.len() >= count && self.is_quiet().await
        })
        .await;
    }

    /// Whether no execution runs.
    async fn is_quiet(&self) -> bool {
        let running = self
            .stage
            .clients
            .executions
            .list_executions()
            .state_machine_arn(&self.stage.fleet.state_machine)
            .status_filter(ExecutionStatus::Running)
            .send()
            .await
            .expect("executions can be listed");
        running.executions().is_empty()
    }

    /// Redrives an execution.
    pub async fn redrive(&self, arn: &str) {
        self.stage
            .clients
            .executions
            .redrive_execution()
            .execution_arn(arn)
            .send()
            .await
            .unwrap_or_else(|error| panic!("{arn} cannot be redriven: {error:?}"));
    }

    /// The end of every story: nothing is left anywhere, and everything stops.
    pub async fn nothing_is_left(self) {
        self.until("nothing is left", || async { self.leftovers().is_empty() })
            .await;
        let processes = self.stage.place.lambda().process_ids();
        self.stage.shutdown().await;
        for process in processes {
            assert!(
                !std::path::Path::new(&format!("/proc/{process}/exe")).exists(),
                "function process {process} is left"
            );
        }
    }

    /// Tells where everything is, for a test that is about to fail.
    async fn tell(&self) {
        for job in self.stage.github.jobs() {
            eprintln!("job {} {:?} {:?}", job.name, job.status, job.conclusion);
        }
        for execution in self.executions().await {
            eprintln!(
                "execution {} {} {:?} {:?} {:?}",
                execution.arn, execution.status, execution.states, execution.error, execution.cause
            );
        }
        for left in self.leftovers() {
            eprintln!("left: {left}");
        }
    }
}
