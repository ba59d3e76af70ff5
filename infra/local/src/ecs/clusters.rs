//! CreateCluster, DescribeClusters, ListClusters.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Ecs;
use super::input::{invalid, list, paging, text, texts, with_next};
use super::references::last_part;
use super::state::{State, page};
use crate::server::error::AwsError;

/// A cluster. One that lists capacity providers has only these; one that lists
/// none has both of Fargate's, where AWS would have them associated first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Cluster {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) capacity_providers: Vec<String>,
    pub(super) default_strategy: Vec<Value>,
    tags: Vec<Value>,
}

impl Ecs {
    pub(super) fn create_cluster(&self, input: &Value) -> Result<Value, AwsError> {
        let name = text(input, "clusterName")?.unwrap_or("default");
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if name.len() > 255 || !name.bytes().all(valid) {
            return Err(invalid(
                "Invalid cluster name: up to 255 letters, numbers, hyphens, and underscores are allowed.",
            ));
        }
        let providers = texts(input, "capacityProviders")?;
        if let Some(unknown) = providers.iter().find(|name| !FARGATE.contains(name)) {
            return Err(unknown_provider(unknown));
        }
        let cluster = Cluster {
            name: name.to_owned(),
            arn: self.settings.arn(&format!("cluster/{name}")),
            capacity_providers: providers.into_iter().map(str::to_owned).collect(),
            default_strategy: list(input, "defaultCapacityProviderStrategy")?.to_vec(),
            tags: list(input, "tags")?.to_vec(),
        };
        let mut state = self.state();
        // Creating a cluster that exists gives the one that exists.
        let cluster = state
            .clusters
            .entry(name.to_owned())
            .or_insert(cluster)
            .clone();
        self.keep_cluster(&cluster);
        Ok(json!({ "cluster": cluster.to_wire(&state, false) }))
    }

    pub(super) fn describe_clusters(&self, input: &Value) -> Result<Value, AwsError> {
        let mut wanted = texts(input, "clusters")?;
        if wanted.is_empty() {
            wanted.push("default");
        }
        if wanted.len() > 100 {
            return Err(invalid("Clusters cannot have more than 100 elements."));
        }
        let tags = texts(input, "include")?.contains(&"TAGS");
        let state = self.state();
        let (mut clusters, mut failures) = (Vec::new(), Vec::new());
        for reference in wanted {
            match state.clusters.get(last_part(reference)) {
                Some(cluster) => clusters.push(cluster.to_wire(&state, tags)),
                None => failures.push(json!({
                    "arn": self.settings.arn(&format!("cluster/{}", last_part(reference))),
                    "reason": "MISSING",
                })),
            }
        }
        Ok(json!({ "clusters": clusters, "failures": failures }))
    }

    pub(super) fn list_clusters(&self, input: &Value) -> Result<Value, AwsError> {
        let (limit, start) = paging(input)?;
        let state = self.state();
        let arns = state
            .clusters
            .values()
            .map(|cluster| json!(cluster.arn))
            .collect();
        let (arns, next) = page(arns, start, limit);
        Ok(with_next(json!({ "clusterArns": arns }), next))
    }
}

/// The capacity providers there are.
pub(super) const FARGATE: [&str; 2] = ["FARGATE", "FARGATE_SPOT"];

/// What AWS says of a capacity provider that does not exist.
pub(super) fn unknown_provider(name: &str) -> AwsError {
    invalid(format!(
        "The specified capacity provider '{name}' was not found. Specify a valid name or ARN and try again."
    ))
}

impl State {
    /// The cluster that a request names; `default` if it names none.
    pub(super) fn cluster(&self, input: &Value) -> Result<&Cluster, AwsError> {
        let name = last_part(text(input, "cluster")?.unwrap_or("default"));
        self.clusters
            .get(name)
            .ok_or_else(|| AwsError::new("ClusterNotFoundException", "Cluster not found."))
    }
}

impl Cluster {
    fn to_wire(&self, state: &State, tags: bool) -> Value {
        let (running, pending) = state.count(&self.arn);
        json!({
            "clusterArn": self.arn,
            "clusterName": self.name,
            "status": "ACTIVE",
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": running,
            "pendingTasksCount": pending,
            "activeServicesCount": 0,
            "statistics": [],
            "settings": [{ "name": "containerInsights", "value": "disabled" }],
            "capacityProviders": self.capacity_providers,
            "defaultCapacityProviderStrategy": self.default_strategy,
            "tags": if tags { self.tags.clone() } else { Vec::new() },
        })
    }
}
