//! The manifest: what the App may do and what it hears of, no more than runners
//! need.
//!
//! Source: docs.github.com, "Registering a GitHub App from a manifest" and
//! "Permissions required for GitHub Apps".

use super::{Account, Options};
use serde_json::{Value, json};

/// The longest name of an App at GitHub.
const LONGEST_NAME: usize = 34;
/// Where events go before there is a webhook, as far as GitHub's form is
/// concerned: it wants an address that looks public. Nothing is installed then,
/// so nothing is sent but the first ping.
const PLACEHOLDER: &str = "https://example.com/jit-runners";
/// The page that the App's settings link to.
const HOMEPAGE: &str = "https://github.com/features/actions";

/// One permission, and why.
pub(super) struct Permission {
    pub(super) name: &'static str,
    pub(super) access: &'static str,
    pub(super) reason: &'static str,
}

/// What the App asks for.
pub(super) fn permissions(scope: &str) -> [Permission; 3] {
    let runners = if scope == "repository" {
        Permission {
            name: "administration",
            access: "write",
            reason: "registers and removes runners of a repository",
        }
    } else {
        Permission {
            name: "organization_self_hosted_runners",
            access: "write",
            reason: "registers and removes runners of the organisation",
        }
    };
    [
        runners,
        Permission {
            name: "actions",
            access: "read",
            reason: "hears of queued jobs and asks whether they still are",
        },
        Permission {
            name: "metadata",
            access: "read",
            reason: "every GitHub App has it",
        },
    ]
}

/// The name that is proposed: the person may change it at GitHub.
pub(super) fn app_name(options: &Options) -> String {
    let name = options.app_name.clone().unwrap_or_else(|| {
        let fleet = &options.target.fleet;
        match &options.account {
            Account::Organization(login) => format!("{fleet}-{login}"),
            Account::Personal => format!("{fleet}-{}", &super::random_text()[..6]),
        }
    });
    let name: String = name.chars().take(LONGEST_NAME).collect();
    name.trim_end_matches('-').to_owned()
}

/// The manifest, for a page at `base`.
pub(super) fn manifest(options: &Options, base: &str) -> Value {
    let permissions: serde_json::Map<String, Value> = permissions(options.scope)
        .iter()
        .map(|one| (one.name.to_owned(), one.access.into()))
        .collect();
    let hook = options.webhook_url.as_deref().unwrap_or(PLACEHOLDER);
    json!({
        "name": app_name(options),
        "description": "Starts one runner on AWS Fargate for each queued job.",
        "url": HOMEPAGE,
        "hook_attributes": {"url": hook, "active": true},
        "redirect_url": format!("{base}/callback"),
        "setup_url": format!("{base}/installed"),
        "setup_on_update": false,
        "public": false,
        "request_oauth_on_install": false,
        "default_permissions": permissions,
        "default_events": ["workflow_job"],
    })
}
