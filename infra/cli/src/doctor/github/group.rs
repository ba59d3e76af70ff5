//! The runner group: there, and open to the repositories that the policy serves.

use super::super::Context;
use super::super::finding::Finding;
use super::unread;
use github::{Client, GitHubError, InstallationInfo};

pub(super) const GROUP: &str = "github.runner-group";

pub(super) async fn check(
    context: &Context,
    client: &Client,
    installation: &Result<InstallationInfo, GitHubError>,
    organization: bool,
) -> Finding {
    if !organization {
        return Finding::skipped(
            GROUP,
            "runners register at repositories, which have no groups",
        );
    }
    let login = match installation {
        Ok(installation) if installation.suspended_at.is_some() => {
            return Finding::needs(GROUP, "the runner group", super::app::INSTALLATION);
        }
        Ok(installation) => &installation.account.login,
        Err(error) => return unread(GROUP, error),
    };
    let id = context.deployment.variable("RUNNER_GROUP_ID");
    let Ok(id) = id.as_deref().unwrap_or("1").trim().parse::<u64>() else {
        return Finding::needs(GROUP, "the number in RUNNER_GROUP_ID", "functions.settings");
    };
    open_to(context, client, login, id).await.of(id.to_string())
}

async fn open_to(context: &Context, client: &Client, login: &str, id: u64) -> Finding {
    let group = match client.runner_group(login, id).await {
        Err(GitHubError::Refused { status: 404, .. }) => {
            return Finding::wrong(
                GROUP,
                format!("{login} has no runner group {id}"),
                "set RUNNER_GROUP_ID to a group of the organisation; 1 is the default one",
            );
        }
        Err(GitHubError::Refused { status: 403, .. }) => {
            return Finding::needs(GROUP, "the runner group", super::app::PERMISSIONS);
        }
        Err(error) => return unread(GROUP, &error),
        Ok(group) => group,
    };
    let policy = context.deployment.policy();
    let repositories = policy.map(|policy| policy.repositories).unwrap_or_default();
    if !repositories.public.is_empty() && !group.allows_public_repositories {
        return Finding::wrong(
            GROUP,
            format!(
                "the policy serves public repositories, the group {} does not",
                group.name
            ),
            "allow public repositories in the group's settings, or take them out of the policy",
        );
    }
    if group.restricted_to_workflows {
        let observed = format!("{}, for selected workflows only", group.name);
        let fix = "see that the group's list of workflows holds those that should be served";
        return Finding::warning(GROUP, observed, fix);
    }
    if group.visibility != "selected" {
        let public = if group.allows_public_repositories {
            "public ones too"
        } else {
            "not for public ones"
        };
        let observed = format!("{}, for all repositories, {public}", group.name);
        return Finding::ok(GROUP, observed);
    }
    let selected = match client.runner_group_repositories(login, id).await {
        Ok(selected) => selected,
        Err(error) => return unread(GROUP, &error),
    };
    let named = repositories
        .allow
        .iter()
        .flatten()
        .chain(&repositories.public);
    let shut_out: Vec<&str> = named
        .filter(|name| !name.contains('*'))
        .filter(|name| !selected.iter().any(|one| one.eq_ignore_ascii_case(name)))
        .map(String::as_str)
        .collect();
    if selected.is_empty() {
        let observed = format!("{}, for no repository at all", group.name);
        Finding::wrong(GROUP, observed, "add repositories to the group")
    } else if shut_out.is_empty() {
        let observed = format!(
            "{}, for {} selected repositories",
            group.name,
            selected.len()
        );
        Finding::ok(GROUP, observed)
    } else {
        let observed = format!("{}, but not for {}", group.name, shut_out.join(", "));
        let fix = "add these repositories to the group, or take them out of the policy";
        Finding::warning(GROUP, observed, fix)
    }
}
