//! One task: what it was asked to be, and how it is. [`super::task_wire`] shows
//! it as AWS would.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::clusters::Cluster;
use super::definitions::Definition;
use super::launcher::ContainerExit;
use super::request::Request;
use super::settings::EcsSettings;
use super::sizes::Size;
use super::stop::Stop;

/// A word of AWS's: a constant here, or read again from what was kept.
type Word = Cow<'static, str>;

/// A task from RunTask to an hour after its end.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    /// Its number among all tasks of the place: the key that it is kept under.
    #[serde(skip)]
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) cluster_arn: String,
    pub(super) family: String,
    pub(super) size: Size,
    /// As given, `{}` if none were.
    pub(super) overrides: Value,
    pub(super) started_by: Option<String>,
    pub(super) last_status: Word,
    pub(super) desired_status: Word,
    pub(super) stop_code: Option<Word>,
    pub(super) stopped_reason: Option<String>,
    pub(super) containers: Vec<Container>,
    /// Every status so far, and when it came.
    pub(super) statuses: Vec<(Word, DateTime<Utc>)>,
    /// Carries the first stop request to the task's life.
    #[serde(skip)]
    pub(super) stop: watch::Sender<Option<Stop>>,
    pub(super) definition_arn: String,
    pub(super) architecture: Word,
    pub(super) storage_gib: u64,
    pub(super) request: Request,
    pub(super) interface: Interface,
    /// `createdAt` and all that follow it, by their names on the wire.
    pub(super) times: BTreeMap<Word, DateTime<Utc>>,
    pub(super) version: u64,
}

/// A container as DescribeTasks shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) image: String,
    pub(super) arn: String,
    pub(super) runtime_id: String,
    pub(super) cpu: String,
    pub(super) memory: Option<String>,
    pub(super) exit_code: Option<i32>,
    pub(super) reason: Option<String>,
}

/// The network interface that AWS would attach.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Interface {
    pub(super) id: String,
    pub(super) address: String,
}

impl Task {
    /// A task in PROVISIONING.
    #[allow(clippy::too_many_arguments, reason = "all that a task is made of")]
    pub(super) fn new(
        number: u64,
        settings: &EcsSettings,
        cluster: &Cluster,
        definition: &Definition,
        request: &Request,
        size: Size,
        overrides: &Value,
        now: DateTime<Utc>,
    ) -> Self {
        let ids = &settings.ids;
        let id = ids.uuid().simple().to_string();
        let path = format!("{}/{id}", cluster.name);
        let arn = settings.arn(&format!("task/{path}"));
        let containers = definition
            .containers()
            .iter()
            .map(|container| Container {
                name: container["name"].as_str().unwrap_or_default().to_owned(),
                image: container["image"].as_str().unwrap_or_default().to_owned(),
                arn: settings.arn(&format!("container/{path}/{}", ids.uuid())),
                runtime_id: format!("{id}-{:010}", ids.uuid().as_u128() % 10_000_000_000),
                cpu: container["cpu"].as_u64().unwrap_or(0).to_string(),
                memory: container["memory"]
                    .as_u64()
                    .map(|memory| memory.to_string()),
                exit_code: None,
                reason: None,
            })
            .collect();
        let storage = [
            &overrides["ephemeralStorage"],
            &definition.wire["ephemeralStorage"],
        ]
        .into_iter()
        .find_map(|storage| storage["sizeInGiB"].as_u64());
        let platform = &definition.wire["runtimePlatform"]["cpuArchitecture"];
        let [a, b, c, ..] = *ids.uuid().as_bytes();
        Self {
            number,
            arn,
            cluster_arn: cluster.arn.clone(),
            family: definition.family.clone(),
            size,
            overrides: match overrides {
                Value::Null => json!({}),
                given => given.clone(),
            },
            started_by: request.started_by.clone(),
            last_status: "PROVISIONING".into(),
            desired_status: "RUNNING".into(),
            stop_code: None,
            stopped_reason: None,
            containers,
            statuses: vec![("PROVISIONING".into(), now)],
            stop: watch::Sender::new(None),
            definition_arn: definition.arn.clone(),
            architecture: match platform == "ARM64" {
                true => "arm64".into(),
                false => "x86_64".into(),
            },
            storage_gib: storage.unwrap_or(20),
            request: request.clone(),
            interface: Interface {
                id: format!("eni-{}", &id[..17]),
                address: format!("10.{a}.{b}.{c}"),
            },
            times: BTreeMap::from([("createdAt".into(), now)]),
            version: 1,
            id,
        }
    }

    /// Enters a status.
    pub(super) fn enter(&mut self, status: &'static str, now: DateTime<Utc>) {
        self.last_status = status.into();
        self.statuses.push((status.into(), now));
        self.version += 1;
        match status {
            "PENDING" => self.mark("pullStartedAt", now),
            "RUNNING" => self.mark("startedAt", now),
            "STOPPED" => {
                self.desired_status = "STOPPED".into();
                self.mark("stoppedAt", now);
            }
            _ => {}
        }
    }

    /// Sets one of the times, the first time only.
    pub(super) fn mark(&mut self, name: &'static str, now: DateTime<Utc>) {
        self.times.entry(name.into()).or_insert(now);
    }

    /// The task is to stop, for this reason; the first reason stays.
    pub(super) fn begin_stop(&mut self, code: &'static str, reason: String, now: DateTime<Utc>) {
        self.desired_status = "STOPPED".into();
        self.mark("stoppingAt", now);
        self.stop_code.get_or_insert(code.into());
        self.stopped_reason.get_or_insert(reason);
    }

    /// Notes how the containers ended.
    pub(super) fn exited(&mut self, exits: &[ContainerExit]) {
        for container in &mut self.containers {
            let exit = exits.iter().find(|exit| exit.name == container.name);
            container.exit_code = exit.map(|exit| exit.exit_code);
            container.reason = exit.and_then(|exit| exit.reason.clone());
        }
    }

    /// The container of this name, or the first.
    pub(super) fn container_mut(&mut self, name: &str) -> Option<&mut Container> {
        let at = self
            .containers
            .iter()
            .position(|container| container.name == name);
        self.containers.get_mut(at.unwrap_or(0))
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.last_status == "STOPPED"
    }

    pub(super) fn stopped_at(&self) -> Option<DateTime<Utc>> {
        self.times.get("stoppedAt").copied()
    }

    /// What RunTask said about the launch type, as ListTasks filters by it.
    pub(super) fn launch_type(&self) -> &'static str {
        "FARGATE"
    }
}
