//! Webhook deliveries in pages, and the order to send one once more: of the
//! App's own webhook, and of an organisation's.
//!
//! GitHub keeps deliveries for three days, and sends nothing again by itself.
//! Source: docs.github.com, REST API, "GitHub App webhooks" and "Organization
//! webhooks".

use http::header::LINK;
use http::{HeaderMap, Method};
use serde::de::IgnoredAny;

use crate::app_client::{AppClient, HookDelivery};
use crate::client::{Client, parse};
use crate::error::GitHubError;
use crate::http_call::Answer;
use crate::path;

/// The most that GitHub gives.
const PER_PAGE: u8 = 100;

/// Which deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// Answered with a status below 400.
    Success,
    /// All others.
    Failure,
}

impl DeliveryStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// A page of deliveries, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<HookDelivery>,
    /// What leads to the next page.
    pub next: Option<String>,
}

/// An organisation's webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationHook {
    /// The organisation's login.
    pub organization: String,
    /// The webhook's id.
    pub id: u64,
}

impl OrganizationHook {
    fn path(&self) -> Result<String, GitHubError> {
        let organization = path::organization(&self.organization)?;
        Ok(format!("{organization}/hooks/{}/deliveries", self.id))
    }
}

impl AppClient {
    /// A page of the App's deliveries, from the newest or from `cursor` on.
    pub async fn delivery_page(
        &self,
        status: DeliveryStatus,
        cursor: Option<&str>,
    ) -> Result<DeliveryPage, GitHubError> {
        let path = "/app/hook/deliveries";
        let query = query(status, cursor)?;
        let answer = self
            .answer(Method::GET, &format!("{path}?{query}"), None::<&()>)
            .await?;
        page(&answer, path)
    }
}

impl Client {
    /// A page of an organisation's deliveries, from the newest or from `cursor` on.
    pub async fn delivery_page(
        &self,
        hook: &OrganizationHook,
        status: DeliveryStatus,
        cursor: Option<&str>,
    ) -> Result<DeliveryPage, GitHubError> {
        let path = hook.path()?;
        let query = query(status, cursor)?;
        let answer = self
            .call(Method::GET, &format!("{path}?{query}"), None::<&()>)
            .await?;
        page(&answer, &path)
    }

    /// Sends a delivery of an organisation's webhook once more, under the same GUID.
    pub async fn redeliver(&self, hook: &OrganizationHook, id: u64) -> Result<(), GitHubError> {
        let path = format!("{}/{id}/attempts", hook.path()?);
        let answer = self.call(Method::POST, &path, None::<&()>).await?;
        parse::<IgnoredAny>(&answer, "POST", &path, false).map(drop)
    }
}

fn query(status: DeliveryStatus, cursor: Option<&str>) -> Result<String, GitHubError> {
    let mut query = format!("status={}&per_page={PER_PAGE}", status.as_str());
    if let Some(cursor) = cursor {
        query.push_str("&cursor=");
        query.push_str(path::cursor(cursor)?);
    }
    Ok(query)
}

fn page(answer: &Answer, path: &str) -> Result<DeliveryPage, GitHubError> {
    Ok(DeliveryPage {
        deliveries: parse(answer, "GET", path, false)?,
        next: next_cursor(&answer.headers),
    })
}

/// The cursor of the link with `rel="next"`.
fn next_cursor(headers: &HeaderMap) -> Option<String> {
    let links = headers.get(LINK)?.to_str().ok()?;
    links.split(',').find_map(|link| {
        let (address, kind) = link.split_once(';')?;
        if !kind.contains("rel=\"next\"") {
            return None;
        }
        let address = address.trim().strip_prefix('<')?.strip_suffix('>')?;
        let (_, query) = address.split_once('?')?;
        let cursor = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("cursor="))?;
        Some(cursor.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(link: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(LINK, link.parse().unwrap());
        headers
    }

    #[test]
    fn the_next_page_is_told_by_the_link() {
        let link = "<https://api.github.com/app/hook/deliveries?per_page=1&cursor=v1_12077215967>; rel=\"next\"";
        assert_eq!(
            next_cursor(&headers(link)).as_deref(),
            Some("v1_12077215967")
        );
        let both = format!("<https://x/y?cursor=v1_1>; rel=\"prev\", {link}");
        assert_eq!(
            next_cursor(&headers(&both)).as_deref(),
            Some("v1_12077215967")
        );
    }

    #[test]
    fn the_last_page_has_no_next_one() {
        assert_eq!(next_cursor(&HeaderMap::new()), None);
        let link = "<https://x/y?cursor=v1_1>; rel=\"prev\"";
        assert_eq!(next_cursor(&headers(link)), None);
        assert_eq!(next_cursor(&headers("nonsense")), None);
    }

    #[test]
    fn a_cursor_never_becomes_another_parameter() {
        assert!(query(DeliveryStatus::Failure, Some("v1_1&status=success")).is_err());
        assert_eq!(
            query(DeliveryStatus::Failure, Some("v1_1")).unwrap(),
            "status=failure&per_page=100&cursor=v1_1"
        );
    }
}
