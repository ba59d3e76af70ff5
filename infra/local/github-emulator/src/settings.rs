//! What the emulator is told at its start: organisation, App, webhook, clock, limits.
//!
//! Every duration that GitHub documents (or is known for) is a setting with
//! GitHub's value as its default, compared with the injected clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::limits::{LimitStatus, SecondaryLimits};
use crate::transport::Transport;

/// Tells the time. Tests put a virtual one here.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// How far a permission of a GitHub App reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Look, do not touch.
    Read,
    /// Read and change.
    Write,
}

/// A GitHub App and its one installation, on the emulated organisation.
/// Its key pair is the process-wide one of [`crate::app_private_key_pem`].
#[derive(Debug, Clone)]
pub struct App {
    /// The App's id, the `iss` of its JWTs.
    pub id: u64,
    /// The id of its installation on the organisation.
    pub installation_id: u64,
    /// The installation's permissions by GitHub's names.
    pub permissions: BTreeMap<String, Access>,
    /// The events that the App subscribes to; without `workflow_job` none is sent.
    pub events: Vec<String>,
}

impl Default for App {
    fn default() -> Self {
        let permissions = [
            ("organization_self_hosted_runners", Access::Write),
            ("administration", Access::Write),
            ("actions", Access::Read),
            ("metadata", Access::Read),
        ];
        Self {
            id: 123_456,
            installation_id: 98_765_432,
            permissions: permissions
                .map(|(name, access)| (name.to_owned(), access))
                .into(),
            events: vec!["workflow_job".to_owned()],
        }
    }
}

/// Where the App's events are sent and the secret that signs them.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// An `http://` address.
    pub url: String,
    /// The key of the HMAC in `X-Hub-Signature-256`.
    pub secret: SecretString,
}

/// The emulator's settings; take `Settings::default()` and change what matters.
#[derive(Clone)]
pub struct Settings {
    /// The organisation's login.
    pub organization: String,
    /// The App that the clients sign in as.
    pub app: App,
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Where events go; see also [`crate::Emulator::set_webhook`].
    pub webhook: Option<Webhook>,
    /// How long a receiver may take to answer (GitHub: 10 s).
    pub webhook_timeout: Duration,
    /// Tells the time for tokens, jobs and clean-ups.
    pub clock: Clock,
    /// Requests per hour of the installation, the App and each person (GitHub: 5,000 and
    /// more); `None` switches primary limits and their headers off.
    pub rate_limit: Option<u32>,
    /// The secondary limits; `None` switches them off.
    pub secondary_limits: Option<SecondaryLimits>,
    /// How a reached limit is answered.
    pub limit_status: LimitStatus,
    /// After this, a job that was assigned but not started is queued again (GitHub: 60 s).
    pub assignment_timeout: TimeDelta,
    /// After this, a job that stays queued fails (GitHub: 24 h).
    pub queue_limit: TimeDelta,
    /// After this, a runner that listens without getting a job is removed (GitHub: 2–6 min).
    pub idle_removal: Option<TimeDelta>,
    /// After this, a runner that never connected or went offline is removed (GitHub: 1 day).
    pub offline_removal: TimeDelta,
    /// After this, a job whose runner fell silent fails (GitHub: about 10 min).
    pub lost_runner_after: TimeDelta,
    /// How long a runner's question for a message stays open (GitHub: 50 s).
    pub long_poll: Duration,
    /// Makes tokens, keys and shas repeatable.
    pub seed: Option<u64>,
    /// How events reach their receiver; over HTTP where not given.
    pub transport: Option<Transport>,
    /// How often time-outs are looked for.
    pub tick: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            organization: "foo-organisation".to_owned(),
            app: App::default(),
            port: 0,
            webhook: None,
            webhook_timeout: Duration::from_secs(10),
            clock: Arc::new(Utc::now),
            rate_limit: None,
            secondary_limits: None,
            limit_status: LimitStatus::default(),
            assignment_timeout: TimeDelta::seconds(60),
            queue_limit: TimeDelta::hours(24),
            idle_removal: Some(TimeDelta::minutes(5)),
            offline_removal: TimeDelta::days(1),
            lost_runner_after: TimeDelta::minutes(10),
            long_poll: Duration::from_secs(50),
            seed: None,
            transport: None,
            tick: Duration::from_millis(200),
        }
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("organization", &self.organization)
            .field("app", &self.app)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
