//! What of EventBridge is kept: buses, rules with their targets, puts, and deliveries
//! with what those under way still need.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::delivery::{Delivery, Outcome};
use super::rules::{Rule, Target, target};
use super::{Events, PutRecord, State, parse_pattern};
use crate::store::{DataError, Records, number, read_number};

const BUS: &str = "events.bus";
const RULE: &str = "events.rule";
const PUT: &str = "events.put";
const DELIVERY: &str = "events.delivery";
const PENDING: &str = "events.pending";

#[derive(Serialize, Deserialize)]
struct KeptRule {
    pattern: String,
    description: String,
    enabled: bool,
    /// As PutTargets gave them.
    targets: Vec<Value>,
}

/// What a delivery under way needs: its target as PutTargets gave it, and the event.
#[derive(Serialize, Deserialize)]
struct KeptPending {
    target: Value,
    envelope: Value,
}

impl Events {
    pub(super) fn keep_bus(&self, name: &str) {
        self.shelf.put(&[BUS, name], &name);
    }

    pub(super) fn keep_rule(&self, bus: &str, rule: &Rule) {
        if !self.shelf.is_kept() {
            return;
        }
        let kept = KeptRule {
            pattern: rule.pattern_text.clone(),
            description: rule.description.clone(),
            enabled: rule.enabled,
            targets: rule
                .targets
                .values()
                .map(|target| target.given.clone())
                .collect(),
        };
        self.shelf.put(&[RULE, bus, &rule.name], &kept);
    }

    pub(super) fn forget_rule(&self, bus: &str, rule: &str) {
        self.shelf.remove(&[RULE, bus, rule]);
    }

    pub(super) fn keep_put(&self, at: usize, put: &PutRecord) {
        self.shelf.put(&[PUT, &number(at as u64)], put);
    }

    /// Once an hour, forgets what is over for long.
    pub(super) fn forget_old(&self, state: &mut State, now: DateTime<Utc>) {
        let Some(before) = self.retention.due(now) else {
            return;
        };
        for at in state.puts.forget(|put| put.at < before) {
            self.shelf.remove(&[PUT, &number(at as u64)]);
        }
        let old =
            |delivery: &Delivery| delivery.at < before && delivery.outcome != Outcome::Pending;
        for at in state.deliveries.forget(old) {
            self.shelf.remove(&[DELIVERY, &number(at as u64)]);
        }
    }

    /// Keeps a delivery that begins.
    pub(super) fn keep_pending(&self, at: usize, state: &State, target: &Target, event: &Value) {
        if !self.shelf.is_kept() {
            return;
        }
        let pending = KeptPending {
            target: target.given.clone(),
            envelope: event.clone(),
        };
        self.shelf.put(&[PENDING, &number(at as u64)], &pending);
        if let Some(delivery) = state.deliveries.get(at) {
            self.keep_delivery(at, delivery);
        }
    }

    pub(super) fn keep_delivery(&self, at: usize, delivery: &Delivery) {
        if !self.shelf.is_kept() {
            return;
        }
        let place = number(at as u64);
        self.shelf.put(&[DELIVERY, &place], delivery);
        if delivery.outcome != Outcome::Pending {
            self.shelf.remove(&[PENDING, &place]);
        }
    }

    /// Fills the service with what it kept. Nothing is delivered before
    /// [`Events::resume`].
    pub(crate) fn restore(&self, records: &mut Records) -> Result<(), DataError> {
        let mut state = self.lock();
        for (_, bus) in records.take::<String>(BUS)? {
            state.buses.insert(bus, BTreeMap::new());
        }
        for (parts, kept) in records.take::<KeptRule>(RULE)? {
            let mut parts = parts.into_iter();
            let bus = parts.next().unwrap_or_default();
            let name = parts.next().unwrap_or_default();
            let rule = kept.rule(&name)?;
            state.buses.entry(bus).or_default().insert(name, rule);
        }
        for (parts, put) in records.take::<PutRecord>(PUT)? {
            let at = read_number(parts.first());
            state.puts.restore(at as usize, put);
        }
        for (parts, delivery) in records.take::<Delivery>(DELIVERY)? {
            let at = read_number(parts.first());
            state.deliveries.restore(at as usize, delivery);
        }
        for (parts, pending) in records.take::<KeptPending>(PENDING)? {
            let at = read_number(parts.first());
            let target = read(&pending.target)?;
            state.pending.push((at as usize, target, pending.envelope));
        }
        Ok(())
    }

    /// Sets deliveries going that were under way.
    pub(crate) fn resume(self: &Arc<Self>) {
        let mut state = self.lock();
        for (at, target, envelope) in std::mem::take(&mut state.pending) {
            let attempts = state.deliveries.get(at).map(|delivery| delivery.attempts);
            let Some(before) = attempts else { continue };
            tokio::spawn(Arc::clone(self).deliver(at, target, envelope, before, None));
        }
    }
}

impl KeptRule {
    fn rule(self, name: &str) -> Result<Rule, DataError> {
        let pattern = parse_pattern(&self.pattern);
        let targets = self.targets.iter().map(read);
        let targets = targets.map(|target| target.map(|target| (target.id.clone(), target)));
        Ok(Rule {
            name: name.to_owned(),
            pattern: pattern.map_err(|error| DataError::record(RULE, &error))?,
            pattern_text: self.pattern,
            description: self.description,
            enabled: self.enabled,
            targets: targets.collect::<Result<_, _>>()?,
        })
    }
}

fn read(given: &Value) -> Result<Target, DataError> {
    target(given).map_err(|error| DataError::record(RULE, &error))
}
