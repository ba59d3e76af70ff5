//! The last step of GitHub's manifest flow: the code, which is good once and
//! for an hour, becomes the App's id, key and webhook secret.
//!
//! Source: docs.github.com, "Registering a GitHub App from a manifest".

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use crate::app_client::Account;
use crate::client::parse;
use crate::error::GitHubError;
use crate::http_call::Http;
use crate::path::is_name;
use crate::secret::secret;

/// An App that was just made. The answer's client secret is dropped unread:
/// nobody here signs in as a person.
#[derive(Debug, Deserialize)]
pub struct NewApp {
    /// The App's id.
    pub id: u64,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Who owns it.
    pub owner: Account,
    /// Its page at GitHub.
    pub html_url: String,
    /// Its private key, PEM.
    #[serde(deserialize_with = "secret")]
    pub pem: SecretString,
    /// What signs its webhooks; GitHub makes none for an App without a webhook.
    #[serde(default, deserialize_with = "maybe_secret")]
    pub webhook_secret: Option<SecretString>,
}

impl Http {
    /// Exchanges the code of the manifest flow.
    ///
    /// # Errors
    /// 404 where the code is unknown, used or over an hour old; `LostAnswer`
    /// where nobody knows whether it was used.
    pub async fn convert_manifest(&self, code: &SecretString) -> Result<NewApp, GitHubError> {
        const NAME: &str = "/app-manifests/{code}/conversions";
        let code = code.expose_secret();
        if !is_name(code) {
            return Err(GitHubError::Refused {
                call: format!("no call at all to {NAME}"),
                status: 404,
                message: "this cannot be a code of GitHub's".to_owned(),
            });
        }
        let path = format!("/app-manifests/{code}/conversions");
        let answer = self
            .call_as(NAME, Method::POST, &path, None::<&()>, None)
            .await?;
        parse(&answer, "POST", NAME, true)
    }
}

fn maybe_secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Option::<String>::deserialize(from).map(|text| text.map(SecretString::from))
}
