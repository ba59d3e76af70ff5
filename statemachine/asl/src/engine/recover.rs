//! Retry and Catch: what becomes of a state's failure.

use super::{Activity, Exit, Failure, Place, Step};
use crate::{definition::matches, jsonata::Values, states::State, text::Text};

/// Retries the state, or leaves it by a Catch, or hands the failure on.
pub(super) fn recover(
    state: &State,
    place: &mut Place<'_>,
    failure: Failure,
) -> Result<Step, Failure> {
    if failure.ends_all() {
        return Err(failure);
    }
    if let Some(step) = retry(state, place, &failure) {
        return Ok(step);
    }
    // As AWS writes it: a state that is retried has not failed yet.
    let stood = *place.last;
    state.note_failed(place);
    let mut catchers = state.catch.iter().enumerate();
    let Some((index, catcher)) = catchers.find(|(_, catcher)| matches(&catcher.errors, &failure))
    else {
        return Err(failure);
    };
    let error_output = Text::json(&serde_json::json!({
        "Error": failure.error.as_deref().unwrap_or_default(),
        "Cause": failure.cause.as_deref().unwrap_or_default(),
    }));
    let values = Values {
        error_output: Some(&error_output),
        ..Values::default()
    };
    // An error inside a Catch ends the thread on the spot. Its event follows the
    // one before the state's failure, which is then told a second time.
    let failed = std::mem::replace(place.last, stood);
    let left = place.leave(Exit {
        at: &format!("Catch[{index}]/"),
        assign: &catcher.assign,
        output: catcher.output.as_ref(),
        values,
        otherwise: &error_output,
        next: catcher.next.clone(),
    });
    match &left {
        Ok(_) => *place.last = failed,
        Err(_) => state.note_failed(place),
    }
    left
}

/// Sets the timer of the next attempt, if there is to be one.
fn retry(state: &State, place: &mut Place<'_>, failure: &Failure) -> Option<Step> {
    let index = state
        .retry
        .iter()
        .position(|retrier| matches(&retrier.errors, failure))?;
    let retrier = &state.retry[index];
    place.frame.retries.resize(state.retry.len(), 0);
    let made = place.frame.retries[index];
    if u64::from(made) >= retrier.max_attempts {
        return None;
    }
    place.frame.retries[index] += 1;
    place.frame.retry_count += 1;
    let mut delay = retrier.delay(made);
    if retrier.jitter {
        delay *= place.core.random.fraction();
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // not negative, and at most 1e8 seconds
    let at = place.core.after_millis((delay * 1000.0).round() as u64);
    let timer = place.core.set_timer(at);
    place.frame.activity = Activity::Retrying { timer };
    Some(Step::Pending)
}
