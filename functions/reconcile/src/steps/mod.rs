//! The steps of a period, a file each.

mod dead_letters;
mod deliveries;
mod executions;
mod expired;
mod forget;
mod jobs;
mod runners;
mod scopes;
mod tasks;

use domain::reconcile::ReconcileStep;

use crate::period::Period;
use crate::stop::Stop;

pub(crate) async fn run(step: ReconcileStep, period: &mut Period<'_>) -> Result<(), Stop> {
    match step {
        ReconcileStep::Deliveries => deliveries::run(period).await,
        ReconcileStep::DeadLetters => dead_letters::run(period).await,
        ReconcileStep::Executions => executions::run(period).await,
        ReconcileStep::Tasks => tasks::run(period).await,
        ReconcileStep::Runners => runners::run(period).await,
        ReconcileStep::Expired => expired::run(period).await,
        ReconcileStep::Jobs => jobs::run(period).await,
    }
}
