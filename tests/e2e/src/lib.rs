//! The whole way of a job, by the real binaries.
