//! The claims table: which execution answers for a job, and the runner that it
//! minted. Taking and giving back a claim is the state machine's part; here is
//! what Mint and VerifyRemoval write under a claim that they hold.
//!
//! Every write of theirs has the condition `owner = :me AND state = active`, so
//! an execution that lost its claim cannot spoil its successor's. The function
//! release writes into claims that are not its own, and only counts up
//! `releases`: a mint that began before it is then refused.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::claim::ClaimState;
use domain::ids::RunnerId;
use domain::steps::ClaimRef;

use crate::conditional::condition_failed;
use crate::config::Config;
use crate::error::{StoreError, failed};

/// The table's client.
#[derive(Debug, Clone)]
pub struct Claims {
    client: Client,
    table: String,
}

/// A claim as it was when it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// ARN of the execution that holds it.
    pub owner: String,
    /// `active`, `failed` or `rejected`, see [`ClaimState`].
    pub state: String,
    /// How many runner names were used; never reset.
    pub seq: u64,
    /// Epoch seconds.
    pub expires_at: i64,
    /// The minted runner that is not verified gone.
    pub runner_id: Option<RunnerId>,
    /// The name that was last given to a mint.
    pub runner_name: Option<String>,
    /// The hand-over key of a mint that is not verified clean.
    pub handover_key: Option<String>,
    /// The size that the job asked for: `<CPU units>/<MiB>/<GiB>/<architecture>`.
    pub task_size: Option<String>,
    /// How often GitHub's word of the job's end has reached the claim.
    pub releases: u64,
    /// When it last did, epoch seconds.
    pub released_at: Option<i64>,
    /// Calls to GitHub since the last runner was verified gone, as far as they
    /// were written down.
    pub github_calls: u64,
    /// SHA-256 of the policy that sized the job.
    pub policy_hash: Option<String>,
    /// How often `reconcile` has redriven the owner.
    pub reconcile_count: u64,
    /// When `reconcile` last looked at the job, epoch seconds; 0 before that.
    pub reconciled_at: i64,
}

/// A mint's name and hand-over key, written before GitHub is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    /// The number in the name.
    pub seq: u64,
    /// The runner's name.
    pub runner_name: String,
    /// Key of the hand-over item.
    pub handover_key: String,
}

/// Why a claim could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Another execution holds it, it is no longer active, or it is gone.
    #[error("the claim is not ours any more")]
    Lost,
    /// It is ours, but the job's end was told since it was read.
    #[error("the job's end was told meanwhile")]
    Released,
    /// The table did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const OURS: &str = "#owner = :me AND #state = :active";

