//! AWS as far as jit-runners uses it, on one loopback port.
//!
//! The embedded place speaks AWS's own wire protocols, so that AWS SDKs and the
//! `aws` command work against it with only an endpoint setting. Every service
//! lives in its own module and knows nothing of HTTP; [`server`] routes to them.
//! Step Functions drives the interpreter `asl`; functions and tasks run as real
//! processes. Nothing here shares a type with the product crates.

pub mod clock;
pub mod credentials;
pub mod dynamodb;
pub mod ecs;
pub mod events;
pub mod lambda;
pub mod logs;
mod place;
pub mod secrets;
pub mod server;
mod settings;
pub mod step_functions;

pub use lambda::FunctionSettings;
pub use place::{Place, StartError};
pub use server::error::AwsError;
pub use settings::{MakeLauncher, Settings};
pub use step_functions::Fault;

/// The account every ARN of the place carries.
pub const ACCOUNT: &str = "123456789012";
/// The region every ARN of the place carries.
pub const REGION: &str = "us-east-1";
