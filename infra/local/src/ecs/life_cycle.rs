//! A task's life: PROVISIONING → PENDING → RUNNING → DEPROVISIONING → STOPPED.
//!
//! One future per task walks through it. A stop request may come at any time:
//! before RUNNING the task never starts; after, its containers are given
//! SIGTERM and, when their stop timeout is over, SIGKILL.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::Ecs;
use super::fault::EcsFault;
use super::launcher::{OUT_OF_MEMORY, RunningTask, TaskSpec};
use super::stop::Stop;
use super::task::Task;

/// What a task's life begins with.
pub(super) struct Birth {
    pub(super) id: String,
    pub(super) spec: TaskSpec,
    pub(super) fault: Option<EcsFault>,
    /// It was PENDING already when the place was started again.
    pub(super) pending: bool,
    pub(super) stop: watch::Receiver<Option<Stop>>,
}

/// Walks through one task's life.
pub(super) async fn live(ecs: Arc<Ecs>, birth: Birth) {
    let id = birth.id.clone();
    let mut stop = birth.stop.clone();
    if before_running(&ecs, &birth, &mut stop).await {
        run(&ecs, birth, &mut stop).await;
    }
    ecs.change(&id, |task, now| {
        task.enter("DEPROVISIONING", now);
    });
    // A shutdown gives nothing back that anybody could wait for.
    tokio::select! {
        biased;
        () = tokio::time::sleep(ecs.settings.deprovisioning) => {}
        () = shutdown(&mut stop) => {}
    }
    ecs.change(&id, |task, now| task.enter("STOPPED", now));
}

/// Everything before the launch; false if the task was stopped on the way.
async fn before_running(
    ecs: &Ecs,
    birth: &Birth,
    stop: &mut watch::Receiver<Option<Stop>>,
) -> bool {
    let settings = &ecs.settings;
    let provisioning = match birth.fault {
        Some(EcsFault::StuckInProvisioning) => Duration::MAX,
        _ => settings.provisioning,
    };
    if !birth.pending {
        if stopped_within(provisioning, stop).await {
            ecs.change_silently(&birth.id, never_started);
            return false;
        }
        ecs.change(&birth.id, |task, now| task.enter("PENDING", now));
    }
    if stopped_within(settings.pending, stop).await {
        ecs.change_silently(&birth.id, never_started);
        return false;
    }
    if let Some(EcsFault::FailToStart { reason }) = &birth.fault {
        ecs.change_silently(&birth.id, |task, now| fail_to_start(task, "", reason, now));
        return false;
    }
    ecs.change_silently(&birth.id, |task, now| task.mark("pullStoppedAt", now));
    true
}

/// Launches the containers and stays with them to their end.
async fn run(ecs: &Ecs, birth: Birth, stop: &mut watch::Receiver<Option<Stop>>) {
    let Birth {
        id, spec, fault, ..
    } = birth;
    let stop_timeout = spec
        .containers
        .iter()
        .map(|container| container.stop_timeout)
        .max()
        .unwrap_or(ecs.settings.stop_timeout);
    // After a kill nobody could tell a task that was launched from one that was not.
    if let Err(why) = ecs.shelf.settled().await {
        ecs.change_silently(&id, |task, now| fail_to_start(task, "", &why, now));
        return;
    }
    let running = match ecs.launcher.launch(spec).await {
        Ok(running) => running,
        Err(error) => {
            ecs.change_silently(&id, |task, now| {
                fail_to_start(task, &error.container, &error.reason, now);
            });
            return;
        }
    };
    ecs.change(&id, |task, now| task.enter("RUNNING", now));

    let (fault_after, fault_stop) = ordered_stop(fault.as_ref());
    let first_stop = tokio::select! {
        biased;
        exits = running.ended() => {
            ecs.change_silently(&id, |task, now| {
                task.exited(&exits);
                task.mark("executionStoppedAt", now);
                essential_exited(task, now);
            });
            return;
        }
        stop = requested(stop) => stop,
        () = tokio::time::sleep(fault_after) => {
            ecs.request_stop(&id, fault_stop.clone());
            fault_stop
        }
    };
    if first_stop.kills() {
        running.kill();
    } else {
        wind_down(ecs, running.as_ref(), stop, &first_stop, stop_timeout).await;
    }
    let exits = running.ended().await;
    ecs.change_silently(&id, |task, now| {
        task.exited(&exits);
        task.mark("executionStoppedAt", now);
        if first_stop == Stop::OutOfMemory
            && let Some(container) = task.container_mut("")
        {
            container.reason = Some(OUT_OF_MEMORY.to_owned());
        }
        if let Stop::Exit(code) = first_stop
            && let Some(container) = task.container_mut("")
        {
            container.exit_code = Some(code);
            container.reason = None;
        }
        essential_exited(task, now);
    });
}

