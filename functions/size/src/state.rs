//! What Size keeps between calls: the policy, read once.

use domain::policy::{Policy, deployed};
use handler::{Settings, SettingsInvalid};

/// The policy that decides.
#[derive(Debug, Clone)]
pub struct State {
    pub(crate) policy: Policy,
}

impl State {
    /// A state with a policy that was read elsewhere.
    pub fn new(policy: Policy) -> Self {
        Self { policy }
    }

    /// Reads the file named by `POLICY_FILE`, else the text in `POLICY`, else
    /// takes the defaults; within the processors of `ARCHITECTURES`.
    ///
    /// # Errors
    /// The file cannot be read, or the policy cannot be used.
    pub fn from_settings(mut settings: Settings) -> Result<Self, SettingsInvalid> {
        let (setting, text) = match settings.optional("POLICY_FILE") {
            Some(path) => {
                let text = std::fs::read_to_string(&path).map_err(|error| {
                    SettingsInvalid::new(format!(
                        "POLICY_FILE names {path}, which cannot be read ({error}): correct the path or its permissions."
                    ))
                })?;
                (format!("POLICY_FILE ({path})"), text)
            }
            None => ("POLICY".to_owned(), settings.or("POLICY", "")),
        };
        let deployed = deployed(&mut settings);
        settings.finish()?;
        let policy = Policy::parse(&text)
            .and_then(|policy| policy.deployed_for(&deployed))
            .map_err(|error| SettingsInvalid::new(format!("{setting}: {error}")))?;
        Ok(Self { policy })
    }
}
