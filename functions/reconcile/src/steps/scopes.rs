//! Where runners are registered: an installation belongs to one account, so an
//! organisation's runners are all in one place; a repository's are its own.

use std::collections::BTreeSet;

use aws::claims::Claim;
use github::Scope;

use super::executions;
use crate::period::Period;
use crate::stop::Stop;

/// All places, as far as repositories have been seen.
pub(super) fn all(period: &Period<'_>) -> BTreeSet<Scope> {
    let settings = period.state.clients().settings();
    let repositories = period.contents.repositories.keys();
    repositories
        .map(|repository| settings.scope_of(repository))
        .collect()
}

/// Where the runner of a claim's job is registered; none where nobody knows. A
/// wrong place would say that the runner is gone while its job runs.
pub(super) async fn of(period: &Period<'_>, claim: Option<&Claim>) -> Result<Option<Scope>, Stop> {
    let clients = period.state.clients();
    if let Some(claim) = claim {
        let execution = clients.executions().describe(&claim.owner).await?;
        if let Some(job) = execution.as_ref().and_then(executions::job_of) {
            return Ok(Some(clients.settings().scope(&job)));
        }
    }
    Ok(only_organization(all(period)))
}

/// The organisation, where there is exactly one place and it is one.
fn only_organization(scopes: BTreeSet<Scope>) -> Option<Scope> {
    let mut scopes = scopes.into_iter();
    match (scopes.next(), scopes.next()) {
        (Some(scope @ Scope::Organization(_)), None) => Some(scope),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_organisation_that_stands_alone_is_taken_for_granted() {
        let organization = Scope::Organization("acme".into());
        let repository = Scope::Repository("acme/r".into());
        let of = |scopes: &[&Scope]| {
            only_organization(scopes.iter().map(|scope| (*scope).clone()).collect())
        };
        assert_eq!(of(&[&organization]), Some(organization.clone()));
        assert_eq!(of(&[&repository]), None);
        assert_eq!(of(&[&organization, &Scope::Organization("b".into())]), None);
        assert_eq!(of(&[]), None);
    }
}
