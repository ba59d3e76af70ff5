#![doc = include_str!("../README.md")]

mod account;
mod cdk;
pub mod changes;
mod container;
mod deployed;
mod ministack;
mod report;
mod settings;
mod stack;
mod task_role;
mod tools;
mod until;

pub use account::{Account, REGION};
pub use container::Container;
pub use deployed::{Deployed, FLEET};
pub use report::Report;
pub use stack::Resource;
pub use task_role::TaskRole;
pub use tools::{MINISTACK, Tools};
pub use until::until;
