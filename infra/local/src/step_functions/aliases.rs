//! Aliases of a state machine: names that lead to one version, or to two by weight.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::machines::Machine;
use super::names::{check, required, state_machine_arn};
use super::paging::{self, Order};
use super::{State, StepFunctions};
use crate::clock::epoch_seconds;
use crate::ids::Ids;
use crate::server::error::AwsError;

/// A name for versions.
#[derive(Serialize, Deserialize)]
pub(super) struct Alias {
    #[serde(with = "super::kept::shared")]
    pub(super) arn: Arc<str>,
    pub(super) name: String,
    description: Option<String>,
    /// ARNs of versions and their weights, 100 in all.
    routes: Vec<(String, u64)>,
    created: DateTime<Utc>,
    updated: DateTime<Utc>,
}

/// What an execution is started from.
pub(super) struct Origin {
    pub(super) machine: Arc<Machine>,
    pub(super) version: Option<Arc<str>>,
    pub(super) alias: Option<Arc<str>>,
}

impl Alias {
    pub(super) fn leads_to(&self, version: &str) -> bool {
        self.routes.iter().any(|(arn, _)| arn == version)
    }

    /// The version of one start.
    fn choose(&self, ids: &Ids) -> Option<&str> {
        let mut at = ids.uuid().as_u64_pair().1 % 100;
        for (version, weight) in &self.routes {
            if at < *weight {
                return Some(version);
            }
            at -= weight;
        }
        None
    }

    fn describe(&self) -> Value {
        let routes = self
            .routes
            .iter()
            .map(|(version, weight)| json!({"stateMachineVersionArn": version, "weight": weight}));
        json!({
            "stateMachineAliasArn": &*self.arn,
            "name": self.name,
            "description": self.description.clone().unwrap_or_default(),
            "routingConfiguration": routes.collect::<Vec<_>>(),
            "creationDate": epoch_seconds(self.created),
            "updateDate": epoch_seconds(self.updated),
        })
    }
}

impl StepFunctions {
    pub(super) fn create_alias(&self, input: &Value) -> Result<Value, AwsError> {
        let name = required(input, "name")?;
        check(name)?;
        if name.chars().all(|c| c.is_ascii_digit()) {
            return Err(AwsError::new(
                "InvalidName",
                format!("Invalid Name: '{name}'"),
            ));
        }
        let now = self.clock.now();
        let mut state = self.lock();
        let routes = state.routes(input)?;
        let machine = routes[0]
            .0
            .rsplit_once(':')
            .map_or("", |(machine, _)| machine);
        let arn = format!("{machine}:{name}");
        let description = text(input, "description");
        if let Some(existing) = state.aliases.get(&arn) {
            if existing.routes == routes && existing.description == description {
                let created = epoch_seconds(existing.created);
                return Ok(json!({"stateMachineAliasArn": arn, "creationDate": created}));
            }
            return Err(AwsError::new(
                "ConflictException",
                "Failed to create alias because an alias with the same name and a different routing configuration already exists.",
            ));
        }
        let alias = Alias {
            arn: arn.as_str().into(),
            name: name.to_owned(),
            description,
            routes,
            created: now,
            updated: now,
        };
        self.keep_alias(&alias);
        state.aliases.insert(arn.clone(), alias);
        Ok(json!({"stateMachineAliasArn": arn, "creationDate": epoch_seconds(now)}))
    }

    pub(super) fn update_alias(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = state_machine_arn(input, "stateMachineAliasArn")?;
        if text(input, "description").is_none() && input.get("routingConfiguration").is_none() {
            return Err(AwsError::validation(
                "Either description or routingConfiguration must be specified.",
            ));
        }
        let now = self.clock.now();
        let mut state = self.lock();
        let routes = match input.get("routingConfiguration") {
            Some(_) => Some(state.routes(input)?),
            None => None,
        };
        let alias = state.aliases.get_mut(arn).ok_or_else(|| unknown(arn))?;
        if let Some(routes) = routes {
            alias.routes = routes;
        }
        if let Some(description) = text(input, "description") {
            alias.description = Some(description);
        }
        alias.updated = now;
        self.keep_alias(alias);
        Ok(json!({"updateDate": epoch_seconds(now)}))
    }

