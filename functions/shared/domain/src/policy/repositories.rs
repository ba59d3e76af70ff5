//! Which repositories may have runners.

use crate::event::Repository;
use crate::rejection::Rejection;

/// `[repositories]`. Patterns are `owner/name`, `owner/*` or `*`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repositories {
    /// Private and internal repositories; `None` allows them all.
    pub allow: Option<Vec<String>>,
    /// Public repositories, none by default: anybody's pull request could run there.
    pub public: Vec<String>,
}

impl Repositories {
    /// Whether a repository may have runners.
    ///
    /// # Errors
    /// The sentence that says which list it would have to be in.
    pub fn check(&self, repository: &Repository) -> Result<(), Rejection> {
        let name = &repository.full_name;
        let listed = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, name));
        if repository.is_public() {
            if listed(&self.public) {
                return Ok(());
            }
            return Err(Rejection::PublicRepository {
                repository: name.clone(),
            });
        }
        match &self.allow {
            Some(patterns) if !listed(patterns) => Err(Rejection::RepositoryNotAllowed {
                repository: name.clone(),
                allowed: if patterns.is_empty() {
                    "it is empty".to_owned()
                } else {
                    patterns.join(", ")
                },
            }),
            _ => Ok(()),
        }
    }
}

/// Whether a pattern has one of the documented forms.
pub(super) fn is_pattern(pattern: &str) -> bool {
    let good = |part: &str| !part.is_empty() && !part.contains(['*', '/', ' ']);
    match pattern.split_once('/') {
        None => pattern == "*",
        Some((owner, name)) => good(owner) && (name == "*" || good(name)),
    }
}

/// GitHub's names are the same in upper and lower case.
fn matches(pattern: &str, full_name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => full_name
            .get(..beginning.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(beginning)),
        None => pattern.eq_ignore_ascii_case(full_name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_s_pattern_does_not_match_a_longer_owner() {
        assert!(!matches("org/*", "organisation/r"));
        assert!(!matches("org/*", "org"));
        assert!(!matches("org/site", "org/site-2"));
        assert!(!matches("org/ab*", "org/ä"));
        assert!(matches("Org/*", "oRg/anything"));
        assert!(matches("*", "any/thing"));
        assert!(matches("org/Site", "org/site"));
    }

    #[test]
    fn patterns_of_other_forms_are_refused() {
        for bad in [
            "", "org", "org/", "/r", "*/r", "org/a*", "a/b/c", "**", "o r/x",
        ] {
            assert!(!is_pattern(bad), "{bad:?}");
        }
        for good in ["*", "org/*", "org/site.io"] {
            assert!(is_pattern(good), "{good:?}");
        }
    }
}
