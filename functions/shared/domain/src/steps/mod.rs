//! The payloads between the state machine and its functions, one file a step.
//!
//! They change by addition only: executions live for days and can be redriven
//! for two weeks, across deployments. Unknown fields are accepted, an unknown
//! [`Version`] is not. All fields of an answer are always present, so that
//! JSONata never meets `undefined`.

mod claim_ref;
mod escalate;
mod job;
mod mint;
mod release;
mod size;
mod usage;
mod verify_removal;
mod version;

pub use claim_ref::ClaimRef;
pub use escalate::{EscalateInput, EscalateOutcome, EscalateOutput, Failure};
pub use job::Job;
pub use mint::{MintInput, MintOutcome, MintOutput, RunnerRef};
pub use release::{ReleaseInput, ReleaseOutcome, ReleaseOutput};
pub use size::{Architecture, Capacity, Decision, Limits, Size, SizeInput, SizeOutput};
pub use usage::Usage;
pub use verify_removal::{Outcome, RunEnd, VerifyRemovalInput, VerifyRemovalOutput};
pub use version::Version;