impl Claims {
    /// A client for the table named `table`.
    pub fn new(config: &Config, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(config.sdk()),
            table: table.into(),
        }
    }

    /// The claim under `pk`, read consistently.
    pub async fn read(&self, pk: &str) -> Result<Option<Claim>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(pk.to_owned()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| failed!("GetItem", error))?;
        Ok(answer.item.as_ref().map(Claim::from_item))
    }

    /// Moves the expiry to `expires_at` (epoch seconds) and returns the claim.
    pub async fn renew(&self, claim: &ClaimRef, expires_at: i64) -> Result<Claim, ClaimError> {
        let update = self
            .update(claim, "SET expires_at = :expires", OURS)
            .expression_attribute_values(":expires", number(expires_at));
        Ok(Claim::from_item(&self.send(update).await?))
    }

    /// Writes the next name and key down. `before` is the claim as read: where
    /// it has changed since, the claim counts as lost. `calls` to GitHub are added.
    pub async fn begin_try(
        &self,
        claim: &ClaimRef,
        before: &Claim,
        next: &Try,
        calls: u64,
    ) -> Result<(), ClaimError> {
        let mut condition = unreleased(before.releases);
        condition.push_str(" AND (attribute_not_exists(seq) OR seq = :seq)");
        condition.push_str(match before.handover_key {
            Some(_) => " AND handover_key = :old",
            None => " AND attribute_not_exists(handover_key)",
        });
        let mut update = self
            .update(
                claim,
                "SET handover_key = :key, runner_name = :name ADD seq :one, github_calls :calls",
                &condition,
            )
            .expression_attribute_values(":seq", number(before.seq))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":calls", number(calls))
            .expression_attribute_values(":key", text(&next.handover_key))
            .expression_attribute_values(":name", text(&next.runner_name));
        if let Some(old) = &before.handover_key {
            update = update.expression_attribute_values(":old", text(old));
        }
        match self.send(counting(update, before.releases)).await {
            Err(ClaimError::Lost) => {
                let found = self.ours(claim).await?.ok_or(ClaimError::Lost)?;
                if found.releases != before.releases {
                    return Err(ClaimError::Released);
                }
                // The SDK repeats a write whose answer was lost, and the second
                // one meets the first: that is no loss, the try is ours.
                let holds = found.handover_key.as_ref() == Some(&next.handover_key);
                holds.then_some(()).ok_or(ClaimError::Lost)
            }
            answer => answer.map(drop),
        }
    }

    /// The claim, where it is still ours.
    async fn ours(&self, claim: &ClaimRef) -> Result<Option<Claim>, StoreError> {
        let found = self.read(&claim.pk).await?;
        Ok(found.filter(|found| {
            found.owner == claim.owner && found.state == ClaimState::Active.as_str()
        }))
    }

    /// Writes down the runner that GitHub registered for the try with
    /// `handover_key`. `releases` is the claim's from before GitHub was asked;
    /// `calls` to GitHub are added.
    pub async fn set_runner(
        &self,
        claim: &ClaimRef,
        handover_key: &str,
        runner: RunnerId,
        releases: u64,
        calls: u64,
    ) -> Result<(), ClaimError> {
        let condition = format!("{} AND handover_key = :key", unreleased(releases));
        let update = self
            .update(
                claim,
                "SET runner_id = :runner ADD github_calls :calls",
                &condition,
            )
            .expression_attribute_values(":runner", number(runner))
            .expression_attribute_values(":calls", number(calls))
            .expression_attribute_values(":key", text(handover_key));
        match self.send(counting(update, releases)).await {
            Err(ClaimError::Lost) => match self.ours(claim).await? {
                Some(found) if found.releases != releases => Err(ClaimError::Released),
                _ => Err(ClaimError::Lost),
            },
            answer => answer.map(drop),
        }
    }

    /// Writes into the claim under `pk` that the job's end was told at `now`
    /// (epoch seconds), and returns the claim with whatever its execution wrote
    /// meanwhile. [`ClaimError::Lost`]: its owner or its hand-over key is no
    /// longer that of `before`, so it must be looked at again.
    pub async fn release(&self, pk: &str, before: &Claim, now: i64) -> Result<Claim, ClaimError> {
        let claim = ClaimRef {
            pk: pk.to_owned(),
            owner: before.owner.clone(),
        };
        let condition = match before.handover_key {
            Some(_) => "#owner = :me AND handover_key = :key",
            None => "#owner = :me AND attribute_not_exists(handover_key)",
        };
        let mut update = self
            .update(
                &claim,
                "SET released_at = :now ADD releases :one",
                condition,
            )
            .expression_attribute_values(":now", number(now))
            .expression_attribute_values(":one", number(1));
        if let Some(key) = &before.handover_key {
            update = update.expression_attribute_values(":key", text(key));
        }
        Ok(Claim::from_item(&self.send(update).await?))
    }

    /// Adds `calls` to GitHub that no other write took along.
    pub async fn add_calls(&self, claim: &ClaimRef, calls: u64) -> Result<(), ClaimError> {
        let update = self
            .update(claim, "ADD github_calls :calls", "#owner = :me")
            .expression_attribute_values(":calls", number(calls));
        self.send(update).await.map(drop)
    }

    /// Forgets the runner with `handover_key`, which is verified gone, and the
    /// calls that were made for it. The name and `seq` stay, so that the name is
    /// never used again.
    pub async fn clear_runner(
        &self,
        claim: &ClaimRef,
        handover_key: &str,
    ) -> Result<(), ClaimError> {
        let condition = "#owner = :me AND handover_key = :key";
        let update = self
            .update(
                claim,
                "REMOVE runner_id, handover_key, github_calls",
                condition,
            )
            .expression_attribute_values(":key", text(handover_key));
        self.send(update).await.map(drop)
    }

    fn update(
        &self,
        claim: &ClaimRef,
        expression: &str,
        condition: &str,
    ) -> UpdateItemFluentBuilder {
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(&claim.pk))
            .update_expression(expression)
            .condition_expression(condition)
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":me", text(&claim.owner))
            .return_values(ReturnValue::AllNew);
        // DynamoDB refuses names and values that no expression uses.
        if condition.contains("#state") {
            update = update
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":active", text(ClaimState::Active.as_str()));
        }
        update
    }

    async fn send(&self, update: UpdateItemFluentBuilder) -> Result<Item, ClaimError> {
        match update.send().await {
            Ok(answer) => Ok(answer.attributes.unwrap_or_default()),
            Err(error) => Err(if condition_failed(&error) {
                ClaimError::Lost
            } else {
                failed!("UpdateItem", error).into()
            }),
        }
    }
}

/// [`OURS`], and nobody was told of the job's end since it was read.
fn unreleased(releases: u64) -> String {
    match releases {
        0 => format!("{OURS} AND attribute_not_exists(releases)"),
        _ => format!("{OURS} AND releases = :releases"),
    }
}

/// The value of [`unreleased`]; DynamoDB refuses one that is not used.
fn counting(update: UpdateItemFluentBuilder, releases: u64) -> UpdateItemFluentBuilder {
    match releases {
        0 => update,
        _ => update.expression_attribute_values(":releases", number(releases)),
    }
}

pub(crate) type Item = HashMap<String, AttributeValue>;

impl Claim {
    pub(crate) fn from_item(item: &Item) -> Self {
        let text = |name: &str| match item.get(name) {
            Some(AttributeValue::S(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        };
        let number = |name: &str| match item.get(name) {
            Some(AttributeValue::N(number)) => number.parse::<i64>().ok(),
            _ => None,
        };
        let natural = |name: &str| number(name).and_then(|n| u64::try_from(n).ok());
        Self {
            owner: text("owner").unwrap_or_default(),
            state: text("state").unwrap_or_default(),
            seq: natural("seq").unwrap_or(0),
            expires_at: number("expires_at").unwrap_or(0),
            runner_id: natural("runner_id").map(RunnerId),
            runner_name: text("runner_name"),
            handover_key: text("handover_key"),
            task_size: text("task_size"),
            releases: natural("releases").unwrap_or(0),
            released_at: number("released_at"),
            github_calls: natural("github_calls").unwrap_or(0),
            policy_hash: text("policy_hash"),
            reconcile_count: natural("reconcile_count").unwrap_or(0),
            reconciled_at: number("reconciled_at").unwrap_or(0),
        }
    }
}

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(crate) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}
