//! GitHub's side: App auth, JIT configs, runners, jobs and webhook signatures.
//!
//! [`App`] turns the App's key into an installation token and keeps it;
//! [`Client`] makes the calls with it. Nothing here retries, except one renewal
//! of a token that GitHub no longer takes: patience is the state machine's part,
//! which branches on [`GitHubError`].

mod app;
mod app_client;
pub mod calls;
mod client;
mod deliveries;
mod error;
mod hook;
mod http_call;
mod inspect;
mod jobs;
mod jwt;
mod manifest;
mod path;
mod runners;
mod runs;
mod secret;
mod settings;
pub mod signature;
mod signer;
mod user_client;

pub use app::{App, Installation};
pub use app_client::{Account, AppClient, AppInfo, HookConfig, HookDelivery, InstallationInfo};
pub use client::Client;
pub use deliveries::{DeliveryPage, DeliveryStatus, OrganizationHook};
pub use error::GitHubError;
pub use hook::{Delivery, Hook};
pub use http_call::{Http, Server};
pub use inspect::{GroupFacts, RateFacts};
pub use jobs::JobState;
pub use manifest::NewApp;
pub use path::Scope;
pub use runners::{Deleted, JitConfig, NewRunner, Runner};
pub use runs::{OpenJob, OpenRun, Page, RunStatus};
pub use settings::{AppKey, GitHubSettings};
pub use signer::{KeyError, KeySource, RemoteSigner, Signer};
pub use user_client::{JobInfo, RepositoryInfo, RunInfo, UserClient};
