//! Installation tokens: narrowed, of varying length, good for one hour.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{SecretKind, World};
use crate::settings::Access;

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The App's installation.
    Installation,
    /// A person, who made a fine-grained token.
    Person,
}

/// What a token may do.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) holder: Holder,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) permissions: BTreeMap<String, Access>,
    /// Lower-case names; `None` is every repository.
    pub(crate) repositories: Option<Vec<String>>,
}

/// The narrowing asks for more than the installation has (422).
#[derive(Debug, thiserror::Error)]
pub(crate) enum NarrowingError {
    #[error("The permissions requested are not granted to this installation.")]
    Permissions,
    #[error(
        "There is at least one repository that does not exist or is not accessible to the parent installation."
    )]
    Repositories,
}

impl World {
    /// A person's token, good for a year.
    pub(crate) fn add_user_token(
        &mut self,
        text: &str,
        permissions: &[(&str, Access)],
        now: DateTime<Utc>,
    ) {
        let permissions = permissions
            .iter()
            .map(|(name, access)| ((*name).to_owned(), *access))
            .collect();
        let token = Token {
            holder: Holder::Person,
            expires_at: now + TimeDelta::days(365),
            permissions,
            repositories: None,
        };
        self.tokens.insert(text.to_owned(), token);
    }

    pub(crate) fn issue_token(
        &mut self,
        permissions: Option<BTreeMap<String, Access>>,
        repositories: Option<Vec<String>>,
        now: DateTime<Utc>,
    ) -> Result<(String, Token), NarrowingError> {
        let granted = &self.settings.app.permissions;
        let permissions = match permissions.filter(|wanted| !wanted.is_empty()) {
            None => granted.clone(),
            Some(wanted) => {
                let within = wanted
                    .iter()
                    .all(|(name, access)| granted.get(name).is_some_and(|have| have >= access));
                if !within {
                    return Err(NarrowingError::Permissions);
                }
                wanted
            }
        };
        let repositories = repositories.filter(|names| !names.is_empty());
        let repositories: Option<Vec<String>> =
            repositories.map(|names| names.iter().map(|name| name.to_lowercase()).collect());
        if let Some(names) = &repositories
            && !names
                .iter()
                .all(|name| self.repositories.contains_key(name))
        {
            return Err(NarrowingError::Repositories);
        }
        // Lengths vary since April 2026: nobody may count on 40 characters.
        let length = self.random_number(36..400);
        let text = format!("ghs_{}", self.random_text(length));
        let token = Token {
            holder: Holder::Installation,
            expires_at: now + TimeDelta::hours(1),
            permissions,
            repositories,
        };
        self.tokens.insert(text.clone(), token.clone());
        self.issue(SecretKind::InstallationToken, &text);
        Ok((text, token))
    }
}
