//! One task: what it was asked to be, how it is, and how AWS shows it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use super::clusters::Cluster;
use super::definitions::Definition;
use super::launcher::ContainerExit;
use super::request::{Capacity, Request};
use super::settings::EcsSettings;
use super::sizes::Size;
use super::stop::Stop;
use crate::clock::epoch_seconds;

/// A task from RunTask to an hour after its end.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) id: String,
    pub(super) arn: String,
    pub(super) cluster_arn: String,
    pub(super) family: String,
    pub(super) size: Size,
    /// As given, `{}` if none were.
    pub(super) overrides: Value,
    pub(super) started_by: Option<String>,
    pub(super) last_status: &'static str,
    pub(super) desired_status: &'static str,
    pub(super) stop_code: Option<&'static str>,
    pub(super) stopped_reason: Option<String>,
    pub(super) containers: Vec<Container>,
    /// Every status so far, and when it came.
    pub(super) statuses: Vec<(&'static str, DateTime<Utc>)>,
    /// Carries the first stop request to the task's life.
    pub(super) stop: watch::Sender<Option<Stop>>,
    definition_arn: String,
    architecture: &'static str,
    storage_gib: u64,
    request: Request,
    interface: Interface,
    /// `createdAt` and all that follow it, by their names on the wire.
    times: BTreeMap<&'static str, DateTime<Utc>>,
    version: u64,
}

/// A container as DescribeTasks shows it.
#[derive(Debug)]
pub(super) struct Container {
    name: String,
    image: String,
    arn: String,
    runtime_id: String,
    cpu: String,
    memory: Option<String>,
    pub(super) exit_code: Option<i32>,
    pub(super) reason: Option<String>,
}

/// The network interface that AWS would attach.
#[derive(Debug)]
struct Interface {
    id: String,
    address: String,
}

