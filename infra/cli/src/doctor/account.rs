//! The account: whether anything answers, and to whom.

use super::aws::Fault;
use super::deployment::Identity;
use super::finding::Finding;

const IDENTITY: &str = "account.identity";

/// What was found out, and whether it makes sense to ask on.
pub(super) fn check(identity: &Result<Identity, Fault>, region: &str) -> Finding {
    match identity {
        Ok(identity) if identity.in_place => Finding::ok(
            IDENTITY,
            format!("the local place, account {}", identity.account),
        ),
        Ok(identity) => Finding::ok(
            IDENTITY,
            format!(
                "account {} in {region}, as {}",
                identity.account, identity.arn
            ),
        ),
        Err(fault) => Finding::wrong(
            IDENTITY,
            fault.reason(),
            "check the credentials (`aws sts get-caller-identity`), --profile, --region and --endpoint-url",
        ),
    }
}
