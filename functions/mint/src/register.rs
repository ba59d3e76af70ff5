//! The registration at GitHub, through names that are taken.
//!
//! 409 means that an earlier try under this name took effect and its answer was
//! lost (an idle registration: deleted, and minted again), or that somebody
//! runs under it (busy: the next number is taken).

use aws::claims::{Claim, Try};
use domain::steps::MintInput;
use github::{Deleted, GitHubError, JitConfig, NewRunner, Scope};

use crate::errors::MintError;
use crate::state::State;
use crate::tries;

/// Numbers that one mint goes through at most.
const NAMES: usize = 3;
const WORK_FOLDER: &str = "_work";

/// A registration and the try that it belongs to.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) jit: JitConfig,
    pub(crate) attempt: Try,
}

pub(crate) async fn register(
    input: &MintInput,
    state: &State,
    claim: &Claim,
) -> Result<Registered, MintError> {
    let scope = state.settings().scope(&input.job);
    let mut claim = claim.clone();
    let mut attempt = match tries::unconfirmed(&claim) {
        Some(attempt) => attempt,
        None => tries::begin(input, state, &mut claim).await?,
    };
    for left in (0..NAMES).rev() {
        if let Some(jit) = under_name(input, state, &scope, &attempt.runner_name).await? {
            return Ok(Registered { jit, attempt });
        }
        if left > 0 {
            // The old key's item, if there is one, belongs to no task.
            state.handover().discard(&attempt.handover_key).await?;
            attempt = tries::begin(input, state, &mut claim).await?;
        }
    }
    Err(MintError::NamesTaken {
        name: attempt.runner_name,
    })
}

/// `None` where the name cannot be had.
async fn under_name(
    input: &MintInput,
    state: &State,
    scope: &Scope,
    name: &str,
) -> Result<Option<JitConfig>, MintError> {
    let runner = NewRunner {
        name,
        runner_group_id: state.settings().runner_group_id,
        labels: &input.job.labels,
        work_folder: WORK_FOLDER,
    };
    for freed in [false, true] {
        match state.github().generate_jit_config(scope, &runner).await {
            Ok(jit) => return Ok(Some(jit)),
            Err(GitHubError::Conflict { .. }) if !freed => {
                if !free(state, scope, name).await? {
                    return Ok(None);
                }
            }
            Err(GitHubError::Conflict { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// Deletes the idle registration under exactly this name; false where that
/// cannot be done.
async fn free(state: &State, scope: &Scope, name: &str) -> Result<bool, MintError> {
    let Some(runner) = state.github().runner_named(scope, name).await? else {
        return Ok(false);
    };
    if runner.busy {
        return Ok(false);
    }
    let deleted = state.github().delete_runner(scope, runner.id).await?;
    tracing::info!(
        runner_id = runner.id.0,
        runner_name = name,
        "an unconfirmed registration was removed"
    );
    Ok(deleted != Deleted::Busy)
}
