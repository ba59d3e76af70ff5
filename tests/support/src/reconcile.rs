//! Periods of the function `reconcile`, called when a test wants one: with its
//! pauses taken out, so that nothing waits for a clock.

use crate::world::World;
use jit_runners::fleet::{CLAIMS, HANDOVER};
use jit_runners::stage::Settings;
use serde_json::{Value, json};

/// The function's limits without the times that a period waits for.
const AT_ONCE: [&str; 5] = [
    "RECONCILE_PAUSE_SECONDS",
    "RECONCILE_SETTLE_SECONDS",
    "RECONCILE_START_SECONDS",
    "RECONCILE_QUEUED_SECONDS",
    "RECONCILE_ROTATION_SECONDS",
];

/// Lets a stage's `reconcile` act at once.
pub fn at_once(settings: &mut Settings) {
    let limits = AT_ONCE.map(|name| (name.to_owned(), "0".to_owned()));
    settings.reconcile.extend(limits);
}

impl World {
    /// One period; what the function answered.
    pub async fn reconcile(&self) -> Value {
        self.try_reconcile()
            .await
            .unwrap_or_else(|error| panic!("reconcile failed: {error}"))
    }

    /// One period, which may be struck by what a test lets go wrong.
    ///
    /// # Errors
    /// The function failed, or was not called.
    pub async fn try_reconcile(&self) -> Result<Value, String> {
        let lambda = self.stage.place.lambda();
        let payload = bytes::Bytes::from_static(b"{}");
        let invocation = lambda.invoke("jit-runners-reconcile:live", payload).await;
        let invocation = invocation.map_err(|error| format!("{error:?}"))?;
        let answer = invocation.result.map_err(|error| format!("{error:?}"))?;
        serde_json::from_slice(&answer).map_err(|error| error.to_string())
    }

    /// Writes down that a repository (`owner/name`) had a job just now.
    pub fn has_seen(&self, repository: &str) {
        let now = chrono::Utc::now().timestamp();
        self.put(
            CLAIMS,
            &json!({
                "pk": {"S": format!("repo#{repository}")}, "seen_at": {"N": now.to_string()},
                "expires_at": {"N": (now + 7 * 24 * 3600).to_string()},
            }),
        );
    }

    /// Puts an item into the claims table.
    pub fn put_claim(&self, item: &Value) {
        self.put(CLAIMS, item);
    }

    /// Puts an item into the hand-over table.
    pub fn put_handover(&self, item: &Value) {
        self.put(HANDOVER, item);
    }

    fn put(&self, table: &str, item: &Value) {
        self.stage
            .place
            .dynamodb()
            .call("PutItem", json!({"TableName": table, "Item": item}))
            .expect("the item is put");
    }

    /// Removes an item of the claims table.
    pub fn remove_claim(&self, pk: &str) {
        let input = json!({"TableName": CLAIMS, "Key": {"pk": {"S": pk}}});
        self.stage
            .place
            .dynamodb()
            .call("DeleteItem", input)
            .expect("the item is removed");
    }

    /// An item of the claims table.
    pub fn claim(&self, pk: &str) -> Option<Value> {
        let mut items = self.items(CLAIMS).into_iter();
        items.find(|item| item["pk"]["S"] == pk)
    }
}
