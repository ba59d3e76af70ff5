#![doc = include_str!("../README.md")]

mod assemble;
mod aws_fault;
pub mod clock;
pub mod credentials;
mod derived;
pub mod dynamodb;
pub mod ecs;
pub mod events;
mod hook;
mod ids;
pub mod kms;
pub mod lambda;
pub mod logs;
mod place;
mod restore;
mod retention;
mod retry;
pub mod scheduler;
pub mod secrets;
pub mod server;
mod settings;
mod setup;
pub mod sqs;
pub mod step_functions;
mod store;
mod targets;

pub use aws_fault::AwsFault;
pub use ids::Ids;
pub use lambda::{FunctionSettings, Program};
pub use place::{Place, StartError};
pub use server::error::AwsError;
pub use settings::{Data, MakeLauncher, Settings};
pub use setup::EventRule;
pub use step_functions::Fault;
pub use store::DataError;

/// The account every ARN of the place carries.
pub const ACCOUNT: &str = "123456789012";
/// The region every ARN of the place carries.
pub const REGION: &str = "us-east-1";
/// The `Server` header of every answer.
pub const SERVER: &str = "jit-runners-local";
