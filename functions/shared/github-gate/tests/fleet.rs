//! One function is told to wait; the others do not call GitHub before the time,
//! and do not come back at one instant.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it is"
)]

#[path = "../../aws/tests/fake/config.rs"]
mod config;
#[path = "../../aws/tests/fake/mod.rs"]
mod fake;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use aws::Config;
use aws::StoreError;
use chrono::DateTime;
use domain::clock::Clock;
use fake::{Answer, Call, Fake};
use github::GitHubError;
use github_gate::{Failure, Gate};
use serde_json::{Value, json};

const NOW: i64 = 1_000_000;

/// What some function fails with.
#[derive(Debug)]
enum Error {
    GitHub(GitHubError),
    Store(StoreError),
}

impl From<GitHubError> for Error {
    fn from(error: GitHubError) -> Self {
        Self::GitHub(error)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure for Error {
    fn github(&self) -> Option<&GitHubError> {
        match self {
            Self::GitHub(error) => Some(error),
            Self::Store(_) => None,
        }
    }
}

/// A table that keeps one item, a clock that can be moved, and gates on them.
struct Fleet {
    fake: Fake,
    now: Arc<AtomicI64>,
    config: Config,
}

impl Fleet {
    async fn start() -> Self {
        let item: Mutex<Option<i64>> = Mutex::default();
        Self::with(move |call| {
            let mut kept = item.lock().unwrap();
            if call.name == "GetItem" {
                let until = kept.map(|until| json!({"until": {"N": until.to_string()}}));
                return Answer::Json(200, json!({"Item": until}));
            }
            let values = &call.body["ExpressionAttributeValues"];
            let until: i64 = values[":until"]["N"].as_str().unwrap().parse().unwrap();
            if kept.is_some_and(|kept| kept >= until) {
                return Answer::aws("ConditionalCheckFailedException");
            }
            *kept = Some(until);
            Answer::Json(200, json!({}))
        })
        .await
    }

    async fn with(table: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Self {
        let fake = Fake::start(move |call, _| table(call)).await;
        let config = config::at(&fake.url).await;
        Self {
            fake,
            now: Arc::new(AtomicI64::new(NOW)),
            config,
        }
    }

    /// Another function's gate, in a process of its own.
    fn gate(&self) -> Gate {
        let now = Arc::clone(&self.now);
        let clock =
            Clock::new(move || DateTime::from_timestamp(now.load(Ordering::SeqCst), 0).unwrap());
        Gate::new(&self.config, "claims", 5, clock)
    }

    fn later(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    fn told(&self) -> Vec<Value> {
        let values = |call: Call| call.body["ExpressionAttributeValues"][":until"]["N"].clone();
        self.fake.of("UpdateItem").into_iter().map(values).collect()
    }
}

async fn limited(seconds: u64) -> Result<(), Error> {
    Err(GitHubError::RateLimited { seconds }.into())
}

async fn never() -> Result<(), Error> {
    panic!("GitHub was called")
}

async fn fine() -> Result<(), Error> {
    Ok(())
}

fn waits(answer: &Result<(), Error>) -> u64 {
    answer
        .as_ref()
        .unwrap_err()
        .wait_seconds()
        .expect("it asks for patience")
}

#[tokio::test]
async fn what_one_was_told_all_obey_until_the_time() {
    let fleet = Fleet::start().await;
    let told = fleet.gate().through("job#1#1", limited(30)).await;
    assert!((30..=60).contains(&waits(&told)), "{told:?}");

    for elapsed in [0, 1, 28] {
        fleet.later(elapsed);
        let other = fleet.gate().through("job#2#1", never()).await;
        assert!(
            matches!(other, Err(Error::GitHub(GitHubError::Closed { .. }))),
            "{other:?}"
        );
        let left = u64::try_from(NOW + 30 - fleet.now.load(Ordering::SeqCst)).unwrap();
        assert!(waits(&other) >= left, "{left}: {other:?}");
    }
    fleet.later(1);
    fleet.gate().through("job#2#1", fine()).await.unwrap();
}

#[tokio::test]
async fn an_earlier_time_never_replaces_a_later_one() {
    let fleet = Fleet::start().await;
    let slow = fleet.gate().settle("job#1#1", limited(300).await).await;
    let quick = fleet.gate().settle("job#2#1", limited(30).await).await;
    // The second one was not told of the first one's time; its own stands.
    assert!(waits(&slow) >= 300 && waits(&quick) >= 30);
    fleet.later(299);
    let other = fleet.gate().through("job#3#1", never()).await;
    assert!(waits(&other) >= 1);
    fleet.later(1);
    fleet.gate().through("job#3#1", fine()).await.unwrap();
}

#[tokio::test]
async fn a_fleet_that_waits_comes_back_spread_over_as_long_again() {
    let fleet = Fleet::start().await;
    let first = fleet.gate().through("job#0#1", limited(30)).await;
    let mut back = BTreeSet::from([waits(&first)]);
    for job in 1..100 {
        let answer = fleet.gate().through(&format!("job#{job}#1"), never()).await;
        back.insert(waits(&answer));
    }
    assert!(back.len() >= 25, "{back:?}");
    assert!(*back.first().unwrap() >= 30 && *back.last().unwrap() <= 60);
    assert_eq!(fleet.told(), [json!((NOW + 30).to_string())], "told once");
}

#[tokio::test]
async fn a_limit_that_cannot_be_shared_is_obeyed_by_the_one_that_was_told() {
    let fleet = Fleet::with(|call| match call.name.as_str() {
        "GetItem" => Answer::Json(200, json!({})),
        _ => Answer::aws("AccessDeniedException"),
    })
    .await;
    let told = fleet.gate().through("job#1#1", limited(30)).await;
    assert!((30..=60).contains(&waits(&told)), "{told:?}");
}

#[tokio::test]
async fn without_the_table_nobody_calls_github() {
    let fleet = Fleet::with(|_| Answer::aws("ThrottlingException")).await;
    let answer = fleet.gate().through("job#1#1", never()).await;
    assert!(
        matches!(answer, Err(Error::Store(StoreError::Throttled { .. }))),
        "{answer:?}"
    );
}

#[tokio::test]
async fn what_is_no_limit_passes_as_it_is() {
    let fleet = Fleet::start().await;
    let refused = async {
        Err::<(), Error>(
            GitHubError::Refused {
                call: "GET /x".into(),
                status: 403,
                message: "no".into(),
            }
            .into(),
        )
    };
    let answer = fleet.gate().through("job#1#1", refused).await;
    assert_eq!(answer.unwrap_err().wait_seconds(), None);
    assert!(fleet.told().is_empty());
}
