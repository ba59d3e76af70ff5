//! ARNs and short names: either is taken wherever AWS takes either.

/// The part behind the last slash: a task's id, a cluster's name.
pub(super) fn last_part(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// `family`, `family:revision`, or an ARN ending so; revision 0 is the latest.
pub(super) fn family_and_revision(reference: &str) -> Option<(&str, usize)> {
    let short = match reference.split_once(":task-definition/") {
        Some((arn, short)) if arn.starts_with("arn:") => short,
        Some(_) => return None,
        None => reference,
    };
    match short.split_once(':') {
        None => Some((short, 0)),
        Some((family, revision)) => match revision.parse() {
            Ok(revision) if revision > 0 => Some((family, revision)),
            _ => None,
        },
    }
}
