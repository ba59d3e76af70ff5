//! Paths of GitHub's REST API from names that came with a payload: a name that
//! is none is refused before it becomes part of an address.

use crate::error::GitHubError;

/// Where runners are registered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// At an organisation, for all repositories that its runner group allows.
    Organization(String),
    /// At one repository, given as `owner/name`.
    Repository(String),
}

impl Scope {
    /// `/orgs/{org}` or `/repos/{owner}/{repo}`.
    pub(crate) fn path(&self) -> Result<String, GitHubError> {
        match self {
            Self::Organization(login) => organization(login),
            Self::Repository(full_name) => repository(full_name),
        }
    }
}

/// `/orgs/{org}`.
pub(crate) fn organization(login: &str) -> Result<String, GitHubError> {
    if is_name(login) {
        Ok(format!("/orgs/{login}"))
    } else {
        Err(not_a_name("organisation", login))
    }
}

/// A page's cursor as part of a query, as GitHub gave it: escapes included.
pub(crate) fn cursor(cursor: &str) -> Result<&str, GitHubError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~%=+:".contains(&b);
    if !cursor.is_empty() && cursor.bytes().all(plain) {
        Ok(cursor)
    } else {
        Err(not_a_name("page", cursor))
    }
}

/// `/repos/{owner}/{repo}` for `owner/repo`.
pub(crate) fn repository(full_name: &str) -> Result<String, GitHubError> {
    match full_name.split_once('/') {
        Some((owner, name)) if is_name(owner) && is_name(name) => {
            Ok(format!("/repos/{owner}/{name}"))
        }
        _ => Err(not_a_name("repository", full_name)),
    }
}

/// A runner's name as part of a query: ours have these characters only.
pub(crate) fn runner_name(name: &str) -> Result<&str, GitHubError> {
    if is_name(name) {
        Ok(name)
    } else {
        Err(not_a_name("runner", name))
    }
}

/// Whether a text can be one part of a path as it stands.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name != "."
        && name != ".."
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn not_a_name(kind: &str, name: &str) -> GitHubError {
    GitHubError::Refused {
        call: format!("no call at all for {kind} {name:?}"),
        status: 404,
        message: format!("this cannot be the name of a {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_name_never_becomes_a_path() {
        for name in [
            "", "o", "o/", "/r", "o/r/x", "o/..", "o/r?x", "ö/r", "o/r%2f",
        ] {
            assert!(repository(name).is_err(), "{name}");
        }
        assert!(Scope::Organization("a/b".into()).path().is_err());
        assert!(runner_name("a&b").is_err());
    }

    #[test]
    fn names_of_github_do() {
        assert_eq!(repository("o-1/r.e_p").unwrap(), "/repos/o-1/r.e_p");
        assert_eq!(
            Scope::Organization("acme".into()).path().unwrap(),
            "/orgs/acme"
        );
    }
}
