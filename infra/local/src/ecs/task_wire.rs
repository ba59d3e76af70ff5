//! A task as DescribeTasks shows it: camelCase, times in epoch seconds, absent
//! members left out.

use serde_json::{Value, json};
use uuid::Uuid;

use super::request::Capacity;
use super::task::{Container, Interface, Task};
use crate::clock::epoch_seconds;

impl Task {
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
            wire[name.as_ref()] = json!(epoch_seconds(*time));
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
            ("stopCode", self.stop_code.as_deref()),
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
        let (status, attached) = match self.last_status.as_ref() {
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
        let status = match self.last_status.as_ref() {
            "PROVISIONING" => "PENDING",
            "DEPROVISIONING" => "STOPPED",
            other => other,
        };
        let interfaces = match self.last_status.as_ref() {
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
