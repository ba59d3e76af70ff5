//! Everything the emulated GitHub knows, as plain data behind one lock.
//!
//! Methods take the time as an argument and do no I/O: what has to be sent is
//! put into `outbox`. Each file of this folder adds one subject.

mod app_record;
mod assign;
mod deliveries;
mod due;
mod git;
mod jit;
mod lifecycle;
mod limits;
mod mishaps;
mod progress;
mod registry;
mod results;
mod runs;
mod sweep;
mod tokens;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use faults::Faults;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use secrecy::SecretString;

use crate::deliveries::Delivery;
use crate::faults::Fault;
use crate::github_fault::GitHubFault;
use crate::ids::{JobId, RunId, RunnerId};
use crate::jobs::Job;
use crate::runner_group::RunnerGroup;
use crate::settings::{Settings, Webhook};
use crate::workflow::{Instance, Workflow};

pub(crate) use app_record::AppRecord;
pub(crate) use deliveries::Outgoing;
use due::Due;
pub(crate) use git::{Files, Git, GitError, object_id};
use limits::Used;
pub(crate) use limits::{Caller, RESOURCES, Secondary, Usage};
pub(crate) use progress::SessionError;
pub(crate) use registry::{Registration, RegistrationError, RemovalError, Scope};
pub(crate) use runs::{BRANCH, RerunError};
pub(crate) use tokens::{Holder, Token};

/// A repository of the organisation.
#[derive(Debug, Clone)]
pub(crate) struct Repository {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) private: bool,
    pub(crate) protected_environments: Vec<String>,
    pub(crate) created_at: DateTime<Utc>,
    /// When its visibility changed last.
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) pushed_at: DateTime<Utc>,
}

/// One start of a workflow.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) id: RunId,
    pub(crate) number: u64,
    pub(crate) attempt: u32,
    pub(crate) repository: String,
    pub(crate) workflow: Arc<Workflow>,
    pub(crate) branch: String,
    pub(crate) head_sha: String,
    pub(crate) created_at: DateTime<Utc>,
    /// Keys whose jobs do not exist yet, since what they need has not ended.
    pub(crate) pending: Vec<String>,
    /// Jobs kept back by `max-parallel`.
    pub(crate) held: Vec<Arc<Instance>>,
    pub(crate) cancelled: bool,
}

/// A job with what is not shown outside.
#[derive(Debug)]
pub(crate) struct JobRecord {
    pub(crate) facts: Job,
    pub(crate) instance: Arc<Instance>,
    pub(crate) queued_at: DateTime<Utc>,
    pub(crate) approved: bool,
    /// Offered to this runner, not yet begun.
    pub(crate) assigned: Option<(RunnerId, DateTime<Utc>)>,
    pub(crate) cancel_requested: bool,
    pub(crate) log: Vec<String>,
    pub(crate) outputs: BTreeMap<String, String>,
}

/// A registered just-in-time runner.
#[derive(Debug)]
pub(crate) struct RunnerRecord {
    pub(crate) id: RunnerId,
    pub(crate) name: String,
    pub(crate) labels: Vec<String>,
    pub(crate) group_id: u64,
    pub(crate) scope: Scope,
    pub(crate) client_id: String,
    /// The `d` of its RSA parameters: who knows it is the runner.
    pub(crate) secret: Vec<u8>,
    pub(crate) session: Option<String>,
    /// Questions for a message that are open right now.
    pub(crate) polls: u32,
    /// Questions for its job's cancellation that are open right now.
    pub(crate) watches: u32,
    pub(crate) listening_since: Option<DateTime<Utc>>,
    pub(crate) last_seen: DateTime<Utc>,
    pub(crate) job: Option<JobId>,
}

/// What kind of secret was given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// The private key of an App that was made from a manifest.
    AppKey,
    /// Its client secret.
    ClientSecret,
    /// What signs its webhooks.
    WebhookSecret,
    /// An installation token (`ghs_…`).
    InstallationToken,
    /// A whole `encoded_jit_config`.
    JitConfig,
    /// The private key within a JIT configuration.
    RunnerKey,
    /// A runner's session token.
    RunnerSession,
}

/// A secret that the emulator gave out, for searches after leaks.
#[derive(Debug, Clone)]
pub struct IssuedSecret {
    /// What it is.
    pub kind: SecretKind,
    /// Its text.
    pub value: SecretString,
}

pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) base_url: String,
    pub(crate) app_record: AppRecord,
    pub(crate) webhook: Option<Webhook>,
    /// The organisation's own; it gets every `workflow_job` event too.
    pub(crate) organization_webhook: Option<Webhook>,
    /// Requests to the API so far.
    pub(crate) api_requests: u64,
    /// The same with those that went wrong on order; numbers their ids.
    pub(crate) api_calls: u64,
    pub(crate) hook_active: bool,
    /// `json` or `form`.
    pub(crate) hook_content_type: String,
    pub(crate) hook_insecure_ssl: bool,
    /// Since when the installation is suspended.
    pub(crate) suspended_at: Option<DateTime<Utc>>,
    pub(crate) repositories: BTreeMap<String, Repository>,
    pub(crate) groups: BTreeMap<u64, RunnerGroup>,
    pub(crate) runs: BTreeMap<RunId, Run>,
    pub(crate) jobs: BTreeMap<JobId, JobRecord>,
    pub(crate) runners: BTreeMap<RunnerId, RunnerRecord>,
    pub(crate) tokens: HashMap<String, Token>,
    pub(crate) nonces: Vec<String>,
    pub(crate) git: Git,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) outbox: Vec<Outgoing>,
    pub(crate) faults: Vec<Fault>,
    /// The faults that have names.
    pub(crate) mishaps: Arc<Faults<GitHubFault>>,
    /// What they do later, by time and number.
    due: BTreeMap<(DateTime<Utc>, u64), Due>,
    /// Events that wait for a later one to pass them, at most until that time.
    held: Vec<(Outgoing, DateTime<Utc>)>,
    /// Nothing is announced.
    mute: bool,
    pub(crate) issued: Vec<IssuedSecret>,
    pub(crate) refuses_version: bool,
    used: Used,
    random: StdRng,
    last_id: HashMap<&'static str, u64>,
}

impl World {
    pub(crate) fn new(settings: Settings, base_url: String) -> Self {
        let random = match settings.seed {
            Some(seed) => StdRng::seed_from_u64(seed),
            None => StdRng::from_os_rng(),
        };
        Self {
            app_record: AppRecord::of_the_start(&base_url, (settings.clock)()),
            webhook: settings.webhook.clone(),
            organization_webhook: None,
            api_requests: 0,
            api_calls: 0,
            hook_active: true,
            hook_content_type: "json".to_owned(),
            hook_insecure_ssl: false,
            suspended_at: None,
            settings,
            base_url,
            repositories: BTreeMap::new(),
            groups: BTreeMap::from([(1, RunnerGroup::open("Default"))]),
            runs: BTreeMap::new(),
            jobs: BTreeMap::new(),
            runners: BTreeMap::new(),
            tokens: HashMap::new(),
            nonces: Vec::new(),
            git: Git::default(),
            deliveries: Vec::new(),
            outbox: Vec::new(),
            faults: Vec::new(),
            mishaps: Arc::default(),
            due: BTreeMap::new(),
            held: Vec::new(),
            mute: false,
            issued: Vec::new(),
            refuses_version: false,
            used: Used::default(),
            random,
            last_id: HashMap::new(),
        }
    }

    /// The next id of a kind; GitHub's are large for runs and jobs.
    pub(crate) fn next_id(&mut self, kind: &'static str) -> u64 {
        let first = match kind {
            "job" => 57_800_000_000,
            "run" => 19_500_000_000,
            "delivery" => 180_000_000_000,
            "repository" => 1_100_000_000,
            _ => 0,
        };
        let last = self.last_id.entry(kind).or_insert(first);
        *last += 1;
        *last
    }

    pub(crate) fn random_bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.random.fill(&mut bytes[..]);
        bytes
    }

    /// Letters and digits.
    pub(crate) fn random_text(&mut self, length: usize) -> String {
        let random = &mut self.random;
        (0..length)
            .map(|_| char::from(random.sample(rand::distr::Alphanumeric)))
            .collect()
    }

    pub(crate) fn random_number(&mut self, range: std::ops::Range<usize>) -> usize {
        self.random.random_range(range)
    }

    pub(crate) fn random_uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .to_string()
    }

    pub(crate) fn issue(&mut self, kind: SecretKind, value: &str) {
        self.issued.push(IssuedSecret {
            kind,
            value: SecretString::from(value.to_owned()),
        });
    }

    /// The repository of this name, without regard to case.
    pub(crate) fn repository(&self, name: &str) -> Option<&Repository> {
        self.repositories.get(&name.to_lowercase())
    }

    pub(crate) fn is_organization(&self, login: &str) -> bool {
        login.eq_ignore_ascii_case(&self.settings.organization)
    }
}
