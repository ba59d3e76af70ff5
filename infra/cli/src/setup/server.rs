//! GitHub by the address that people know: where its API is, and where a
//! manifest is posted to.

use super::Account;
use anyhow::{Result, bail};

/// A GitHub server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GitHub {
    /// `https://github.com`, without a slash at its end.
    pub(super) origin: String,
    /// `https://api.github.com`, or `https://HOST/api/v3`.
    pub(super) api_url: String,
}

impl GitHub {
    /// From `https://github.com`, `https://SUBDOMAIN.ghe.com` or the address of
    /// a GitHub Enterprise Server.
    pub(super) fn new(url: &str) -> Result<Self> {
        let origin = url.trim_end_matches('/');
        let host = origin.strip_prefix("https://").or_else(|| {
            // Nothing secret may cross a network in the clear.
            let host = origin.strip_prefix("http://")?;
            let name = host.split(':').next().unwrap_or_default();
            ["127.0.0.1", "localhost"].contains(&name).then_some(host)
        });
        let usable = |host: &str| {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte))
        };
        let Some(host) = host.filter(|host| usable(host)) else {
            bail!(
                "--github-url {url:?} is not GitHub's address: give it as in https://github.com, without a path"
            );
        };
        let api_url = if host.eq_ignore_ascii_case("github.com") || host.ends_with(".ghe.com") {
            format!("https://api.{host}")
        } else {
            format!("{origin}/api/v3")
        };
        Ok(Self {
            origin: origin.to_owned(),
            api_url,
        })
    }

    /// Where the page's form posts the manifest to.
    pub(super) fn new_app(&self, account: &Account, state: &str) -> String {
        let origin = &self.origin;
        match account {
            Account::Organization(login) => {
                format!("{origin}/organizations/{login}/settings/apps/new?state={state}")
            }
            Account::Personal => format!("{origin}/settings/apps/new?state={state}"),
        }
    }

    /// Where the owner sees the App's keys.
    pub(super) fn settings_of(&self, account: &Account, slug: &str) -> String {
        let origin = &self.origin;
        match account {
            Account::Organization(login) => {
                format!("{origin}/organizations/{login}/settings/apps/{slug}")
            }
            Account::Personal => format!("{origin}/settings/apps/{slug}"),
        }
    }

    /// Where the App is installed, from its page as GitHub gave it.
    pub(super) fn installation(&self, html_url: &str) -> Result<String> {
        // A browser is only ever sent to GitHub.
        if !html_url.starts_with(&format!("{}/", self.origin)) {
            bail!(
                "GitHub says that the App's page is {html_url}, which is not at {}: check --github-url",
                self.origin
            );
        }
        Ok(format!("{html_url}/installations/new"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_or_would_go_in_the_clear_is_refused() {
        for url in [
            "github.com",
            "http://github.com",
            "https://",
            "https://github.com/acme",
            "https://evil@github.com",
            "javascript:alert(1)",
        ] {
            let error = GitHub::new(url).unwrap_err().to_string();
            assert!(error.contains("is not GitHub's address"), "{url}: {error}");
        }
    }

    #[test]
    fn each_server_has_its_api_where_github_documents_it() {
        for (url, api) in [
            ("https://github.com/", "https://api.github.com"),
            ("https://acme.ghe.com", "https://api.acme.ghe.com"),
            ("https://ghes.acme.com", "https://ghes.acme.com/api/v3"),
            ("http://127.0.0.1:80", "http://127.0.0.1:80/api/v3"),
        ] {
            assert_eq!(GitHub::new(url).unwrap().api_url, api);
        }
    }

    #[test]
    fn a_manifest_goes_to_the_organisation_or_to_the_person() {
        let github = GitHub::new("https://github.com").unwrap();
        let org = Account::Organization("acme".into());
        assert_eq!(
            github.new_app(&org, "s"),
            "https://github.com/organizations/acme/settings/apps/new?state=s"
        );
        assert_eq!(
            github.new_app(&Account::Personal, "s"),
            "https://github.com/settings/apps/new?state=s"
        );
        assert!(github.installation("https://evil.com/apps/x").is_err());
        assert_eq!(
            github.installation("https://github.com/apps/x").unwrap(),
            "https://github.com/apps/x/installations/new"
        );
    }
}
