//! The App and its installation: known, permitted, subscribed, not suspended.

use super::super::Context;
use super::super::finding::Finding;
use super::unread;
use chrono::TimeDelta;
use github::{AppInfo, GitHubError, InstallationInfo, RateFacts};
use std::collections::BTreeMap;

pub(super) const APP: &str = "github.app";
pub(super) const CLOCK: &str = "github.clock";
pub(super) const PERMISSIONS: &str = "github.permissions";
pub(super) const EVENTS: &str = "github.events";
pub(super) const INSTALLATION: &str = "github.installation";
pub(super) const RATE_LIMIT: &str = "github.rate-limit";

/// GitHub takes a JWT that was issued up to a minute ahead of its clock.
const SKEW: TimeDelta = TimeDelta::seconds(30);
const EVENT: &str = "workflow_job";

type Read<T> = Result<T, GitHubError>;

pub(super) fn known(context: &Context, read: &Read<AppInfo>) -> Finding {
    let id = context
        .deployment
        .variable("GITHUB_APP_ID")
        .unwrap_or_default();
    let finding = match read {
        Ok(app) => Finding::ok(APP, format!("{}, id {}", app.slug, app.id)),
        Err(GitHubError::Refused {
            status: status @ (401 | 404),
            message,
            ..
        }) => Finding::wrong(
            APP,
            format!("GitHub refuses the App's signature ({status}: {message})"),
            "set GITHUB_APP_ID to the App's id, and store a private key of this App; check this machine's clock",
        ),
        Err(error) => unread(APP, error),
    };
    finding.of(id)
}

pub(super) fn clock(read: &Read<Option<TimeDelta>>) -> Finding {
    match read {
        Ok(Some(ahead)) if ahead.abs() > SKEW => Finding::warning(
            CLOCK,
            format!(
                "this machine's clock is {} s off GitHub's",
                -ahead.num_seconds()
            ),
            "set this machine's clock by NTP; AWS's own are",
        ),
        Ok(Some(_)) => Finding::ok(CLOCK, "this machine's clock agrees with GitHub's"),
        Ok(None) => Finding::unknown(CLOCK, "GitHub's answer has no date", "compare by hand"),
        Err(error) => unread(CLOCK, error),
    }
}

/// What the runners' scope needs, by GitHub's names.
fn wanted(organization: bool) -> [(&'static str, &'static str); 2] {
    let runners = if organization {
        "organization_self_hosted_runners"
    } else {
        "administration"
    };
    [(runners, "write"), ("actions", "read")]
}

fn lacking(have: &BTreeMap<String, String>, organization: bool) -> Vec<String> {
    let rank = |access: &str| match access {
        "read" => 1,
        "write" => 2,
        "admin" => 3,
        _ => 0,
    };
    wanted(organization)
        .iter()
        .filter(|(name, access)| rank(have.get(*name).map_or("", String::as_str)) < rank(access))
        .map(|(name, access)| format!("{name}: {access}"))
        .collect()
}

pub(super) fn permissions(
    app: &Read<AppInfo>,
    installation: &Read<InstallationInfo>,
    organization: bool,
) -> Finding {
    let app = match app {
        Ok(app) => app,
        Err(error) => return unread(PERMISSIONS, error),
    };
    let lacking_app = lacking(&app.permissions, organization);
    if !lacking_app.is_empty() {
        return Finding::wrong(
            PERMISSIONS,
            format!("the App lacks {}", lacking_app.join(", ")),
            "give the App these permissions in its settings at GitHub, and accept them for its installation",
        );
    }
    match installation {
        Err(error) => unread(PERMISSIONS, error),
        Ok(installation) => {
            let lacking = lacking(&installation.permissions, organization);
            if lacking.is_empty() {
                let have = wanted(organization).map(|(name, access)| format!("{name}: {access}"));
                Finding::ok(PERMISSIONS, have.join(", "))
            } else {
                Finding::wrong(
                    PERMISSIONS,
                    format!("the installation lacks {}", lacking.join(", ")),
                    "an owner of the organisation must accept the App's new permissions",
                )
            }
        }
    }
}

