//! Moves an execution along: threads of control, errors, history, commands.

mod branch;
mod core;
mod place;
mod recover;
mod scope;

pub(crate) use branch::{Activity, Branch, Delivery, Flow, Frame};
pub(crate) use core::{Core, REDRIVABLE_EVENTS};
pub(crate) use place::{Exit, Failure, Place, Step};
pub(crate) use scope::Scope;
