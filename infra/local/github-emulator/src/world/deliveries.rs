//! Announces what happened: events go to the outbox, attempts to the log.

use chrono::{DateTime, Utc};

use super::World;
use crate::deliveries::Delivery;
use crate::ids::{DeliveryId, JobId};
use crate::webhooks::payload;

/// An event that is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) id: DeliveryId,
    pub(crate) guid: String,
    pub(crate) event: String,
    pub(crate) action: Option<String>,
    pub(crate) job_id: Option<JobId>,
    pub(crate) repository_id: Option<u64>,
    pub(crate) payload: String,
    pub(crate) redelivery: bool,
    /// It does not arrive, and is logged with this status.
    pub(crate) failed: Option<u16>,
}

impl World {
    /// Announces a job's change. Without a webhook, or a subscription, nothing is sent.
    pub(super) fn announce(&mut self, id: JobId, action: &str, now: DateTime<Utc>) {
        let payload = payload::workflow_job(self, id, action, now);
        let subscribed = self
            .settings
            .app
            .events
            .iter()
            .any(|one| one == "workflow_job");
        let hook = self.webhook.is_some() && self.hook_active;
        let sent = hook && subscribed && self.app_record.installed;
        let (Some((payload, repository_id)), true) = (payload, sent && !self.mute) else {
            return;
        };
        self.send(
            "workflow_job",
            Some(action),
            Some(id),
            Some(repository_id),
            payload.to_string(),
            now,
        );
    }

    /// Announces that the webhook was set up.
    pub(crate) fn ping(&mut self, now: DateTime<Utc>) {
        let payload = payload::ping(self);
        self.send("ping", None, None, None, payload.to_string(), now);
    }

    fn send(
        &mut self,
        event: &str,
        action: Option<&str>,
        job_id: Option<JobId>,
        repository_id: Option<u64>,
        payload: String,
        now: DateTime<Utc>,
    ) {
        let outgoing = Outgoing {
            id: DeliveryId(self.next_id("delivery")),
            guid: self.random_uuid(),
            event: event.to_owned(),
            action: action.map(str::to_owned),
            job_id,
            repository_id,
            payload,
            redelivery: false,
            failed: None,
        };
        self.post(outgoing, now);
    }

    /// Sends a logged delivery once more, under the same GUID.
    pub(crate) fn redeliver(&mut self, id: DeliveryId, now: DateTime<Utc>) -> bool {
        let Some(before) = self
            .deliveries
            .iter()
            .find(|delivery| delivery.id == id)
            .cloned()
        else {
            return false;
        };
        let Delivery {
            guid,
            event,
            action,
            job_id,
            repository_id,
            request_payload,
            ..
        } = before;
        let id = DeliveryId(self.next_id("delivery"));
        let outgoing = Outgoing {
            id,
            guid,
            event,
            action,
            job_id,
            repository_id,
            payload: request_payload,
            redelivery: true,
            failed: None,
        };
        self.post(outgoing, now);
        true
    }
}
