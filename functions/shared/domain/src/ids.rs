//! GitHub's numeric ids, one type each, so that a run's id cannot be passed
//! where a job's or a runner's is meant. On the wire they are plain numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<u64> for $name {
            fn from(id: u64) -> Self {
                Self(id)
            }
        }
    };
}

id!(
    /// A workflow job (`workflow_job.id`); a re-run gets a new one.
    JobId
);
id!(
    /// A workflow run (`workflow_job.run_id`); a re-run keeps it.
    RunId
);
id!(
    /// A self-hosted runner's registration; 0 where there is none.
    RunnerId
);
