//! All labels of a job to one wish. Every part may be set by one label only.

use crate::label::Label;
use crate::rejection::Rejection;
use crate::steps::Architecture;

/// A value and the label that set it.
pub(super) type From<'a, T> = Option<(T, &'a str)>;

/// What a job's labels ask for, each part with its label.
#[derive(Debug, Default)]
pub(super) struct Wish<'a> {
    pub(super) size: From<'a, SizeWish>,
    pub(super) storage_gib: From<'a, u32>,
    pub(super) architecture: From<'a, Architecture>,
    pub(super) spot: From<'a, bool>,
}

/// How large: a profile, or numbers, or a profile with numbers over it.
#[derive(Debug, Clone)]
pub(super) struct SizeWish {
    pub(super) profile: Option<String>,
    pub(super) cpu: Option<u32>,
    pub(super) memory_mib: Option<u32>,
}

pub(super) fn merge<'a>(labels: Vec<(&'a str, Label)>) -> Result<Wish<'a>, Rejection> {
    let mut wish = Wish::default();
    for (label, meaning) in labels {
        match meaning {
            Label::SelfHosted | Label::Linux | Label::Other => {}
            Label::OtherSystem => {
                return Err(Rejection::NotLinux {
                    label: label.to_owned(),
                });
            }
            Label::Architecture(architecture) => {
                same_or_set(&mut wish.architecture, Some(architecture), label)?;
            }
            Label::Ours(ask) => {
                let size = ask.is_size().then(|| SizeWish {
                    profile: ask.profile.clone(),
                    cpu: ask.cpu,
                    memory_mib: ask.memory_mib,
                });
                set(&mut wish.size, size, label, "the size")?;
                set(&mut wish.storage_gib, ask.storage_gib, label, "the storage")?;
                set(&mut wish.spot, ask.spot, label, "the capacity")?;
                same_or_set(&mut wish.architecture, ask.architecture, label)?;
            }
        }
    }
    Ok(wish)
}

fn set<'a, T>(
    part: &mut From<'a, T>,
    value: Option<T>,
    label: &'a str,
    what: &'static str,
) -> Result<(), Rejection> {
    let Some(value) = value else { return Ok(()) };
    if let Some((_, first)) = part {
        return Err(Rejection::Conflict {
            first: (*first).to_owned(),
            second: label.to_owned(),
            what,
        });
    }
    *part = Some((value, label));
    Ok(())
}

/// `arm64` beside `fargate/arch=arm64` says the same twice; only another
/// processor is a conflict.
fn same_or_set<'a>(
    part: &mut From<'a, Architecture>,
    value: Option<Architecture>,
    label: &'a str,
) -> Result<(), Rejection> {
    match (&part, value) {
        (Some((set_before, _)), Some(value)) if *set_before == value => Ok(()),
        _ => set(part, value, label, "the processor"),
    }
}
