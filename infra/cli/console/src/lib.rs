//! The web console: a fleet's jobs and their executions, as a page.
