//! GitHub's limits on requests, as settings: numbers and the status that says
//! that they are reached.
//!
//! Source: docs.github.com, "Rate limits for the REST API".

use crate::emulator::Emulator;

/// The secondary limits, for one installation, App or person each. The default
/// is GitHub's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondaryLimits {
    /// Requests at the same time.
    pub concurrent: u32,
    /// Points per minute and endpoint: 1 for reading, 5 for anything else.
    pub points_per_minute: u32,
    /// Requests per minute that make content (here: trees, commits, branches, files).
    pub content_per_minute: u32,
    /// The same per hour.
    pub content_per_hour: u32,
}

impl Default for SecondaryLimits {
    fn default() -> Self {
        Self {
            concurrent: 100,
            points_per_minute: 900,
            content_per_minute: 80,
            content_per_hour: 500,
        }
    }
}

/// How a reached limit is answered. GitHub documents both and does not say when
/// which one comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LimitStatus {
    /// 403
    #[default]
    Forbidden,
    /// 429
    TooManyRequests,
}

impl Emulator {
    /// Changes the limits from now on; what was counted stays counted.
    pub fn set_limits(
        &self,
        rate_limit: Option<u32>,
        secondary: Option<SecondaryLimits>,
        status: LimitStatus,
    ) {
        self.shared.note(|world, _| {
            world.settings.rate_limit = rate_limit;
            world.settings.secondary_limits = secondary;
            world.settings.limit_status = status;
        });
    }

    /// Uses up everybody's hour, of every primary limit that there is.
    pub fn use_up_limits(&self) {
        self.shared.note(crate::world::World::use_up);
    }
}
