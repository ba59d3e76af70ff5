//! The console on the local place's own port. It talks to the place by AWS's
//! APIs, like everybody else.

use crate::clients::local_config;
use crate::names::{DEFAULT_FLEET, Names};
use console::{Console, PATH, Settings};
use local::Place;
use observe::fleet::Fleet;

/// Serves the console on a place. End it before the place.
pub async fn mount(place: &Place) -> Console {
    let config = local_config(&place.endpoint()).await;
    let fleet = Fleet::new(&config, Names::new(DEFAULT_FLEET));
    let settings = Settings::of(&fleet);
    let console = Console::new(fleet, settings);
    place.mount(PATH, console.router());
    console
}

/// Where a place's console is.
#[must_use]
pub fn address(place: &Place) -> String {
    format!("{}{PATH}/", place.endpoint())
}
