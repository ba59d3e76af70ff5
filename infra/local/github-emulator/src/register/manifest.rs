//! What a manifest must be, with GitHub's words about what is wrong.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::settings::Access;

/// The longest name of an App.
const LONGEST_NAME: usize = 34;

/// The permissions that an App of this emulator can ask for.
const PERMISSIONS: [&str; 16] = [
    "actions",
    "administration",
    "checks",
    "contents",
    "deployments",
    "environments",
    "issues",
    "members",
    "metadata",
    "organization_administration",
    "organization_hooks",
    "organization_self_hosted_runners",
    "pull_requests",
    "secrets",
    "statuses",
    "workflows",
];

/// The events, each with the permission without which it is not sent.
const EVENTS: [(&str, &str); 8] = [
    ("check_run", "checks"),
    ("deployment", "deployments"),
    ("issues", "issues"),
    ("pull_request", "pull_requests"),
    ("push", "contents"),
    ("repository", "metadata"),
    ("workflow_job", "actions"),
    ("workflow_run", "actions"),
];

/// A manifest. GitHub refuses keys that it does not know only where they are
/// inside `hook_attributes`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Manifest {
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    pub(crate) hook_attributes: Option<HookAttributes>,
    #[serde(default)]
    pub(crate) redirect_url: String,
    pub(crate) setup_url: Option<String>,
    #[serde(default)]
    pub(crate) default_permissions: BTreeMap<String, Access>,
    #[serde(default)]
    pub(crate) default_events: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HookAttributes {
    #[serde(default)]
    pub(crate) url: String,
    #[serde(default = "yes")]
    pub(crate) active: bool,
}

fn yes() -> bool {
    true
}

/// Reads a manifest; the error is GitHub's sentence.
pub(crate) fn parse(text: &str) -> Result<Manifest, String> {
    let manifest: Manifest = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if manifest.url.is_empty() {
        return Err("\"url\" wasn't supplied.".to_owned());
    }
    if let Some(hook) = &manifest.hook_attributes {
        if hook.url.is_empty() {
            // The hook's, though GitHub does not say so.
            return Err("\"url\" wasn't supplied.".to_owned());
        }
        let host = host(&hook.url);
        if ["localhost", "127.0.0.1", "[::1]"].contains(&host) {
            return Err(format!(
                "Hook url is not supported because it isn't reachable over the public Internet ({host})"
            ));
        }
    }
    for name in manifest.default_permissions.keys() {
        if !PERMISSIONS.contains(&name.as_str()) {
            return Err(
                "Default permission records resource is not included in the list".to_owned(),
            );
        }
    }
    let granted = &manifest.default_permissions;
    let unsupported: Vec<&str> = manifest
        .default_events
        .iter()
        .map(String::as_str)
        .filter(|event| {
            let needs = EVENTS.iter().find(|(name, _)| name == event);
            // Every App may read metadata.
            !needs.is_some_and(|(_, permission)| {
                *permission == "metadata" || granted.contains_key(*permission)
            })
        })
        .collect();
    if !unsupported.is_empty() {
        return Err(format!(
            "Default events unsupported: {}",
            unsupported.join(", ")
        ));
    }
    Ok(manifest)
}

/// What is wrong with an App's name, if anything is.
pub(crate) fn name_problem(name: &str) -> Option<String> {
    if name.trim().is_empty() {
        return Some("Name can't be blank".to_owned());
    }
    (name.chars().count() > LONGEST_NAME)
        .then(|| format!("Name is too long (maximum is {LONGEST_NAME} characters)"))
}

/// A name as it stands in addresses.
pub(crate) fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.to_lowercase().chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            slug.push(letter);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// The host of an address, without its port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}
