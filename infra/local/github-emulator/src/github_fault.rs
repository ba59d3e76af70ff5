//! What can go wrong at GitHub, by name: for files, tests and seeded runs.
//!
//! docs/faults.md lists the names with what each is compared with.

use serde::{Deserialize, Serialize};

/// Something that goes wrong at GitHub. The names are those of a file, in kebab-case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
pub enum GitHubFault {
    /// REST: 401 Bad credentials, without effect.
    Unauthorized {},
    /// REST: 403 without any limit's headers, without effect.
    Forbidden {},
    /// REST: 403, the hour's requests are used up; `x-ratelimit-reset` says until when.
    RateLimited {
        /// Until the limit's reset.
        #[serde(default = "minute")]
        seconds: u64,
    },
    /// REST: 403, the secondary limit, with `retry-after`.
    SecondaryRateLimited {
        /// The value of `retry-after`.
        #[serde(default = "minute")]
        seconds: u64,
    },
    /// REST: 404 Not Found, without effect.
    NotFound {},
    /// REST: 409 Conflict, without effect.
    Conflict {},
    /// REST: 422 Validation Failed, without effect.
    Unprocessable {},
    /// REST: 429 with `retry-after`, without effect.
    TooManyRequests {
        /// The value of `retry-after`.
        #[serde(default = "minute")]
        seconds: u64,
    },
    /// REST: 500 without effect.
    ServerError {},
    /// REST: a bare 502 without effect.
    BadGateway {},
    /// REST: 503 without effect.
    ServiceUnavailable {},
    /// REST: no answer and no effect; after this time the connection ends.
    NoAnswer {
        /// How long nothing comes.
        #[serde(default = "minute")]
        seconds: u64,
    },
    /// REST: it has its effect, and the answer is lost: a bare 502.
    AnswerLost {},
    /// REST: it is answered as ever, later.
    SlowAnswer {
        /// How much later.
        #[serde(default = "ten")]
        seconds: u64,
    },
    /// An event is never sent: GitHub itself does not know of it.
    WebhookNeverSent {},
    /// An event does not arrive; the delivery is logged as failed with this status.
    WebhookFailed {
        /// The status that GitHub logs; 0 where no connection came about.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// An event is sent later.
    WebhookDelayed {
        /// How much later.
        #[serde(default = "minute")]
        seconds: u64,
    },
    /// An event arrives more than once, under the same GUID.
    WebhookRepeated {
        /// How often besides the first time.
        #[serde(default = "one")]
        copies: u16,
    },
    /// An event arrives after the next one that is sent, at the latest after this time.
    WebhookReordered {
        /// How long it waits for another.
        #[serde(default = "minute")]
        seconds: u64,
    },
    /// A runner of somebody else takes the queued job and ends it well.
    JobTakenByForeignRunner {
        /// From being queued to being taken.
        #[serde(default)]
        seconds: u64,
        /// How long it runs there.
        #[serde(default = "ten")]
        runs_for: u64,
    },
    /// A runner that was to get the job gets another queued one that fits it.
    RunnerTakenBySibling {},
    /// A runner that was to get the job gets one that nobody announced.
    RunnerTakenByForeignJob {},
    /// The job is cancelled as soon as it is queued.
    JobCancelledQueued {
        /// From then on.
        #[serde(default)]
        seconds: u64,
    },
    /// The job is cancelled when it is offered to a runner.
    JobCancelledOffered {},
    /// The job is cancelled when its runner has begun with it.
    JobCancelledAcquired {},
    /// The job is cancelled when its first step is reported.
    JobCancelledRunning {
        /// From then on.
        #[serde(default)]
        seconds: u64,
    },
    /// A runner is removed while it listens, before it has a job.
    RunnerIdleRemoved {
        /// From its first listening on.
        #[serde(default)]
        seconds: u64,
    },
}

impl GitHubFault {
    /// Whether it happens to requests of the REST API.
    #[must_use]
    pub fn is_of_rest(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized {}
                | Self::Forbidden {}
                | Self::RateLimited { .. }
                | Self::SecondaryRateLimited { .. }
                | Self::NotFound {}
                | Self::Conflict {}
                | Self::Unprocessable {}
                | Self::TooManyRequests { .. }
                | Self::ServerError {}
                | Self::BadGateway {}
                | Self::ServiceUnavailable {}
                | Self::NoAnswer { .. }
                | Self::AnswerLost {}
                | Self::SlowAnswer { .. }
        )
    }

    /// Whether it happens to webhook deliveries.
    #[must_use]
    pub fn is_of_webhooks(&self) -> bool {
        matches!(
            self,
            Self::WebhookNeverSent {}
                | Self::WebhookFailed { .. }
                | Self::WebhookDelayed { .. }
                | Self::WebhookRepeated { .. }
                | Self::WebhookReordered { .. }
        )
    }
}

fn one() -> u16 {
    1
}

fn ten() -> u64 {
    10
}

fn minute() -> u64 {
    60
}

fn bad_gateway() -> u16 {
    502
}
