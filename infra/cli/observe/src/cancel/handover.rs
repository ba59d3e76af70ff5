//! The two tables, as far as cancelling needs them: the claim, and the
//! hand-over item that decides whether a container may start.
//!
//! The item's content is never read, and its key never shown.

use crate::fleet::{Fleet, ReadError};
use crate::history::HIDDEN;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sfn::types::HistoryEvent;
use chrono::Utc;
use domain::claim::ClaimState;
use domain::names::state;
use serde_json::Value;
use std::collections::BTreeSet;

/// Who got the hand-over item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// No runner was minted.
    None,
    /// We did: no container can start with it any more.
    Won,
    /// Somebody before us.
    Lost,
}

/// What the claim says of this execution's runner.
#[derive(Default)]
pub(super) struct Held {
    /// The hand-over key of a mint that is not verified gone.
    pub(super) key: Option<String>,
    /// The name that was given to it.
    pub(super) runner: Option<String>,
}

/// Reads the claim, where this execution owns it.
pub(super) async fn held(fleet: &Fleet, claim: Option<&str>, arn: &str) -> Result<Held, ReadError> {
    let Some(claim) = claim else {
        return Ok(Held::default());
    };
    let answer = fleet
        .clients()
        .tables
        .get_item()
        .table_name(fleet.names().claims_table())
        .key("pk", text(claim))
        .consistent_read(true)
        .send()
        .await
        .map_err(|error| ReadError::call("GetItem", error))?;
    let item = answer.item.unwrap_or_default();
    let word = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
    if word("owner").as_deref() != Some(arn) {
        return Ok(Held::default());
    }
    Ok(Held {
        key: word("handover_key").filter(|key| !key.is_empty()),
        runner: word("runner_name"),
    })
}

/// The hand-over key that the last mint answered, from the history.
pub(super) async fn last_key(fleet: &Fleet, arn: &str) -> Result<Option<String>, ReadError> {
    let events = fleet.history(arn).await?;
    Ok(key_in(&events))
}

fn key_in(events: &[HistoryEvent]) -> Option<String> {
    let mut last = None;
    for event in events {
        let Some(exited) = event.state_exited_event_details() else {
            continue;
        };
        if exited.name() != state::MINT {
            continue;
        }
        // An answer without a mint assigns an empty key.
        last = exited
            .assigned_variables()
            .and_then(|variables| variables.get("handover_key"))
            .and_then(|value| serde_json::from_str::<Value>(value).ok())
            .and_then(|value| Some(value.as_str()?.to_owned()))
            .filter(|key| !key.is_empty());
    }
    last
}

/// Deletes the items under these keys, expired or not. An item that is there
/// was taken by nobody. A retry inside the SDK may turn a win into a loss,
/// never the other way round.
pub(super) async fn take(fleet: &Fleet, keys: &BTreeSet<String>) -> Result<Taken, ReadError> {
    let mut taken = Taken::None;
    for key in keys {
        let sent = fleet
            .clients()
            .tables
            .delete_item()
            .table_name(fleet.names().handover_table())
            .key("pk", text(key))
            .condition_expression("attribute_exists(pk)")
            .send()
            .await;
        match sent {
            Ok(_) => taken = Taken::Won,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|of| of.is_conditional_check_failed_exception()) =>
            {
                if taken == Taken::None {
                    taken = Taken::Lost;
                }
            }
            Err(error) => return Err(hide(ReadError::call("DeleteItem", error), keys)),
        }
    }
    Ok(taken)
}

/// Lets the claim expire: a new event may take it over, and a redrive of its
/// owner renews it.
pub(super) async fn let_go(fleet: &Fleet, claim: &str, arn: &str) -> Result<(), ReadError> {
    let past = Utc::now().timestamp() - 1;
    let sent = fleet
        .clients()
        .tables
        .update_item()
        .table_name(fleet.names().claims_table())
        .key("pk", text(claim))
        .update_expression(
            "SET #owner = :me, #state = :active, expires_at = :past ADD wakes :zero, seq :zero",
        )
        .condition_expression("attribute_not_exists(pk) OR (#owner = :me AND #state = :active)")
        .expression_attribute_names("#owner", "owner")
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":past", AttributeValue::N(past.to_string()))
        .expression_attribute_values(":me", text(arn))
        .expression_attribute_values(":active", text(ClaimState::Active.as_str()))
        .expression_attribute_values(":zero", AttributeValue::N("0".to_owned()))
        .send()
        .await;
    match sent {
        Ok(_) => Ok(()),
        // Another execution's by now, or marked failed.
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|of| of.is_conditional_check_failed_exception()) =>
        {
            Ok(())
        }
        Err(error) => Err(ReadError::call("UpdateItem", error)),
    }
}

/// The same error without any of these keys in its words.
pub(super) fn hide(error: ReadError, keys: &BTreeSet<String>) -> ReadError {
    let ReadError::Call { call, mut message } = error else {
        return error;
    };
    for key in keys.iter().filter(|key| !key.is_empty()) {
        message = message.replace(key, HIDDEN);
    }
    ReadError::Call { call, message }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_in_no_error() {
        let error = ReadError::Call {
            call: "DeleteItem",
            message: "no item abc123, none at all".to_owned(),
        };
        let keys = BTreeSet::from(["abc123".to_owned()]);
        assert_eq!(
            hide(error, &keys).to_string(),
            format!("DeleteItem failed: no item {HIDDEN}, none at all")
        );
    }
}
