//! The throw-away workflow: the article's two parallel jobs on a branch that
//! holds nothing else, so that no other workflow of the repository starts.

use super::hub::Hub;
use anyhow::{Result, anyhow};
use std::time::{Duration, Instant};

/// How long a cancelled run may take to be over.
const CANCEL_LIMIT: Duration = Duration::from_secs(120);
/// Between two looks at a run that is being cancelled.
const PAUSE: Duration = Duration::from_millis(500);

/// A branch, its one workflow, and the runs of it.
#[derive(Debug)]
pub(super) struct Throwaway {
    id: String,
    repository: String,
    label: String,
}

impl Throwaway {
    pub(super) fn new(repository: &str, label: &str) -> Self {
        let id = uuid::Uuid::new_v4().simple().to_string();
        Self {
            id: id.chars().take(12).collect(),
            repository: repository.to_owned(),
            label: label.to_owned(),
        }
    }

    pub(super) fn branch(&self) -> String {
        format!("jit-runners-smoke-{}", self.id)
    }

    pub(super) fn file(&self) -> String {
        format!(".github/workflows/jit-runners-smoke-{}.yml", self.id)
    }

    /// The article's workflow, for this branch alone.
    fn text(&self) -> String {
        let (branch, label, id) = (self.branch(), &self.label, &self.id);
        format!(
            "name: jit-runners smoke {id}

on:
  push:
    branches:
      - {branch}

permissions: {{}}

jobs:
  run-it:
    strategy:
      fail-fast: false
      matrix:
        job_num: [1, 2]
    runs-on:
      - self-hosted
      - {label}
    steps:
      - name: Echo job_num
        run: |
          echo \"smoke {id} executing job_num: ${{{{ matrix.job_num }}}}\"
"
        )
    }

    /// What the steps of a job write: its number stands in its name.
    pub(super) fn step_output(&self, job: &str) -> Option<String> {
        let number = job.split('(').nth(1)?.split(')').next()?;
        Some(format!("smoke {} executing job_num: {number}", self.id))
    }

    /// Makes the branch, then pushes the workflow, which starts its run.
    pub(super) async fn push(&self, hub: &Hub) -> Result<()> {
        let about = "A throw-away branch of `jit-runners smoke`: delete it if it is still here.\n";
        let refused = |error: github::GitHubError| {
            anyhow!(
                "the workflow cannot be pushed to {} ({error}): the token needs contents, workflows and actions (read and write) there; a classic one repo and workflow",
                self.repository
            )
        };
        hub.user
            .create_bare_branch(&self.repository, &self.branch(), ("README.md", about))
            .await
            .map_err(refused)?;
        hub.user
            .create_file(
                &self.repository,
                &self.branch(),
                (&self.file(), &self.text()),
                "Test jit-runners with two parallel jobs",
            )
            .await
            .map_err(refused)?;
        Ok(())
    }

    /// Ends and deletes the runs of the branch, and the branch with its file.
    /// What was never made counts as removed.
    pub(super) async fn remove(&self, hub: &Hub) -> Result<()> {
        let began = Instant::now();
        loop {
            let runs = hub
                .user
                .runs_of_branch(&self.repository, &self.branch())
                .await
                .map_err(|error| self.left(&error.to_string()))?;
            let open: Vec<_> = runs
                .iter()
                .filter(|run| run.status != "completed")
                .collect();
            if open.is_empty() {
                for run in &runs {
                    hub.user
                        .delete_run(&self.repository, run.id)
                        .await
                        .map_err(|error| self.left(&error.to_string()))?;
                }
                break;
            }
            if began.elapsed() > CANCEL_LIMIT {
                return Err(self.left("its run is still not over"));
            }
            for run in open {
                hub.user
                    .cancel_run(&self.repository, run.id)
                    .await
                    .map_err(|error| self.left(&error.to_string()))?;
            }
            tokio::time::sleep(PAUSE).await;
        }
        hub.user
            .delete_branch(&self.repository, &self.branch())
            .await
            .map_err(|error| self.left(&error.to_string()))
    }

    /// The sentence about what may still be there.
    pub(super) fn left(&self, why: &str) -> anyhow::Error {
        anyhow!(
            "the branch {} of {} or its run may still be there ({why}): delete them by hand",
            self.branch(),
            self.repository
        )
    }
}

/// CPU units and MiB of a label `vcpu-<units>-mem-<MiB>`, where Fargate has
/// exactly that size: anything else is rounded up by the policy.
pub(super) fn size_of(label: &str) -> Option<(u64, u64)> {
    let (cpu, memory) = label.strip_prefix("vcpu-")?.split_once("-mem-")?;
    let (cpu, memory) = (cpu.parse().ok()?, memory.parse().ok()?);
    let valid = domain::fargate::is_valid(cpu, memory);
    valid.then_some((u64::from(cpu), u64::from(memory)))
}
