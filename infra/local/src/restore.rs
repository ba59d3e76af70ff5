//! A start with a data folder: every service is built again from what it kept, and
//! then goes on where it stood.
//!
//! First all of them are filled: nothing moves meanwhile, and nothing is kept anew.
//! Then each is connected to the store. Then what was under way goes on.

use crate::server::Services;
use crate::store::{DataError, Records, Store};

/// Fills the services, connects them, and sets going what was under way. Must run
/// inside a tokio runtime.
pub(crate) fn restore(
    services: &Services,
    store: &Store,
    mut records: Records,
) -> Result<(), DataError> {
    let records = &mut records;
    services.logs.restore(records)?;
    services.secrets.restore(records)?;
    services.kms.restore(records)?;
    services.dynamodb.restore(records)?;
    services.sqs.restore(records)?;
    let events = services.lambda.restore(store, records)?;
    services.ecs.restore(records)?;
    services.events.restore(records)?;
    services.scheduler.restore(records)?;
    services.step_functions.restore(records)?;
    for shelf in [
        &services.shelf,
        &services.logs.shelf,
        &services.secrets.shelf,
        &services.kms.shelf,
        &services.dynamodb.shelf,
        &services.sqs.shelf,
        &services.lambda.shelf,
        &services.ecs.shelf,
        &services.events.shelf,
        &services.scheduler.shelf,
        services.step_functions.shelf(),
    ] {
        store.connect(shelf);
    }
    services.ecs.resume();
    services.lambda.resume(events);
    services.step_functions.resume();
    services.events.resume();
    services.scheduler.resume();
    Ok(())
}
