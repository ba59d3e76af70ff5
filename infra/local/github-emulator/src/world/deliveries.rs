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
    /// It does not arrive, and is logged with this status.
    pub(crate) failed: Option<u16>,
}

/// What a delivery is about.
struct Subject<'a> {
    event: &'a str,
    action: Option<&'a str>,
    job_id: Option<JobId>,
    repository_id: Option<u64>,
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
        if self.mute {
            return;
        }
        for (kind, sent) in [
            (HookKind::App, to_the_app),
            (HookKind::Organization, to_the_organization),
        ] {
            if sent {
                let subject = Subject {
                    event: "workflow_job",
                    action: Some(action),
                    job_id: Some(id),
                    repository_id: Some(repository_id),
                };
                let payload = match kind {
                    HookKind::App => payload.to_string(),
                    HookKind::Organization => payload::of_the_organization(&payload).to_string(),
                };
                self.send(kind, &subject, payload, now);
            }
        }
    }

    /// Announces that the webhook was set up.
    pub(crate) fn ping(&mut self, now: DateTime<Utc>) {
        let payload = payload::ping(self);
        let subject = Subject {
            event: "ping",
            action: None,
            job_id: None,
            repository_id: None,
        };
        self.send(HookKind::App, &subject, payload.to_string(), now);
    }

    fn send(&mut self, hook: HookKind, subject: &Subject<'_>, payload: String, now: DateTime<Utc>) {
        let outgoing = Outgoing {
            id: DeliveryId(self.next_id("delivery")),
            hook,
            guid: self.random_uuid(),
            event: subject.event.to_owned(),
            action: subject.action.map(str::to_owned),
            job_id: subject.job_id,
            repository_id: subject.repository_id,
            payload,
            redelivery: false,
            failed: None,
        };
        self.post(outgoing, now);
    }

    /// Sends a logged delivery of this webhook once more, under the same GUID.
    pub(crate) fn redeliver(&mut self, hook: HookKind, id: DeliveryId, now: DateTime<Utc>) -> bool {
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
        let outgoing = Outgoing {
            id,
            hook,
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
