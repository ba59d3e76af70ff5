//! GitHub as far as self-hosted runners and GitHub Apps see it: an organisation
//! on a loopback port.
//!
//! [`Emulator::start`] serves the REST API, sends signed webhooks and gives
//! queued jobs to listening runners. The program `stand-in-runner` of this
//! crate takes the place of the official runner. The crate shares no types with
//! the programs that are tested against it, so a wrong struct cannot cancel
//! itself out.

mod app_key;
mod deliveries;
mod emulator;
mod faults;
mod github_fault;
mod ids;
mod jobs;
mod limits;
mod observe;
mod protocol;
mod register;
mod rest;
mod runner_group;
mod runners;
mod settings;
mod shared;
pub mod stand_in;
pub mod transport;
mod webhooks;
mod workflow;
mod world;

pub use self::faults::{Fault, FaultKind};
pub use app_key::app_private_key_pem;
pub use deliveries::{Delivery, HookKind};
pub use emulator::{Emulator, StartError};
pub use github_fault::GitHubFault;
pub use ids::{DeliveryId, JobId, RunId, RunnerId};
pub use jobs::{Conclusion, Job, JobStatus, Step, TakenBy, Transition};
pub use limits::{LimitStatus, SecondaryLimits};
pub use rest::{Operation, operations, request_kinds};
pub use runner_group::RunnerGroup;
pub use runners::{Leftovers, Runner};
pub use settings::{Access, App, Clock, Settings, Webhook};
pub use workflow::WorkflowError;
pub use world::{IssuedSecret, SecretKind};
