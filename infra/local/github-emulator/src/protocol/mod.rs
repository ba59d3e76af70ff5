//! How the stand-in runner talks to the emulator: a scheme of our own in the
//! place of GitHub's undocumented one, with the same steps (prove the key, open
//! a session, wait for a message, acquire the job, report, complete).

mod routes;
pub(crate) mod wire;

pub(crate) use routes::routes;
