//! What one process keeps: clients, settings, the policy, the installation's token.

use aws::Config;
use aws::dead_letters::DeadLetters;
use aws::events::Events;
use aws::upkeep::{HandoverKeys, Upkeep};
use domain::clock::Clock;
use domain::policy::Policy;
use github::{AppClient, Http, OrganizationHook};
use handler::{Settings, SettingsInvalid};
use removal::{ClientSettings, Clients};

use crate::settings::{self, Limits};

/// Built once, kept while the process lives.
#[derive(Debug)]
pub struct State {
    clients: Clients,
    app: AppClient,
    upkeep: Upkeep,
    handover_keys: HandoverKeys,
    events: Events,
    dead_letters: Option<DeadLetters>,
    machine: String,
    organization_hook: Option<OrganizationHook>,
    labels: Vec<String>,
    policy: Option<Policy>,
    policy_hash: String,
    limits: Limits,
}

impl State {
    /// All from the process's environment.
    pub async fn from_env() -> Result<Self, SettingsInvalid> {
        let config = Config::from_env().await;
        Self::new(handler::environment(), &config, Clock::system(), None)
    }

    /// From the settings of [`ClientSettings`], `STATE_MACHINE_ARN`, `EVENT_BUS`,
    /// `POLICY` and `ARCHITECTURES` (as the function `size` has them) or the text's `POLICY_HASH`, optionally
    /// `DEAD_LETTER_QUEUE_URL`, `RECONCILE_ORG_HOOK_ID`, `RECONCILE_LABELS` and those of [`Limits`]. GitHub
    /// is reached through `http` where given. Within a tokio runtime.
    pub fn new(
        mut settings: Settings,
        config: &Config,
        clock: Clock,
        http: Option<Http>,
    ) -> Result<Self, SettingsInvalid> {
        let clients = ClientSettings::read(&mut settings);
        let machine = settings.required("STATE_MACHINE_ARN");
        let bus = settings.required("EVENT_BUS");
        let queue = settings.optional("DEAD_LETTER_QUEUE_URL");
        let organization_hook = settings::organization_hook(&mut settings);
        let labels = settings::labels(&settings);
        let limits = Limits::read(&mut settings);
        let (policy, policy_hash) = settings::policy(&mut settings)?;
        settings.finish()?;
        let github = clients.github();
        let http = match http {
            Some(http) => http,
            None => Http::new(&github.server, clock.clone())
                .map_err(|error| SettingsInvalid::new(error.to_string()))?,
        };
        let signer = app_key::signer(&github.key, config, clock.clone());
        Ok(Self {
            app: AppClient::new(http.clone(), github.installation.app_id.clone(), signer),
            upkeep: Upkeep::new(config, clients.claims()),
            handover_keys: HandoverKeys::new(config, clients.handover()),
            clients: clients.connect(config, clock, Some(http))?,
            events: Events::new(config, bus),
            dead_letters: queue.map(|url| DeadLetters::new(config, url)),
            machine,
            organization_hook,
            labels,
            policy,
            policy_hash,
            limits,
        })
    }

    pub(crate) fn clients(&self) -> &Clients {
        &self.clients
    }

    pub(crate) fn app(&self) -> &AppClient {
        &self.app
    }

    pub(crate) fn upkeep(&self) -> &Upkeep {
        &self.upkeep
    }

    pub(crate) fn handover_keys(&self) -> &HandoverKeys {
        &self.handover_keys
    }

    pub(crate) fn events(&self) -> &Events {
        &self.events
    }

    pub(crate) fn dead_letters(&self) -> Option<&DeadLetters> {
        self.dead_letters.as_ref()
    }

    /// The state machine's ARN.
    pub(crate) fn machine(&self) -> &str {
        &self.machine
    }

    pub(crate) fn organization_hook(&self) -> Option<&OrganizationHook> {
        self.organization_hook.as_ref()
    }

    pub(crate) fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The policy that sizes jobs, where it is known.
    pub(crate) fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }

    pub(crate) fn policy_hash(&self) -> &str {
        &self.policy_hash
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.clients.clock()
    }
}
