//! Buses, rules and targets: the calls that set them up.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::pattern::Pattern;
use super::transform::Transform;
use super::{
    Events, State, bus_arn, bus_name, no_bus, no_rule, optional, parse_pattern, required, rule_arn,
};
use crate::retry::RetryPolicy;
use crate::server::error::AwsError;
use crate::targets::{dead_letter_queue, is_target};

/// A rule of a bus.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) pattern: Pattern,
    pub(super) pattern_text: String,
    pub(super) description: String,
    pub(super) enabled: bool,
    pub(super) targets: BTreeMap<String, Target>,
}

/// Where a rule sends its events.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) id: String,
    pub(super) arn: String,
    /// What is sent.
    pub(super) transform: Transform,
    pub(super) retry: RetryPolicy,
    /// The ARN of the queue for events that could not be delivered.
    pub(super) dead_letters: Option<String>,
    pub(super) given: Value,
}

impl Rule {
    fn describe(&self, bus: &str) -> Value {
        json!({
            "Name": self.name,
            "Arn": rule_arn(bus, &self.name),
            "EventPattern": self.pattern_text,
            "State": if self.enabled { "ENABLED" } else { "DISABLED" },
            "Description": self.description,
            "EventBusName": bus,
        })
    }
}

impl State {
    fn bus(&mut self, bus: &str) -> Result<&mut BTreeMap<String, Rule>, AwsError> {
        self.buses.get_mut(bus).ok_or_else(|| no_bus(bus))
    }

    fn rule(&mut self, bus: &str, rule: &str) -> Result<&mut Rule, AwsError> {
        self.bus(bus)?
            .get_mut(rule)
            .ok_or_else(|| no_rule(bus, rule))
    }
}

impl Events {
    pub(super) fn create_bus(&self, input: &Value) -> Result<Value, AwsError> {
        let name = required(input, "Name")?;
        if let Some(source) = optional(input, "EventSourceName") {
            return Err(AwsError::new(
                "ResourceNotFoundException",
                format!("Event source {source} does not exist."),
            ));
        }
        if name.contains('/') {
            return Err(AwsError::validation("Event bus name must not contain '/'."));
        }
        let mut state = self.lock();
        if state.buses.contains_key(name) {
            return Err(AwsError::new(
                "ResourceAlreadyExistsException",
                format!("Event bus {name} already exists."),
            ));
        }
        state.buses.insert(name.to_owned(), BTreeMap::new());
        self.keep_bus(name);
        Ok(json!({"EventBusArn": bus_arn(name)}))
    }

    pub(super) fn list_buses(&self, input: &Value) -> Value {
        let state = self.lock();
        let prefix = optional(input, "NamePrefix").unwrap_or_default();
        let buses: Vec<Value> = state
            .buses
            .keys()
            .filter(|name| name.starts_with(prefix))
            .map(|name| json!({"Name": name, "Arn": bus_arn(name)}))
            .collect();
        json!({"EventBuses": buses})
    }

    pub(super) fn describe_bus(&self, input: &Value) -> Result<Value, AwsError> {
        let given = optional(input, "Name").unwrap_or("default");
        let name = given
            .rsplit_once("event-bus/")
            .map_or(given, |(_, name)| name);
        self.lock().bus(name)?;
        Ok(json!({"Name": name, "Arn": bus_arn(name)}))
    }

    pub(super) fn put_rule(&self, input: &Value) -> Result<Value, AwsError> {
        let (name, bus) = (required(input, "Name")?, bus_name(input));
        if input.get("ScheduleExpression").is_some() {
            return Err(AwsError::validation(
                "The place's rules have no schedules: give the rule an EventPattern, or create a schedule of EventBridge Scheduler.",
            ));
        }
        let text = required(input, "EventPattern")?;
        let pattern = parse_pattern(text)?;
        let mut state = self.lock();
        let rules = state.bus(bus)?;
        let targets = rules
            .remove(name)
            .map(|rule| rule.targets)
            .unwrap_or_default();
        let rule = Rule {
            name: name.to_owned(),
            pattern,
            pattern_text: text.to_owned(),
            description: optional(input, "Description")
                .unwrap_or_default()
                .to_owned(),
            enabled: optional(input, "State") != Some("DISABLED"),
            targets,
        };
        self.keep_rule(bus, &rule);
        rules.insert(name.to_owned(), rule);
        Ok(json!({"RuleArn": rule_arn(bus, name)}))
    }

