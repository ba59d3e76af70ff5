//! One container's life: settings, the JIT config, the listener, the limits.

use super::Shared;
use crate::faults::Kind;
use crate::trace;
use ::aws::handover::Handover;
use domain::names::exit_code;
use entrypoint::{End, Settings};
use github_emulator::stand_in::{self, Scene};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

const SIGTERM: i32 = 15;

/// What a container may end with before it listens, besides what the entrypoint
/// finds by itself.
pub(crate) const EXITS: [i32; 9] = [
    exit_code::LISTENER_TERMINATED,
    exit_code::LISTENER_RETRYABLE,
    exit_code::LISTENER_SESSION_CONFLICT,
    exit_code::SETTINGS_INVALID,
    exit_code::HANDOVER_GONE,
    exit_code::RUNNER_VERSION_REFUSED,
    exit_code::PROGRAM_NOT_STARTED,
    exit_code::HANDOVER_UNREACHABLE,
    139,
];

/// A container that lives.
pub(super) struct Life {
    pub(super) shared: Arc<Shared>,
    pub(super) number: usize,
    pub(super) terminate: Arc<Notify>,
}

impl Life {
    /// To its exit code.
    pub(super) async fn live(&self, variables: BTreeMap<String, String>) -> i32 {
        let born = Instant::now();
        let pairs = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        let end = match Settings::from_variables(pairs) {
            Ok(settings) => self.run(&settings, born).await,
            Err(error) => End::SettingsInvalid(error.to_string()),
        };
        end.exit_code()
    }

    /// Notes the end, whatever it was.
    pub(super) fn over(&self, exit: i32) {
        let job = self.intended();
        self.shared.trace.note("exit", job, exit.to_string());
        let now = self.shared.time.elapsed();
        self.shared.change(self.number, |record| {
            record.exit = Some(exit);
            record.over_at = Some(now);
        });
    }

    async fn run(&self, settings: &Settings, born: Instant) -> End {
        let job = self.intended();
        let faults = &self.shared.faults;
        if let Some(code) = self.exits("before its JIT config") {
            return End::Exited(code);
        }
        let Some(aws) = self.shared.aws.get() else {
            return End::HandoverUnreachable;
        };
        let handover = Handover::new(aws, &settings.handover_table);
        if faults.strikes(Kind::HandoverGone, "the container's", job) {
            // Somebody else was quicker.
            drop(handover.discard(&settings.handover_key).await);
        }
        let taken = tokio::select! {
            biased;
            () = self.terminate.notified() => return End::Signalled(SIGTERM),
            taken = handover.take(&settings.handover_key, self.shared.time.now()) => taken,
        };
        let config = match taken {
            Ok(config) => config,
            Err(error) => return End::from(&error),
        };
        if let Some(code) = self.exits("behind its JIT config") {
            return End::Exited(code);
        }
        tokio::time::sleep(faults.dice().millis(500, 4_000)).await;
        self.supervise(settings, &config, born).await
    }

    /// An exit code that strikes here.
    fn exits(&self, when: &str) -> Option<i32> {
        let job = self.intended();
        let faults = &self.shared.faults;
        EXITS.into_iter().find(|code| {
            let what = format!("{code} {when}");
            faults.strikes(Kind::ContainerExit, &what, job)
        })
    }

    /// The listener, and what ends it early.
    async fn supervise(
        &self,
        settings: &Settings,
        config: &secrecy::SecretString,
        born: Instant,
    ) -> End {
        let leave = Notify::new();
        let started = Arc::new(AtomicBool::new(false));
        let tell = |scene| self.tell(scene, &started);
        let github = self.shared.github.clone();
        let mut listener = std::pin::pin!(stand_in::act(config, github, leave.notified(), tell));
        let (idle_at, total_at) = (Instant::now() + settings.idle, born + settings.total);
        let mut reason = None;
        let mut kill_at: Option<Instant> = None;
        loop {
            let idle = !started.load(Ordering::SeqCst);
            let limit = kill_at.unwrap_or(if idle {
                total_at.min(idle_at)
            } else {
                total_at
            });
            tokio::select! {
                biased;
                code = &mut listener => {
                    return reason.unwrap_or_else(|| End::of_exit(i32::from(code)));
                }
                () = self.terminate.notified(), if kill_at.is_none() => {
                    leave.notify_one();
                    kill_at = Some(Instant::now() + settings.stop);
                }
                () = sleep_until(limit) => {
                    let now = Instant::now();
                    // A job that has started is no longer idle.
                    let still_idle = !started.load(Ordering::SeqCst) && now >= idle_at;
                    if kill_at.is_some() {
                        return reason.unwrap_or(End::Signalled(9));
                    } else if now >= total_at {
                        reason = Some(End::TimeOver(settings.total.as_secs()));
                    } else if still_idle {
                        reason = Some(End::Idle(settings.idle.as_secs()));
                    } else {
                        continue;
                    }
                    leave.notify_one();
                    kill_at = Some(now + settings.stop);
                }
            }
        }
    }

    fn tell(&self, scene: Scene, started: &AtomicBool) {
        let trace = &self.shared.trace;
        match scene {
            Scene::Listening => {
                trace.note("listening", self.intended(), "");
                let now = self.shared.time.elapsed();
                self.shared
                    .change(self.number, |record| record.listened_at = Some(now));
            }
            Scene::Started(id) => {
                started.store(true, Ordering::SeqCst);
                let of = format!("on the runner of job {}", self.intended());
                trace.note("started", trace::number(id), of);
                self.shared
                    .change(self.number, |record| record.began = Some(id));
            }
            Scene::Ended(id, conclusion) => {
                trace.note("ended", trace::number(id), conclusion.name());
                self.shared.change(self.number, |record| record.told = true);
            }
        }
    }

    fn intended(&self) -> u64 {
        let records = self.shared.records();
        records.get(self.number).map_or(0, |record| record.intended)
    }
}