/// SIGTERM, and SIGKILL once the containers have had their time.
async fn wind_down(
    ecs: &Ecs,
    running: &dyn RunningTask,
    stop: &mut watch::Receiver<Option<Stop>>,
    first: &Stop,
    stop_timeout: Duration,
) {
    running.terminate();
    let grace = ecs.settings.shutdown_grace;
    let patience = async {
        if *first == Stop::Shutdown {
            tokio::time::sleep(grace).await;
            return;
        }
        // A shutdown of the place does not wait for the full timeout.
        tokio::select! {
            biased;
            () = tokio::time::sleep(stop_timeout) => {}
            () = shutdown(stop) => tokio::time::sleep(grace).await,
        }
    };
    tokio::select! {
        biased;
        _ = running.ended() => {}
        () = patience => running.kill(),
    }
}

/// The stop that a fault orders, and when.
fn ordered_stop(fault: Option<&EcsFault>) -> (Duration, Stop) {
    match fault {
        Some(EcsFault::SpotInterruption { after }) => (*after, Stop::Spot),
        Some(EcsFault::OutOfMemory { after }) => (*after, Stop::OutOfMemory),
        Some(EcsFault::Kill { after }) => (*after, Stop::Kill),
        Some(EcsFault::Exit { code, after }) => (*after, Stop::Exit(*code)),
        _ => (Duration::MAX, Stop::Kill),
    }
}

/// Resolves with the first stop request.
async fn requested(stop: &mut watch::Receiver<Option<Stop>>) -> Stop {
    let found = match stop.wait_for(Option::is_some).await {
        Ok(found) => (*found).clone(),
        Err(_) => None,
    };
    found.unwrap_or(Stop::Shutdown)
}

/// Resolves when the place shuts down, never if it does not.
async fn shutdown(stop: &mut watch::Receiver<Option<Stop>>) {
    let found = stop
        .wait_for(|stop| *stop == Some(Stop::Shutdown))
        .await
        .is_ok();
    if !found {
        std::future::pending::<()>().await;
    }
}

async fn stopped_within(time: Duration, stop: &mut watch::Receiver<Option<Stop>>) -> bool {
    tokio::time::timeout(time, requested(stop)).await.is_ok()
}

fn never_started(task: &mut Task, now: DateTime<Utc>) {
    // Stops without a code of their own (a kill) find nothing to kill here.
    task.begin_stop("TaskFailedToStart", "Task failed to start".to_owned(), now);
    task.mark("executionStoppedAt", now);
}

fn fail_to_start(task: &mut Task, container: &str, reason: &str, now: DateTime<Utc>) {
    // AWS repeats a failed pull in the task's own reason, nothing else.
    let of_container = ["CannotStartContainerError", "CannotCreateContainerError"];
    let of_task = match of_container.iter().any(|name| reason.starts_with(name)) {
        true => "Task failed to start",
        false => reason,
    };
    task.begin_stop("TaskFailedToStart", of_task.to_owned(), now);
    task.mark("executionStoppedAt", now);
    if let Some(container) = task.container_mut(container) {
        container.reason = Some(reason.to_owned());
    }
}

fn essential_exited(task: &mut Task, now: DateTime<Utc>) {
    task.begin_stop(
        "EssentialContainerExited",
        "Essential container in task exited".to_owned(),
        now,
    );
}

impl Ecs {
    /// Changes a task and tells the listeners.
    pub(super) fn change(&self, id: &str, change: impl FnOnce(&mut Task, DateTime<Utc>)) {
        let now = self.clock.now();
        let mut state = self.state();
        if let Some(task) = state.task_mut(id) {
            change(task, now);
            self.keep_task(task);
            self.publish(task);
        }
    }

    /// Changes a task; the next status change will show it.
    pub(super) fn change_silently(&self, id: &str, change: impl FnOnce(&mut Task, DateTime<Utc>)) {
        let now = self.clock.now();
        if let Some(task) = self.state().task_mut(id) {
            change(task, now);
            self.keep_task(task);
        }
    }
}
