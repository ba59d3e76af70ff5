//! The services of a place, made and connected: who calls whom, and which faults
//! strike where. All share the place's clock and its ids.

use std::sync::Arc;

use crate::credentials::TaskCredentials;
use crate::dynamodb::DynamoDb;
use crate::ecs::launcher::{Launcher, ProcessLauncher, ProcessSettings};
use crate::ecs::{Ecs, EcsSettings};
use crate::events::Events;
use crate::kms::Kms;
use crate::lambda::Lambda;
use crate::logs::Logs;
use crate::scheduler::Scheduler;
use crate::secrets::Secrets;
use crate::server::Services;
use crate::settings::Settings;
use crate::sqs::Sqs;
use crate::step_functions::{StepFunctions, TaskServices};
use crate::store::Shelf;
use crate::targets::Targets;

/// All of them. `around`: where tasks' processes find the place.
pub(crate) fn services(settings: Settings, around: ProcessSettings) -> Services {
    let endpoint = around.endpoint.clone();
    let clock = settings.clock;
    let logs = Arc::new(Logs::new());
    let credentials = Arc::new(TaskCredentials::new(clock.clone()));
    let dynamodb = Arc::new(DynamoDb::new(clock.clone()));
    let launcher: Arc<dyn Launcher> = match settings.launcher {
        Some(make) => make(around, Arc::clone(&credentials)),
        None => Arc::new(ProcessLauncher::new(around, Arc::clone(&credentials))),
    };
    let ids = settings.ids;
    let ecs = EcsSettings {
        ids: ids.clone(),
        ..settings.ecs
    };
    let ecs = Ecs::new(ecs, launcher, Arc::clone(&logs), clock.clone());
    let sqs = Sqs::new(endpoint.clone(), clock.clone());
    let lambda = Lambda::new(endpoint, Arc::clone(&logs), clock.clone(), ids.clone());
    let targets = Targets::new(Arc::clone(&lambda), Arc::clone(&sqs));
    let speed = settings.timer_speed;
    let events = Events::new(Arc::clone(&targets), speed, clock.clone(), ids.clone());
    let scheduler = Scheduler::new(Arc::clone(&targets), speed, clock.clone());
    let tasks = TaskServices {
        dynamodb: Arc::clone(&dynamodb),
        ecs: Arc::clone(&ecs),
        events: Arc::clone(&events),
        lambda: Arc::clone(&lambda),
        sqs: Arc::clone(&sqs),
    };
    let step_functions = StepFunctions::new(tasks, speed, clock.clone(), ids);
    targets.connect(&step_functions);
    let faults = Arc::default();
    dynamodb.faults.connect(&faults);
    ecs.connect_faults(&faults);
    events.faults.connect(&faults);
    lambda.faults.connect(&faults);
    step_functions.connect_faults(&faults);
    let kms = Arc::new(Kms::new(clock.clone()));
    let secrets = Arc::new(Secrets::new(clock));
    Services {
        credentials,
        dynamodb,
        ecs,
        events,
        faults,
        kms,
        lambda,
        logs,
        scheduler,
        secrets,
        shelf: Shelf::default(),
        sqs,
        step_functions,
    }
}
