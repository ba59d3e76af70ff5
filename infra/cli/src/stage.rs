//! The whole stage on one machine: GitHub's emulator, the place, the fleet, and
//! the webhook between them. The demo and the tests start the same one.

use crate::clients::Clients;
use crate::fleet::{self, Binaries, Fleet, InProcess, Release};
use anyhow::Result;
use github_emulator::Emulator;
use local::Place;
use secrecy::SecretString;
use std::collections::BTreeMap;

/// The policy of the demo.
pub const POLICY: &str = include_str!("../policies/demo.toml");
/// The organisation of the article.
pub const ORGANIZATION: &str = "foo-organisation";
/// The repository of the article.
pub const REPOSITORY: &str = "jit-fargate-test";

/// How the stage is set.
pub struct Settings {
    /// The programs to run.
    pub binaries: Binaries,
    /// The functions, where they are closures and no processes.
    pub in_process: Option<InProcess>,
    /// The runner's image; the programs run as processes where not given.
    pub image: Option<String>,
    /// The place's settings.
    pub place: local::Settings,
    /// The emulator's settings.
    pub github: github_emulator::Settings,
    /// Hold the App's key in KMS, so that no process ever has it.
    pub app_key_in_kms: bool,
    /// The policy file's text.
    pub policy: String,
    /// `organization` or `repository`: where runners register.
    pub scope: &'static str,
    /// How long after all of a runner's own limits its task is given up.
    pub end_margin_seconds: u32,
    /// Limits of the function `reconcile` other than its own (`RECONCILE_…`).
    pub reconcile: BTreeMap<String, String>,
    /// When `reconcile` is called, for example `rate(2 minutes)`; never where not given.
    pub reconcile_schedule: Option<String>,
    /// What is deployed.
    pub release: Release,
    /// Reach GitHub's API as on GitHub Enterprise Server, under `/api/v3`.
    pub enterprise_server: bool,
}

impl Settings {
    /// The demo's stage.
    pub fn new(binaries: Binaries) -> Self {
        Self {
            binaries,
            in_process: None,
            image: None,
            place: local::Settings::default(),
            github: github_emulator::Settings::default(),
            app_key_in_kms: false,
            policy: POLICY.to_owned(),
            scope: "organization",
            end_margin_seconds: 600,
            reconcile: BTreeMap::new(),
            reconcile_schedule: None,
            release: Release::default(),
            enterprise_server: false,
        }
    }
}

/// A running stage. End it with [`Stage::shutdown`].
pub struct Stage {
    /// AWS's side.
    pub place: Place,
    /// GitHub's side.
    pub github: Emulator,
    /// What was deployed.
    pub fleet: Fleet,
    /// The AWS SDK's clients for the place.
    pub clients: Clients,
    /// How it was deployed: upgrades need it again.
    pub deployed: fleet::Settings,
    /// What signs the webhooks: tests look for it where it must not be.
    pub webhook_secret: SecretString,
}

impl Stage {
    /// Starts both sides and connects them.
    ///
    /// # Errors
    /// A port is in use, or the place refuses a part of the fleet.
    pub async fn start(settings: Settings) -> Result<Self> {
        let place = Place::start(settings.place.clone()).await?;
        let github = Emulator::start(settings.github.clone()).await?;
        let clients = Clients::local(&place.endpoint()).await;
        Self::set(place, github, clients, settings)
    }

    /// Connects two sides that run, wherever they do, and deploys the fleet.
    ///
    /// # Errors
    /// The place refuses a part of the fleet.
    pub fn set(
        place: Place,
        github: Emulator,
        clients: Clients,
        settings: Settings,
    ) -> Result<Self> {
        let app = settings.github.app;
        let webhook_secret = SecretString::from(format!(
            "{}{}",
            uuid::Uuid::new_v4().simple(),
            uuid::Uuid::new_v4().simple()
        ));
        let api_url = if settings.enterprise_server {
            format!("{}/api/v3", github.base_url())
        } else {
            github.base_url()
        };
        let deployed = fleet::Settings {
            binaries: settings.binaries,
            in_process: settings.in_process,
            image: settings.image,
            app: fleet::App {
                api_url,
                id: app.id,
                installation_id: app.installation_id,
                key: SecretString::from(github.app_private_key_pem()),
                webhook_secret: webhook_secret.clone(),
            },
            app_key_in_kms: settings.app_key_in_kms,
            policy: settings.policy,
            scope: settings.scope,
            runner_group: 1,
            end_margin_seconds: settings.end_margin_seconds,
            reconcile: settings.reconcile,
            reconcile_schedule: settings.reconcile_schedule,
        };
        let fleet = fleet::deploy(&place, &deployed, &settings.release)?;
        github.create_repository(REPOSITORY, true);
        github.set_webhook(fleet.webhook_url.clone(), webhook_secret.clone());
        Ok(Self {
            place,
            github,
            fleet,
            clients,
            deployed,
            webhook_secret,
        })
    }

    /// Upgrades the fleet while it runs; answers the ARN of the new version.
    ///
    /// # Errors
    /// The place refuses a part of the release.
    pub fn upgrade(&self, release: &Release) -> Result<String> {
        let version = fleet::publish(&self.place, &self.deployed, release)?;
        fleet::make_live(&self.place, &version)?;
        Ok(version)
    }

    /// Ends everything that was started, and waits for it.
    pub async fn shutdown(self) {
        self.place.shutdown().await;
        self.github.shutdown().await;
    }
}
