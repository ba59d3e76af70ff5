//! What reconcile writes into a claim whose execution has ended, and the end
//! of such a claim.

use domain::claim::ClaimState;

use super::Upkeep;
use crate::claims::{Claim, number, text};
use crate::conditional::written;
use crate::error::StoreError;

/// Nobody has touched the claim since it was read.
const UNTOUCHED: &str = "#owner = :owner AND #state = :state AND expires_at = :expires";

impl Upkeep {
    /// Counts a redrive at `now` in the claim of `owner`, before it is asked
    /// for. Where the job has no claim, a failed one is made, good until
    /// `expires` (all epoch seconds). False where another execution answers for
    /// the job.
    pub async fn count_redrive(
        &self,
        pk: &str,
        owner: &str,
        now: i64,
        expires: i64,
    ) -> Result<bool, StoreError> {
        let update = "SET #owner = :owner, #state = if_not_exists(#state, :failed), \
            expires_at = if_not_exists(expires_at, :expires), reconciled_at = :now \
            ADD reconcile_count :one, wakes :zero, seq :zero";
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(pk))
            .update_expression(update)
            .condition_expression("attribute_not_exists(pk) OR #owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":failed", text(ClaimState::Failed.as_str()))
            .expression_attribute_values(":expires", number(expires))
            .expression_attribute_values(":now", number(now))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":zero", number(0))
            .send()
            .await;
        written("UpdateItem", sent)
    }

    /// Writes down that the job was looked at, and nothing was to be done yet.
    pub async fn looked(&self, pk: &str, owner: &str, now: i64) -> Result<(), StoreError> {
        let sent = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(pk))
            .update_expression("SET reconciled_at = :now")
            .condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":now", number(now))
            .send()
            .await;
        written("UpdateItem", sent).map(drop)
    }

    /// Removes a claim that is as it was read; false where it is not.
    pub async fn remove_claim(&self, pk: &str, claim: &Claim) -> Result<bool, StoreError> {
        let sent = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("pk", text(pk))
            .condition_expression(UNTOUCHED)
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":owner", text(&claim.owner))
            .expression_attribute_values(":state", text(&claim.state))
            .expression_attribute_values(":expires", number(claim.expires_at))
            .send()
            .await;
        written("DeleteItem", sent)
    }
}
