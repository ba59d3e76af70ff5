//! Lambda glue, so that a function is only `handle(input, &state)`.
//!
//! ```ignore
//! pub async fn serve() -> Result<(), handler::RuntimeError> {
//!     handler::serve(State::from_settings(handler::environment()), handle).await
//! }
//! ```
//!
//! [`serve`] reads payloads (unreadable ones fail as `InputInvalid`), calls the
//! function, and gives every error its fixed `errorType` ([`Named`]). A state
//! that could not be built does not end the process: each call is then answered
//! with `SettingsInvalid` and the sentence that says which setting is wrong.

mod error;
mod input;
mod serve;
mod telemetry;

pub use domain::settings::{Settings, SettingsInvalid};
pub use error::{Failed, InputInvalid, Named};
pub use input::decode;
pub use lambda_runtime::Error as RuntimeError;
pub use serve::{answer, environment, serve};
pub use telemetry::init as init_telemetry;
