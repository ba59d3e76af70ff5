//! What tests and the demo see of a running emulator, beside its API.

use std::time::Duration;

use tokio::sync::watch;

use crate::deliveries::Delivery;
use crate::emulator::Emulator;
use crate::ids::{JobId, RunId};
use crate::jobs::Job;
use crate::runners::{Leftovers, Runner};
use crate::world::IssuedSecret;

impl Emulator {
    /// All jobs, oldest first.
    pub fn jobs(&self) -> Vec<Job> {
        self.shared
            .look(|world, _| world.jobs.values().map(|job| job.facts.clone()).collect())
    }

    /// The jobs of one run, all attempts, oldest first.
    pub fn jobs_of(&self, run: RunId) -> Vec<Job> {
        self.jobs()
            .into_iter()
            .filter(|job| job.run_id == run)
            .collect()
    }

    /// One job.
    pub fn job(&self, id: JobId) -> Option<Job> {
        self.shared
            .look(|world, _| world.jobs.get(&id).map(|job| job.facts.clone()))
    }

    /// The log of a job, as far as it was sent.
    pub fn job_log(&self, id: JobId) -> Option<String> {
        self.shared
            .look(|world, _| world.jobs.get(&id).map(|job| job.log.join("\n")))
    }

    /// All registered runners.
    pub fn runners(&self) -> Vec<Runner> {
        self.shared
            .look(|world, _| world.runners.values().map(Runner::from).collect())
    }

    /// Every (repository, branch) that was made through the API and is there still.
    pub fn branches(&self) -> Vec<(String, String)> {
        self.shared.look(|world, _| world.git.branches())
    }

    /// Every run there is, oldest first.
    pub fn runs(&self) -> Vec<RunId> {
        self.shared
            .look(|world, _| world.runs.keys().copied().collect())
    }

    /// What is still registered.
    pub fn leftovers(&self) -> Leftovers {
        self.shared.look(|world, _| Leftovers {
            runners: world.runners.values().map(Runner::from).collect(),
            open_sessions: world
                .runners
                .values()
                .filter(|runner| runner.session.is_some())
                .count(),
        })
    }

    /// All attempts at deliveries that have ended, in the order of their ends.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.look(|world, _| world.deliveries.clone())
    }

    /// How many requests the API has had, those for tokens included.
    pub fn api_requests(&self) -> u64 {
        self.shared.look(|world, _| world.api_requests)
    }

    /// Every secret that was given out, for searches after leaks.
    pub fn issued_secrets(&self) -> Vec<IssuedSecret> {
        self.shared.look(|world, _| world.issued.clone())
    }

    /// Looks for what is due by the clock, at once: for virtual clocks.
    pub fn tick(&self) {
        self.shared.tick();
    }

    /// A counter that moves whenever something may have changed.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.changes()
    }

    /// Waits until `holds`, asked at every change; false after `limit`.
    pub async fn wait_until(&self, limit: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let mut changes = self.changed();
        let wait = async {
            while !holds(self) {
                if changes.changed().await.is_err() {
                    return;
                }
            }
        };
        tokio::time::timeout(limit, wait).await.is_ok() || holds(self)
    }
}