impl Task {
    /// A task in PROVISIONING.
    pub(super) fn new(
        settings: &EcsSettings,
        cluster: &Cluster,
        definition: &Definition,
        request: &Request,
        size: Size,
        overrides: &Value,
        now: DateTime<Utc>,
    ) -> Self {
        let id = Uuid::new_v4().simple().to_string();
        let path = format!("{}/{id}", cluster.name);
        let arn = settings.arn(&format!("task/{path}"));
        let containers = definition
            .containers()
            .iter()
            .map(|container| Container {
                name: container["name"].as_str().unwrap_or_default().to_owned(),
                image: container["image"].as_str().unwrap_or_default().to_owned(),
                arn: settings.arn(&format!("container/{path}/{}", Uuid::new_v4())),
                runtime_id: format!("{id}-{:010}", Uuid::new_v4().as_u128() % 10_000_000_000),
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
        let [a, b, c, ..] = *Uuid::new_v4().as_bytes();
        Self {
            arn,
            cluster_arn: cluster.arn.clone(),
            family: definition.family.clone(),
            size,
            overrides: match overrides {
                Value::Null => json!({}),
                given => given.clone(),
            },
            started_by: request.started_by.clone(),
            last_status: "PROVISIONING",
            desired_status: "RUNNING",
            stop_code: None,
            stopped_reason: None,
            containers,
            statuses: vec![("PROVISIONING", now)],
            stop: watch::Sender::new(None),
            definition_arn: definition.arn.clone(),
            architecture: if platform == "ARM64" {
                "arm64"
            } else {
                "x86_64"
            },
            storage_gib: storage.unwrap_or(20),
            request: request.clone(),
            interface: Interface {
                id: format!("eni-{}", &id[..17]),
                address: format!("10.{a}.{b}.{c}"),
            },
            times: BTreeMap::from([("createdAt", now)]),
            version: 1,
            id,
        }
    }

    /// Enters a status.
    pub(super) fn enter(&mut self, status: &'static str, now: DateTime<Utc>) {
        self.last_status = status;
        self.statuses.push((status, now));
        self.version += 1;
        match status {
            "PENDING" => self.mark("pullStartedAt", now),
            "RUNNING" => self.mark("startedAt", now),
            "STOPPED" => {
                self.desired_status = "STOPPED";
                self.mark("stoppedAt", now);
            }
            _ => {}
        }
    }

    /// Sets one of the times, the first time only.
    pub(super) fn mark(&mut self, name: &'static str, now: DateTime<Utc>) {
        self.times.entry(name).or_insert(now);
    }

    /// The task is to stop, for this reason; the first reason stays.
    pub(super) fn begin_stop(&mut self, code: &'static str, reason: String, now: DateTime<Utc>) {
        self.desired_status = "STOPPED";
        self.mark("stoppingAt", now);
        self.stop_code.get_or_insert(code);
        self.stopped_reason.get_or_insert(reason);
    }

    /// Notes how the containers ended.
    pub(super) fn exited(&mut self, exits: &[ContainerExit]) {
        for container in &mut self.containers {
            container.exit_code = exits
                .iter()
                .find(|exit| exit.name == container.name)
                .map(|exit| exit.exit_code);
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

    /// As DescribeTasks shows it; tags only where they were asked for.
    pub(super) fn to_wire(&self, tags: bool) -> Value {
        let mut wire = json!({
            "taskArn": self.arn,
            "clusterArn": self.cluster_arn,
            "taskDefinitionArn": self.definition_arn,
            "lastStatus": self.last_status,
            "desiredStatus": self.desired_status,
            "launchType": self.launch_type(),
            "platformVersion": self.request.platform_version,
            "platformFamily": "Linux",
            "availabilityZone": "us-east-1a",
            "cpu": self.size.cpu.to_string(),
            "memory": self.size.memory.to_string(),
            "ephemeralStorage": { "sizeInGiB": self.storage_gib },
            "fargateEphemeralStorage": { "sizeInGiB": self.storage_gib },
            "group": self.request.group.clone().unwrap_or_else(|| format!("family:{}", self.family)),
            "healthStatus": "UNKNOWN",
            "enableExecuteCommand": self.request.enable_execute_command,
            "overrides": self.shown_overrides(),
            "attributes": [{ "name": "ecs.cpu-architecture", "value": self.architecture }],
            "attachments": [self.attachment()],
            "inferenceAccelerators": [],
            "containers": self.containers.iter().map(|container| self.container_to_wire(container)).collect::<Vec<_>>(),
            "tags": if tags { self.request.tags.clone() } else { Vec::new() },
            "version": self.version,
        });
        for (name, time) in &self.times {
            wire[*name] = json!(epoch_seconds(*time));
        }
        if let Some(pulled) = self.times.get("pullStoppedAt") {
            wire["connectivity"] = json!("CONNECTED");
            wire["connectivityAt"] = json!(epoch_seconds(*pulled));
        }
        if let Capacity::Provider(name) = &self.request.capacity {
            wire["capacityProviderName"] = json!(name);
        }
        for (name, value) in [
            ("startedBy", self.started_by.as_deref()),
            ("stopCode", self.stop_code),
            ("stoppedReason", self.stopped_reason.as_deref()),
        ] {
            if let Some(value) = value {
                wire[name] = json!(value);
            }
        }
        wire
    }

    /// AWS always shows the lists, empty ones too.
    fn shown_overrides(&self) -> Value {
        let mut overrides = self.overrides.clone();
        if let Some(object) = overrides.as_object_mut() {
            let all = || {
                self.containers
                    .iter()
                    .map(|container| json!({ "name": container.name }))
                    .collect()
            };
            object.entry("containerOverrides").or_insert_with(all);
            object
                .entry("inferenceAcceleratorOverrides")
                .or_insert_with(|| json!([]));
        }
        overrides
    }

    fn attachment(&self) -> Value {
        let Interface { id, address } = &self.interface;
        let (status, attached) = match self.last_status {
            "PROVISIONING" => ("PRECREATED", false),
            "STOPPED" => ("DELETED", true),
            _ => ("ATTACHED", true),
        };
        let mut details = vec![json!({ "name": "subnetId", "value": self.request.subnet })];
        if attached {
            details.push(json!({ "name": "networkInterfaceId", "value": id }));
            details.push(json!({ "name": "privateIPv4Address", "value": address }));
        }
        json!({ "id": self.attachment_id(), "type": "ElasticNetworkInterface", "status": status, "details": details })
    }

    /// Made of the task's id, so that it need not be kept.
    fn attachment_id(&self) -> String {
        let id = self.id.chars().rev().collect::<String>();
        Uuid::parse_str(&id).map_or(id, |id| id.to_string())
    }

    fn container_to_wire(&self, container: &Container) -> Value {
        let status = match self.last_status {
            "PROVISIONING" => "PENDING",
            "DEPROVISIONING" => "STOPPED",
            other => other,
        };
        let interfaces = match self.last_status {
            "PROVISIONING" => json!([]),
            _ => {
                json!([{ "attachmentId": self.attachment_id(), "privateIpv4Address": self.interface.address }])
            }
        };
        let mut wire = json!({
            "containerArn": container.arn,
            "taskArn": self.arn,
            "name": container.name,
            "image": container.image,
            "lastStatus": status,
            "healthStatus": "UNKNOWN",
            "networkBindings": [],
            "networkInterfaces": interfaces,
            "cpu": container.cpu,
        });
        if let Some(memory) = &container.memory {
            wire["memory"] = json!(memory);
        }
        if self.times.contains_key("startedAt") {
            wire["runtimeId"] = json!(container.runtime_id);
        }
        if let Some(code) = container.exit_code {
            wire["exitCode"] = json!(code);
        }
        if let Some(reason) = &container.reason {
            wire["reason"] = json!(reason);
        }
        wire
    }
}