    pub(super) fn describe_alias(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = state_machine_arn(input, "stateMachineAliasArn")?;
        let state = self.lock();
        let alias = state.aliases.get(arn).ok_or_else(|| unknown(arn))?;
        Ok(alias.describe())
    }

    pub(super) fn delete_alias(&self, input: &Value) -> Result<Value, AwsError> {
        let arn = state_machine_arn(input, "stateMachineAliasArn")?;
        let mut state = self.lock();
        let removed = state.aliases.remove(arn);
        self.forget_alias(arn);
        removed.map(|_| json!({})).ok_or_else(|| unknown(arn))
    }

    pub(super) fn list_aliases(&self, input: &Value) -> Result<Value, AwsError> {
        // A version's ARN asks for the aliases that lead to it.
        let arn = state_machine_arn(input, "stateMachineArn")?;
        let state = self.lock();
        if !state.machines.contains_key(arn) && state.version(arn).is_none() {
            return Err(AwsError::new(
                "StateMachineDoesNotExist",
                format!("State Machine Does Not Exist: '{arn}'"),
            ));
        }
        let here = state.aliases.values().filter(|alias| {
            alias.leads_to(arn)
                || alias
                    .arn
                    .rsplit_once(':')
                    .is_some_and(|(machine, _)| machine == arn)
        });
        let here: Vec<_> = here.collect();
        let (page, next) = paging::page(input, 100, Order::OldestFirst, here.len(), |at| {
            here.get(at)
        })?;
        let items = page.into_iter().map(|alias| {
            json!({"stateMachineAliasArn": &*alias.arn, "creationDate": epoch_seconds(alias.created)})
        });
        Ok(paging::answer("stateMachineAliases", items.collect(), next))
    }

    /// What a machine's, version's or alias's ARN starts now.
    pub(super) fn origin(&self, arn: &str) -> Result<Origin, AwsError> {
        let state = self.lock();
        if let Some(machine) = state.machines.get(arn) {
            return Ok(Origin {
                machine: Arc::clone(machine),
                version: None,
                alias: None,
            });
        }
        let alias = state.aliases.get(arn);
        let chosen = alias
            .and_then(|alias| alias.choose(&self.ids))
            .unwrap_or(arn);
        let version = state.version(chosen).ok_or_else(|| {
            AwsError::new(
                "StateMachineDoesNotExist",
                format!("State Machine Does Not Exist: '{arn}'"),
            )
        })?;
        Ok(Origin {
            machine: Arc::clone(&version.machine),
            version: Some(Arc::clone(&version.arn)),
            alias: alias.map(|alias| Arc::clone(&alias.arn)),
        })
    }
}

impl State {
    /// One or two versions of one machine, with weights of 100 in all.
    fn routes(&self, input: &Value) -> Result<Vec<(String, u64)>, AwsError> {
        let given = input.get("routingConfiguration").and_then(Value::as_array);
        let mut routes = Vec::new();
        for route in given.into_iter().flatten() {
            let arn = state_machine_arn(route, "stateMachineVersionArn")?;
            if self.version(arn).is_none() {
                let message = format!("Version {arn} does not exist.");
                return Err(AwsError::new("ResourceNotFound", message));
            }
            let weight = route.get("weight").and_then(Value::as_u64).unwrap_or(0);
            routes.push((arn.to_owned(), weight));
        }
        let machines: Vec<_> = routes
            .iter()
            .map(|(arn, _)| arn.rsplit_once(':').map(|(machine, _)| machine))
            .collect();
        let whole = routes.iter().map(|(_, weight)| weight).sum::<u64>() == 100;
        if !(1..=2).contains(&routes.len()) || !whole || machines.first() != machines.last() {
            return Err(AwsError::validation(
                "The routing configuration must hold one or two versions of one state machine, with weights that add up to 100.",
            ));
        }
        Ok(routes)
    }
}

fn text(input: &Value, field: &str) -> Option<String> {
    input.get(field).and_then(Value::as_str).map(str::to_owned)
}

fn unknown(arn: &str) -> AwsError {
    AwsError::new("ResourceNotFound", format!("Alias does not exist: {arn}"))
}
