//! What a period may use up, and how long things are waited for.

use domain::policy::{self, Policy, deployed};
use domain::settings::{Settings, SettingsInvalid};
use github::OrganizationHook;

/// A period's limits, all in seconds but the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// `RECONCILE_GITHUB_CALLS`: calls to GitHub.
    pub github_calls: u64,
    /// `RECONCILE_SECONDS`: the work ends after this; the function's own timeout
    /// must leave 20 more for what is under way.
    pub seconds: u64,
    /// `RECONCILE_PAUSE_SECONDS`: before a second try; four times as long each time.
    pub pause: u64,
    /// `RECONCILE_SETTLE_SECONDS`: how long a task or a runner must be seen
    /// without an execution before it goes.
    pub settle: u64,
    /// `RECONCILE_START_SECONDS`: what a task may take to RUNNING.
    pub start: u64,
    /// `RECONCILE_QUEUED_SECONDS`: how long a job is queued before its event
    /// counts as lost.
    pub queued: u64,
    /// `RECONCILE_ROTATION_SECONDS`: each repository is asked about its queued
    /// jobs once in this time.
    pub rotation: u64,
}

/// What a call that was begun just before the end may take on top.
const MARGIN: u64 = 20;

impl Limits {
    /// Reads them, with their defaults.
    pub(crate) fn read(settings: &mut Settings) -> Self {
        let mut read = |key, default| settings.parsed_or(key, default, "a number of seconds");
        Self {
            seconds: read("RECONCILE_SECONDS", 40),
            pause: read("RECONCILE_PAUSE_SECONDS", 120),
            settle: read("RECONCILE_SETTLE_SECONDS", 180),
            start: read("RECONCILE_START_SECONDS", 600),
            queued: read("RECONCILE_QUEUED_SECONDS", 180),
            rotation: read("RECONCILE_ROTATION_SECONDS", 600),
            github_calls: settings.parsed_or("RECONCILE_GITHUB_CALLS", 60, "a number of calls"),
        }
    }

    /// The end of the lease of a period that begins at `now` (epoch seconds).
    pub(crate) fn lease(&self, now: i64) -> i64 {
        now.saturating_add_unsigned(self.seconds.saturating_add(MARGIN))
    }
}

/// `RECONCILE_ORG_HOOK_ID`: `<organisation>/<webhook id>`, where an
/// organisation's webhook delivers too.
pub(crate) fn organization_hook(settings: &mut Settings) -> Option<OrganizationHook> {
    let text = settings.optional("RECONCILE_ORG_HOOK_ID")?;
    let parts = text.trim().split_once('/');
    let hook = parts.and_then(|(organization, id)| {
        Some(OrganizationHook {
            organization: organization.to_owned(),
            id: id.parse().ok()?,
        })
    });
    if hook.is_none() {
        settings.problem(format!(
            "RECONCILE_ORG_HOOK_ID is {text:?} but must be an organisation and the id of its webhook, such as acme/12345678"
        ));
    }
    hook
}

/// The policy and its hash: `POLICY`, or only `POLICY_HASH` (of the text) where that
/// has no room beside the other variables; within the processors of `ARCHITECTURES`.
pub(crate) fn policy(settings: &mut Settings) -> Result<(Option<Policy>, String), SettingsInvalid> {
    let deployed = deployed(settings);
    if let (None, Some(hash)) = (
        settings.optional("POLICY"),
        settings.optional("POLICY_HASH"),
    ) {
        return Ok((None, policy::hash(&hash, &deployed)));
    }
    let policy = Policy::parse(&settings.or("POLICY", ""))
        .and_then(|policy| policy.deployed_for(&deployed))
        .map_err(|error| SettingsInvalid::new(format!("POLICY: {error}")))?;
    let hash = policy.hash.clone();
    Ok((Some(policy), hash))
}

/// `RECONCILE_LABELS`: the labels that the rule of the bus lets through,
/// comma-separated; a job needs one of them.
pub(crate) fn labels(settings: &Settings) -> Vec<String> {
    settings
        .or("RECONCILE_LABELS", "self-hosted")
        .split(',')
        .map(|label| label.trim().to_owned())
        .filter(|label| !label.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_is_an_organisation_and_a_number() {
        let mut settings = Settings::new([("RECONCILE_ORG_HOOK_ID", "acme/12345678")]);
        let hook = organization_hook(&mut settings).unwrap();
        assert_eq!((hook.organization.as_str(), hook.id), ("acme", 12_345_678));
        assert_eq!(settings.finish(), Ok(()));
        for text in ["12345678", "acme", "acme/x"] {
            let mut settings = Settings::new([("RECONCILE_ORG_HOOK_ID", text)]);
            assert_eq!(organization_hook(&mut settings), None);
            assert!(settings.finish().is_err(), "{text}");
        }
    }

    #[test]
    fn a_policy_is_known_by_its_text_or_by_its_hash() {
        let of =
            |pairs: &[(&str, &str)]| policy(&mut Settings::new(pairs.iter().copied())).unwrap();
        let text = "other_labels = \"default-size\"";
        let (known, hash) = of(&[("POLICY", text)]);
        assert_eq!(known.unwrap().hash, hash);
        assert_eq!(of(&[("POLICY_HASH", &hash)]), (None, hash.clone()));
        let (none, default) = of(&[]);
        assert!(none.is_some());
        assert_ne!(default, hash);
        // What rejects a job is also which processors there are.
        let (one, short) = of(&[("POLICY", text), ("ARCHITECTURES", "x86_64")]);
        assert_eq!(one.unwrap().hash, short);
        assert_ne!(short, hash);
        let known = of(&[("POLICY_HASH", &hash), ("ARCHITECTURES", "x86_64")]);
        assert_eq!(known, (None, short));
    }

    #[test]
    fn labels_are_those_of_the_rule() {
        assert_eq!(labels(&Settings::default()), ["self-hosted"]);
        let settings = Settings::new([("RECONCILE_LABELS", "fargate, self-hosted,")]);
        assert_eq!(labels(&settings), ["fargate", "self-hosted"]);
    }
}
