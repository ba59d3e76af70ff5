//! On a schedule: finds what was lost, and what was left behind.
//!
//! A period goes through seven steps in a fixed order (`steps`), within a
//! budget of calls to GitHub and of time. Each step goes on where it was the
//! last time (the cursor is kept in the claims table), and none stops another:
//! an error is logged and counted. Whatever it does may be done twice: a
//! delivery, an event and a redrive are made harmless by the claim, and nothing
//! is stopped or deleted but by "take before stop".
//!
//! One period at a time: the cursor is leased.

mod budget;
mod cursor;
mod judge;
mod log;
mod pause;
mod period;
mod settings;
mod state;
mod steps;
mod stop;

use domain::reconcile::{ReconcileInput, ReconcileStep, Reconciled};
use removal::RemovalError;

use cursor::Cursor;
use period::Period;
pub use settings::Limits;
pub use state::State;
use stop::Stop;

/// Serves Lambda's runtime API until the process ends.
pub async fn serve() -> Result<(), handler::RuntimeError> {
    handler::serve(State::from_env().await, handle).await
}

/// One period. It fails where it could not begin, or where every step failed.
pub async fn handle(_: ReconcileInput, state: &State) -> Result<Reconciled, RemovalError> {
    let began = state.clock().now();
    let lease = state.limits().lease(began.timestamp());
    let Some(begun) = state.upkeep().begin(began.timestamp(), lease).await? else {
        let answer = Reconciled {
            busy: true,
            ..Reconciled::default()
        };
        log::period(&answer);
        return Ok(answer);
    };
    let cursor = Cursor::read(&begun.cursor);
    let worked = work(state, cursor).await;
    let (answer, cursor, failure) = match worked {
        Ok(Worked {
            done,
            cursor,
            failure,
        }) => (done, cursor.write(), failure),
        Err(error) => (Reconciled::default(), begun.cursor.clone(), Some(error)),
    };
    if !state.upkeep().end(&begun, &cursor).await? {
        tracing::warn!("the period outlived its lease, and another one has begun");
    }
    let took = (state.clock().now() - began).num_milliseconds();
    let answer = Reconciled {
        milliseconds: u64::try_from(took).unwrap_or(0),
        ..answer
    };
    log::period(&answer);
    match failure {
        Some(error) => Err(error),
        None => Ok(answer),
    }
}

/// What a period came to.
struct Worked {
    done: Reconciled,
    cursor: Cursor,
    /// The last error, where no step got through.
    failure: Option<RemovalError>,
}

async fn work(state: &State, cursor: Cursor) -> Result<Worked, RemovalError> {
    let mut period = Period::begin(state, cursor).await?;
    let (mut failed, mut last) = (0, None);
    for step in ReconcileStep::ALL {
        let errors = period.done.errors;
        match steps::run(*step, &mut period).await {
            Ok(()) => {}
            Err(Stop::Failed(error)) => {
                period.failed(*step, &error);
                failed += usize::from(period.done.errors > errors);
                last = Some(error);
            }
            Err(stop) => period.cut_short(*step, &stop),
        }
    }
    let all = failed == ReconcileStep::ALL.len();
    Ok(Worked {
        failure: last.filter(|_| all),
        done: period.done,
        cursor: period.cursor,
    })
}
