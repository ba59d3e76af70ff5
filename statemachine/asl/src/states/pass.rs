//! Pass: hands its input on, or what `Output` makes of it.

use super::State;
use crate::{
    engine::{Failure, Place, Step},
    states::Target,
};

pub(super) fn begin(state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
    let input = place.frame.input.clone();
    state.leave(place, None, &input)
}

/// A redriven Pass exits without being executed.
pub(super) fn redrive(state: &State, place: &mut Place<'_>) -> Result<Step, Failure> {
    Ok(Step::Leave {
        output: place.frame.input.clone(),
        assigned: Vec::new(),
        next: state.target.clone().unwrap_or(Target::End),
    })
}
