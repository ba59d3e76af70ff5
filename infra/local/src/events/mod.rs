//! EventBridge: buses, rules in EventBridge's own pattern language, targets.
//!
//! Targets are state machines and functions, which get the event or what `transform`
//! makes of it; what cannot be delivered goes to the
//! target's dead-letter queue. Every put, match and delivery is recorded (without
//! bodies), so that a caller can show what happened.

mod delivery;
mod kept;
mod mishap;
mod path;
pub mod pattern;
mod put;
mod rules;
mod transform;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

pub use delivery::{Delivery, Outcome};
pub use put::PutRecord;
use rules::{Rule, Target};

use crate::clock::Clock;
use crate::hook::Hook;
use crate::ids::Ids;
use crate::retention::{Numbered, Retention};
use crate::server::error::AwsError;
use crate::store::Shelf;
use crate::targets::Targets;
use crate::{ACCOUNT, REGION};

/// All buses of the place.
pub struct Events {
    clock: Clock,
    ids: Ids,
    timer_speed: f64,
    targets: Arc<Targets>,
    state: Mutex<State>,
    retention: Retention,
    pub(crate) faults: Hook,
    pub(crate) shelf: Shelf,
}

#[derive(Default)]
struct State {
    /// Rules by name, by bus.
    buses: BTreeMap<String, BTreeMap<String, Rule>>,
    puts: Numbered<PutRecord>,
    deliveries: Numbered<Delivery>,
    /// Deliveries that a start has found under way.
    pending: Vec<(usize, Target, Value)>,
}

impl Events {
    /// Only the bus `default`, without rules.
    pub(crate) fn new(
        targets: Arc<Targets>,
        timer_speed: f64,
        clock: Clock,
        ids: Ids,
    ) -> Arc<Self> {
        let state = State {
            buses: BTreeMap::from([("default".to_owned(), BTreeMap::new())]),
            ..State::default()
        };
        Arc::new(Self {
            clock,
            ids,
            timer_speed,
            targets,
            state: Mutex::new(state),
            retention: Retention::default(),
            faults: Hook::default(),
            shelf: Shelf::default(),
        })
    }

    /// Answers one call of `AWSEvents.*`. Must run inside a tokio runtime, since
    /// deliveries do.
    ///
    /// # Errors
    /// AWS's own, e.g. `InvalidEventPatternException`.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every service's call has this shape"
    )]
    pub fn call(self: &Arc<Self>, operation: &str, input: Value) -> Result<Value, AwsError> {
        match operation {
            "PutEvents" => self.put_events(&input),
            "CreateEventBus" => self.create_bus(&input),
            "ListEventBuses" => Ok(self.list_buses(&input)),
            "DescribeEventBus" => self.describe_bus(&input),
            "PutRule" => self.put_rule(&input),
            "DescribeRule" => self.describe_rule(&input),
            "ListRules" => self.list_rules(&input),
            "DeleteRule" => self.delete_rule(&input),
            "EnableRule" => self.enable_rule(&input, true),
            "DisableRule" => self.enable_rule(&input, false),
            "PutTargets" => self.put_targets(&input),
            "RemoveTargets" => self.remove_targets(&input),
            "ListTargetsByRule" => self.list_targets(&input),
            "TestEventPattern" => test_event_pattern(&input),
            other => Err(AwsError::unknown_operation(other)),
        }
    }

    /// Every event taken in the last 90 days, oldest first.
    #[must_use]
    pub fn puts(&self) -> Vec<PutRecord> {
        self.lock().puts.to_vec()
    }

    /// Every match of a rule and what became of its delivery, for 90 days, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.lock().deliveries.to_vec()
    }

    /// Whole records are stored under the lock, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn test_event_pattern(input: &Value) -> Result<Value, AwsError> {
    let pattern = parse_pattern(required(input, "EventPattern")?)?;
    let event: Value = serde_json::from_str(required(input, "Event")?)
        .map_err(|error| AwsError::validation(format!("Event is not valid JSON: {error}")))?;
    // AWS insists on the envelope's fields.
    for field in ["id", "account", "source", "time", "region", "detail-type"] {
        if event.get(field).is_none() {
            return Err(AwsError::validation(format!(
                "Parameter Event is not valid. Reason: {field} is missing."
            )));
        }
    }
    Ok(json!({"Result": pattern.matches(&event)}))
}

fn parse_pattern(text: &str) -> Result<pattern::Pattern, AwsError> {
    pattern::Pattern::parse(text)
        .map_err(|error| AwsError::new("InvalidEventPatternException", error.to_string()))
}

fn required<'a>(input: &'a Value, name: &str) -> Result<&'a str, AwsError> {
    optional(input, name)
        .ok_or_else(|| AwsError::validation(format!("Parameter {name} is missing.")))
}

fn optional<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}

/// The bus's name, given by name or ARN; `default` when not given.
fn bus_name(input: &Value) -> &str {
    let given = optional(input, "EventBusName").unwrap_or("default");
    given
        .rsplit_once("event-bus/")
        .map_or(given, |(_, name)| name)
}

fn bus_arn(bus: &str) -> String {
    format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}")
}

fn rule_arn(bus: &str, rule: &str) -> String {
    let below = if bus == "default" {
        rule.to_owned()
    } else {
        format!("{bus}/{rule}")
    };
    format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{below}")
}

fn no_bus(bus: &str) -> AwsError {
    AwsError::new(
        "ResourceNotFoundException",
        format!("Event bus {bus} does not exist."),
    )
}

fn no_rule(bus: &str, rule: &str) -> AwsError {
    AwsError::new(
        "ResourceNotFoundException",
        format!("Rule {rule} does not exist on EventBus {bus}."),
    )
}
