//! HTTP: one port, routed to the services.

pub mod error;
