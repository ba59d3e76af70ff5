//! The whole table, read once a period: a claim for each job that an execution
//! answers for, a few notes. Whoever acts on what stands here reads that one
//! item again first.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;

use super::{DELIVERY, JOB, LIMIT, REPOSITORY, START, Upkeep};
use crate::claims::{Claim, Item};
use crate::error::{StoreError, failed};

/// Pages of 1 MB that are read at most.
const PAGES: usize = 20;

/// What the table held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The claims by their key.
    pub claims: BTreeMap<String, Claim>,
    /// When each repository (`owner/name`) was last seen, epoch seconds.
    pub repositories: BTreeMap<String, i64>,
    /// What is known of failed deliveries, by their GUID.
    pub deliveries: BTreeMap<String, RetryNote>,
    /// What is known of jobs whose event was put on the bus again, by the key of
    /// their claim.
    pub starts: BTreeMap<String, RetryNote>,
    /// Keys of notes (no claims) and when they expire, epoch seconds.
    pub notes: BTreeMap<String, i64>,
    /// Until when GitHub asked the fleet to wait, epoch seconds.
    pub github_until: Option<i64>,
    /// Whether this is all of it.
    pub whole: bool,
}

/// How often something was tried again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetryNote {
    /// How often.
    pub attempts: u64,
    /// For a delivery: the failed attempt that was last answered with another.
    pub answered: u64,
    /// When, epoch seconds.
    pub at: i64,
}

impl Upkeep {
    /// Reads the table.
    pub async fn contents(&self) -> Result<Contents, StoreError> {
        let mut contents = Contents::default();
        let mut start = None;
        for _ in 0..PAGES {
            let page = self
                .client
                .scan()
                .table_name(&self.table)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| failed!("Scan", error))?;
            for item in page.items.unwrap_or_default() {
                contents.add(&item);
            }
            start = page.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                contents.whole = true;
                break;
            }
        }
        Ok(contents)
    }
}

impl Contents {
    fn add(&mut self, item: &Item) {
        let Some(AttributeValue::S(pk)) = item.get("pk") else {
            return;
        };
        let number = |name: &str| match item.get(name) {
            Some(AttributeValue::N(number)) => number.parse::<i64>().unwrap_or(0),
            _ => 0,
        };
        let natural = |name: &str| u64::try_from(number(name)).unwrap_or(0);
        if pk.starts_with(JOB) {
            self.claims.insert(pk.clone(), Claim::from_item(item));
            return;
        }
        if let Some(repository) = pk.strip_prefix(REPOSITORY) {
            self.repositories
                .insert(repository.to_owned(), number("seen_at"));
        }
        if pk.starts_with(LIMIT) {
            self.github_until = self.github_until.max(Some(number("until")));
        }
        let note = RetryNote {
            attempts: natural("attempts"),
            answered: natural("answered"),
            at: number("retried_at"),
        };
        if let Some(guid) = pk.strip_prefix(DELIVERY) {
            self.deliveries.insert(guid.to_owned(), note);
        } else if let Some(claim) = pk.strip_prefix(START) {
            self.starts.insert(claim.to_owned(), note);
        }
        if item.contains_key("expires_at") {
            self.notes.insert(pk.clone(), number("expires_at"));
        }
    }
}