    pub(super) fn describe_rule(&self, input: &Value) -> Result<Value, AwsError> {
        let bus = bus_name(input);
        Ok(self
            .lock()
            .rule(bus, required(input, "Name")?)?
            .describe(bus))
    }

    pub(super) fn list_rules(&self, input: &Value) -> Result<Value, AwsError> {
        let (bus, prefix) = (
            bus_name(input),
            optional(input, "NamePrefix").unwrap_or_default(),
        );
        let mut state = self.lock();
        let rules = state
            .bus(bus)?
            .values()
            .filter(|rule| rule.name.starts_with(prefix));
        Ok(json!({"Rules": rules.map(|rule| rule.describe(bus)).collect::<Vec<_>>()}))
    }

    pub(super) fn delete_rule(&self, input: &Value) -> Result<Value, AwsError> {
        let (name, bus) = (required(input, "Name")?, bus_name(input));
        let mut state = self.lock();
        let rules = state.bus(bus)?;
        // A rule that is not there counts as deleted, as on AWS.
        if rules.get(name).is_some_and(|rule| !rule.targets.is_empty()) {
            return Err(AwsError::validation(
                "Rule can't be deleted since it has targets.",
            ));
        }
        rules.remove(name);
        self.forget_rule(bus, name);
        Ok(json!({}))
    }

    pub(super) fn enable_rule(&self, input: &Value, enabled: bool) -> Result<Value, AwsError> {
        let mut state = self.lock();
        let rule = state.rule(bus_name(input), required(input, "Name")?)?;
        rule.enabled = enabled;
        self.keep_rule(bus_name(input), rule);
        Ok(json!({}))
    }

    pub(super) fn put_targets(&self, input: &Value) -> Result<Value, AwsError> {
        let given = input
            .get("Targets")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let targets: Result<Vec<Target>, AwsError> = given.iter().map(target).collect();
        let targets = targets?;
        let mut state = self.lock();
        let rule = state.rule(bus_name(input), required(input, "Rule")?)?;
        rule.targets.extend(
            targets
                .into_iter()
                .map(|target| (target.id.clone(), target)),
        );
        self.keep_rule(bus_name(input), rule);
        Ok(json!({"FailedEntryCount": 0, "FailedEntries": []}))
    }

    pub(super) fn remove_targets(&self, input: &Value) -> Result<Value, AwsError> {
        let mut state = self.lock();
        let rule = state.rule(bus_name(input), required(input, "Rule")?)?;
        let ids = input.get("Ids").and_then(Value::as_array);
        let mut failed = Vec::new();
        for id in ids.into_iter().flatten().filter_map(Value::as_str) {
            if rule.targets.remove(id).is_none() {
                failed.push(
                    json!({"TargetId": id, "ErrorCode": "ResourceNotFoundException",
                    "ErrorMessage": format!("Rule {} does not have a target {id}.", rule.name)}),
                );
            }
        }
        self.keep_rule(bus_name(input), rule);
        Ok(json!({"FailedEntryCount": failed.len(), "FailedEntries": failed}))
    }

    pub(super) fn list_targets(&self, input: &Value) -> Result<Value, AwsError> {
        let mut state = self.lock();
        let rule = state.rule(bus_name(input), required(input, "Rule")?)?;
        Ok(
            json!({"Targets": rule.targets.values().map(|target| target.given.clone()).collect::<Vec<_>>()}),
        )
    }
}

pub(super) fn target(given: &Value) -> Result<Target, AwsError> {
    let (id, arn) = (required(given, "Id")?, required(given, "Arn")?);
    if !is_target(arn) {
        let message = format!(
            "Provided Arn is not in correct format: {arn} (state machines and functions are known here)."
        );
        return Err(AwsError::validation(message));
    }
    Ok(Target {
        id: id.to_owned(),
        arn: arn.to_owned(),
        transform: Transform::read(given)?,
        retry: RetryPolicy::read(given)?,
        dead_letters: dead_letter_queue(given)?,
        given: given.clone(),
    })
}
