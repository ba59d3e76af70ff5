//! The App's registration: what it is called, its key, whether it is installed,
//! and the one code that its maker gets.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use super::{SecretKind, World};
use crate::app_key::AppKey;
use crate::register::Manifest;
use crate::settings::{App, Webhook};

/// How long the code of the manifest flow is good for.
const CODE_LIFE: TimeDelta = TimeDelta::hours(1);

/// What the settings of the App do not say.
pub(crate) struct AppRecord {
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) description: Option<String>,
    pub(crate) external_url: String,
    pub(crate) setup_url: Option<String>,
    pub(crate) installed: bool,
    pub(crate) created_at: DateTime<Utc>,
    /// When the App or its installation changed last.
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) key: AppKey,
    code: Option<Code>,
}

/// Good once, for an hour.
struct Code {
    text: String,
    given_at: DateTime<Utc>,
}

impl AppRecord {
    /// The App that is there from the start, installed.
    pub(super) fn of_the_start(base_url: &str, now: DateTime<Utc>) -> Self {
        Self {
            name: "jit-runners".to_owned(),
            slug: "jit-runners".to_owned(),
            description: None,
            external_url: base_url.to_owned(),
            setup_url: None,
            installed: true,
            created_at: now,
            updated_at: now,
            key: AppKey::of_the_process(),
            code: None,
        }
    }
}

impl World {
    /// Makes the App that a manifest describes, in place of the one before;
    /// answers the code.
    pub(crate) fn create_app(
        &mut self,
        manifest: Manifest,
        name: &str,
        key: AppKey,
        now: DateTime<Utc>,
    ) -> String {
        let code = self.random_hex(20);
        let id = self.settings.app.id + 1;
        let installation_id = self.settings.app.installation_id + 1;
        let mut permissions = manifest.default_permissions;
        // GitHub gives it to every App.
        permissions
            .entry("metadata".to_owned())
            .or_insert(crate::settings::Access::Read);
        self.settings.app = App {
            id,
            installation_id,
            permissions,
            events: manifest.default_events,
        };
        self.tokens.clear();
        self.suspended_at = None;
        let hook = manifest.hook_attributes.map(|hook| {
            let secret = self.random_hex(20);
            self.issue(SecretKind::WebhookSecret, &secret);
            (hook.active, hook.url, secret)
        });
        self.hook_active = hook.as_ref().is_some_and(|(active, _, _)| *active);
        self.webhook = hook.map(|(_, url, secret)| Webhook {
            url,
            secret: SecretString::from(secret),
        });
        if self.webhook.is_some() && self.hook_active {
            self.ping(now);
        }
        self.issue(SecretKind::AppKey, key.pem());
        self.app_record = AppRecord {
            name: name.trim().to_owned(),
            slug: crate::register::slug(name),
            description: manifest.description,
            external_url: manifest.url,
            setup_url: manifest.setup_url.filter(|url| !url.is_empty()),
            installed: false,
            created_at: now,
            updated_at: now,
            key,
            code: Some(Code {
                text: code.clone(),
                given_at: now,
            }),
        };
        code
    }

    /// The App's key and client secret for its code, which is spent by that.
    pub(crate) fn redeem(&mut self, code: &str, now: DateTime<Utc>) -> Option<(String, String)> {
        let given = self.app_record.code.take_if(|one| one.text == code)?;
        if now - given.given_at >= CODE_LIFE {
            return None;
        }
        let client_secret = self.random_hex(20);
        self.issue(SecretKind::ClientSecret, &client_secret);
        Some((self.app_record.key.pem().to_owned(), client_secret))
    }

    fn random_hex(&mut self, bytes: usize) -> String {
        hex::encode(self.random_bytes(bytes))
    }
}
