//! Announces what happened: events go to the outbox, attempts to the log.

use chrono::{DateTime, Utc};

use super::World;
use crate::deliveries::{Delivery, HookKind};
use crate::ids::{DeliveryId, JobId};
use crate::webhooks::payload;

/// An event that is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) id: DeliveryId,
    pub(crate) hook: HookKind,
    pub(crate) guid: String,
    pub(crate) event: String,
    pub(crate) action: Option<String>,
    pub(crate) job_id: Option<JobId>,
    pub(crate) repository_id: Option<u64>,
    pub(crate) payload: String,
    pub(crate) redelivery: bool,
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
        let Some((payload, repository_id)) = payload else {
            return;
        };
        let hook = self.webhook.is_some() && self.hook_active;
        let to_the_app = hook && subscribed && self.app_record.installed;
        let to_the_organization = self.organization_webhook.is_some();
        for (kind, sent) in [
            (HookKind::App, to_the_app),
            (HookKind::Organization, to_the_organization),
        ] {
            if sent {
                self.send(
                    kind,
                    "workflow_job",
                    Some(action),
                    Some(id),
                    Some(repository_id),
                    payload.to_string(),
                );
            }
        }
    }

    /// Announces that the webhook was set up.
    pub(crate) fn ping(&mut self) {
        let payload = payload::ping(self);
        self.send(HookKind::App, "ping", None, None, None, payload.to_string());
    }

    fn send(
        &mut self,
        hook: HookKind,
        event: &str,
        action: Option<&str>,
        job_id: Option<JobId>,
        repository_id: Option<u64>,
        payload: String,
    ) {
        let outgoing = Outgoing {
            id: DeliveryId(self.next_id("delivery")),
            hook,
            guid: self.random_uuid(),
            event: event.to_owned(),
            action: action.map(str::to_owned),
            job_id,
            repository_id,
            payload,
            redelivery: false,
        };
        self.outbox.push(outgoing);
    }

    /// Sends a logged delivery of this webhook once more, under the same GUID.
    pub(crate) fn redeliver(&mut self, hook: HookKind, id: DeliveryId) -> bool {
        let Some(before) = self
            .deliveries
            .iter()
            .find(|delivery| delivery.id == id && delivery.hook == hook)
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
        self.outbox.push(Outgoing {
            id,
            hook,
            guid,
            event,
            action,
            job_id,
            repository_id,
            payload: request_payload,
            redelivery: true,
        });
        true
    }
}
