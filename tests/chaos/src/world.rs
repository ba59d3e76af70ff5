//! Given: the whole system in this thread, connected and deployed.

use crate::backstage::Backstage;
use crate::container::Containers;
use crate::dice::Dice;
use crate::faults::Faults;
use crate::functions::Around;
use crate::time::Time;
use crate::trace::Trace;
use crate::wire::{self, aws::Aws, github::GitHub};
use anyhow::{Context as _, Result};
use axum::Router;
use github_emulator::Emulator;
use jit_runners::clients::Clients;
use jit_runners::fleet::Binaries;
use jit_runners::stage::{self, Stage};
use local::ecs::EcsSettings;
use local::{Ids, Place};
use mint::Keys;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long a runner's question stays open; shorter than the listener's patience.
const LONG_POLL: Duration = Duration::from_secs(90);

/// A system that runs. Everything in it ends with the runtime.
pub struct World {
    /// Both sides and the fleet.
    pub stage: Stage,
    /// The clock.
    pub time: Time,
    /// What happened.
    pub trace: Trace,
    /// What goes wrong.
    pub faults: Faults,
    /// The containers.
    pub containers: Containers,
    /// The functions' way to GitHub.
    pub github: GitHub,
    /// The seed.
    pub seed: u64,
    /// The place's and the emulator's: all others hold them weakly.
    routers: [Arc<Router>; 2],
}

impl World {
    /// A system without jobs and faults; `reconciles` on a schedule or not. Within a current-thread runtime whose clock
    /// is paused.
    ///
    /// # Errors
    /// The place refuses a part of the fleet.
    pub async fn new(seed: u64, reconciles: bool) -> Result<Self> {
        let time = Time::begin();
        let trace = Trace::new(time);
        let faults = Faults::new(seed, trace.clone());
        let webhook = Arc::new(OnceLock::new());
        let app = github_emulator::Settings {
            clock: time.for_github(),
            seed: Some(seed),
            transport: Some(wire::webhook::transport(
                Arc::clone(&webhook),
                faults.clone(),
                trace.clone(),
            )),
            // The transport keeps the time itself, from the moment when it sends.
            webhook_timeout: Duration::from_secs(3600),
            tick: Duration::from_secs(5),
            long_poll: LONG_POLL,
            ..github_emulator::Settings::default()
        };
        let emulator = Emulator::in_memory(app.clone());
        let github_router = Arc::new(emulator.router());
        let to_github = wire::to(&github_router);
        let containers = Containers::new(time, trace.clone(), faults.clone(), to_github.clone());
        let launcher = containers.clone();
        let place = Place::in_memory(local::Settings {
            clock: time.for_place(),
            ids: Ids::seeded(seed),
            launcher: Some(Arc::new(move |_, _| Arc::new(launcher.clone()))),
            ecs: EcsSettings {
                provisioning: Duration::from_secs(12),
                pending: Duration::from_secs(18),
                deprovisioning: Duration::from_secs(6),
                retention: Duration::from_secs(365 * 24 * 3600),
                ..EcsSettings::default()
            },
            ..local::Settings::default()
        })?;
        let place_router = Arc::new(place.router());
        let to_place = wire::to(&place_router);
        // GitHub finds the function's URL from now on.
        let _ = webhook.set(to_place.clone());
        let aws = Aws::new(to_place, faults.clone())
            .config(&place.endpoint(), time)
            .await;
        containers.connect(aws.clone(), place.ecs());
        let github = GitHub::new(to_github, faults.clone());
        let bits = Dice::new(seed, "keys");
        let around = Around {
            aws: aws.clone(),
            github: github.clone(),
            api_url: emulator.base_url(),
            time,
            faults: faults.clone(),
            keys: Keys::new(move || bits.bits()),
            backstage: Backstage::new(faults.clone(), place.ecs(), place.step_functions()),
        };
        let mut settings = stage::Settings::new(Binaries {
            bootstrap: "/in-process/bootstrap".into(),
            entrypoint: "/in-process/entrypoint".into(),
            runner: "/in-process/runner".into(),
        });
        settings.in_process = Some(around.functions());
        settings.github = app;
        settings.reconcile_schedule = reconciles.then(|| "rate(2 minutes)".to_owned());
        let stage = Stage::set(place, emulator, Clients::new(aws.sdk()), settings)
            .context("the fleet could not be deployed")?;
        Ok(Self {
            stage,
            time,
            trace,
            faults,
            containers,
            github,
            seed,
            routers: [github_router, place_router],
        })
    }

    /// A call of Step Functions, without a network.
    pub fn step_functions(&self, operation: &str, input: Value) -> Value {
        let answer = self.stage.place.step_functions().call(operation, input);
        answer.unwrap_or_else(|error| json!({"__error": error.to_string()}))
    }

    /// What DescribeExecution says.
    pub fn execution(&self, arn: &str) -> Value {
        self.step_functions("DescribeExecution", json!({"executionArn": arn}))
    }

    /// Everything that answers requests, for a runner of somebody else.
    pub fn github_router(&self) -> &Arc<Router> {
        &self.routers[0]
    }
}