pub(super) fn events(app: &Read<AppInfo>, installation: &Read<InstallationInfo>) -> Finding {
    let app = match app {
        Ok(app) => app,
        Err(error) => return unread(EVENTS, error),
    };
    let has = |events: &[String]| events.iter().any(|event| event == EVENT);
    if !has(&app.events) {
        let observed = format!("the App does not subscribe to {EVENT}");
        let fix =
            format!("subscribe to the event {EVENT} (\"Workflow job\") in the App's settings");
        return Finding::wrong(EVENTS, observed, fix);
    }
    match installation {
        Err(error) => unread(EVENTS, error),
        Ok(installation) if has(&installation.events) => Finding::ok(EVENTS, EVENT),
        Ok(_) => Finding::wrong(
            EVENTS,
            format!("the installation is not subscribed to {EVENT}"),
            "an owner of the organisation must accept the App's new permissions and events",
        ),
    }
}

pub(super) fn installation(read: &Read<InstallationInfo>) -> Finding {
    match read {
        Err(GitHubError::Refused { status: 404, .. }) => Finding::wrong(
            INSTALLATION,
            "the App has no such installation",
            "install the App for the organisation, and set GITHUB_INSTALLATION_ID to that installation's id",
        ),
        Err(error) => unread(INSTALLATION, error),
        Ok(installation) => {
            let login = &installation.account.login;
            match installation.suspended_at {
                Some(at) => Finding::wrong(
                    INSTALLATION,
                    format!("for {login}, suspended since {}", at.format("%Y-%m-%d")),
                    "an owner of the organisation must unsuspend the installation",
                ),
                None => Finding::ok(
                    INSTALLATION,
                    format!(
                        "for {login}, {} repositories",
                        installation.repository_selection
                    ),
                ),
            }
        }
    }
}

pub(super) fn rate_limit(read: &Read<RateFacts>) -> Finding {
    match read {
        Ok(rate) if rate.remaining < rate.limit / 10 => Finding::warning(
            RATE_LIMIT,
            format!(
                "{} of {} requests left in this hour",
                rate.remaining, rate.limit
            ),
            "find what else uses this App: a job takes about four requests",
        ),
        Ok(rate) => Finding::ok(
            RATE_LIMIT,
            format!(
                "{} of {} requests left in this hour",
                rate.remaining, rate.limit
            ),
        ),
        // GitHub Enterprise Server without limits.
        Err(error) if error.is_not_found() => Finding::ok(RATE_LIMIT, "this server has no limit"),
        Err(GitHubError::RateLimited { seconds }) => Finding::wrong(
            RATE_LIMIT,
            format!("none left for {seconds} s"),
            "find what else uses this App: a job takes about four requests",
        ),
        Err(GitHubError::Refused { status: 403, .. }) => {
            Finding::needs(RATE_LIMIT, "a token of the installation", INSTALLATION)
        }
        Err(error) => unread(RATE_LIMIT, error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::finding::Status;
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_a_warning_with_its_direction() {
        let behind = clock(&Ok(Some(TimeDelta::seconds(90))));
        assert_eq!(behind.status, Status::Warning);
        assert!(behind.observed.contains("-90 s"), "{}", behind.observed);
        let near = clock(&Ok(Some(TimeDelta::seconds(-2))));
        assert_eq!(near.status, Status::Ok);
        assert_eq!(clock(&Ok(None)).status, Status::Unknown);
    }

    #[test]
    fn an_hour_that_is_nearly_used_up_is_a_warning() {
        let of = |remaining| {
            let limit = 5000;
            rate_limit(&Ok(RateFacts { limit, remaining })).status
        };
        assert_eq!(of(499), Status::Warning);
        assert_eq!(of(500), Status::Ok);
        let none = rate_limit(&Err(GitHubError::RateLimited { seconds: 60 }));
        assert_eq!(none.status, Status::Wrong);
    }
}
