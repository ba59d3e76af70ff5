//! Moves an execution along: threads of control, errors, history, commands.

mod branch;
mod core;
mod place;
mod recover;
mod scope;

pub(crate) use branch::{Activity, Branch, Delivery, Flow, Frame};
pub(crate) use core::{Core, MOST_EVENTS};
pub(crate) use place::{Exit, Failure, Nature, PAYLOAD_LIMIT, Place, Step, too_large};
pub(crate) use scope::Scope;
