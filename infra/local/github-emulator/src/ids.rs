//! GitHub's numeric ids, one type each so that they cannot be mixed up.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A workflow run.
    RunId
);
id!(
    /// One job of a run; a re-run gets a new one.
    JobId
);
id!(
    /// A registered self-hosted runner.
    RunnerId
);
id!(
    /// One attempt at delivering a webhook.
    DeliveryId
);
