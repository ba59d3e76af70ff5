//! The name and hand-over key of a mint: taken over from a try that was not
//! confirmed, or new and written into the claim before GitHub is asked.

use aws::claims::{Claim, Try};
use domain::runner_name::runner_name;
use domain::steps::MintInput;

use crate::errors::MintError;
use crate::state::State;

/// The try that the claim holds, where it holds one.
pub(crate) fn unconfirmed(claim: &Claim) -> Option<Try> {
    Some(Try {
        seq: claim.seq,
        runner_name: claim.runner_name.clone()?,
        handover_key: claim.handover_key.clone()?,
    })
}

/// The next number's try, written into the claim. `claim` is updated alike.
pub(crate) async fn begin(
    input: &MintInput,
    state: &State,
    claim: &mut Claim,
) -> Result<Try, MintError> {
    let seq = claim.seq + 1;
    let job = &input.job;
    let next = Try {
        seq,
        runner_name: runner_name(&state.settings().name_prefix, job.id, job.run_attempt, seq),
        handover_key: state.new_key(),
    };
    state
        .claims()
        .begin_try(&input.claim, claim, &next, github::calls::take())
        .await?;
    claim.seq = seq;
    claim.runner_name = Some(next.runner_name.clone());
    claim.handover_key = Some(next.handover_key.clone());
    Ok(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_without_a_key_has_no_unconfirmed_try() {
        let claim = Claim {
            seq: 3,
            runner_name: Some("jit-1-1-3".into()),
            ..Claim::default()
        };
        assert_eq!(unconfirmed(&claim), None);
    }
}
