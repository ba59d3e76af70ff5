//! What a label of `runs-on` asks for. Upper and lower case are the same.
//!
//! | form | example |
//! | --- | --- |
//! | CPU units and MiB | `vcpu-1024-mem-4096` |
//! | one compound label, keys in any order | `fargate/cpu=2/mem=8/arch=arm64/disk=50/spot=true/run=12345` |
//! | a profile of the policy | `large`, `profile=large`, `profile-large`, `fargate/profile=large` |
//! | the default size | `fargate` |
//!
//! `self-hosted` and `linux` are taken as given; `x64` and `arm64` choose the
//! processor. All others are somebody else's: beside a label of ours they are
//! left alone, since a runner gets exactly its job's labels.

mod ask;
mod compound;
mod value;

pub use ask::Ask;
pub use compound::KEYS;

use crate::rejection::Rejection;
use crate::steps::Architecture;

/// What one label means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// `self-hosted`.
    SelfHosted,
    /// `linux`.
    Linux,
    /// `x64` or `arm64`.
    Architecture(Architecture),
    /// `windows` or `macos`: no runner of ours can serve it.
    OtherSystem,
    /// One of ours.
    Ours(Ask),
    /// Any other.
    Other,
}

/// Labels that the runner or GitHub gives a meaning; no profile may have their names.
pub const RESERVED: &[&str] = &[
    "self-hosted",
    "linux",
    "windows",
    "macos",
    "x64",
    "arm64",
    "arm",
    "x86",
    "fargate",
];

/// Reads one label. `is_profile` tells whether a name (lower case) is a
/// profile of the policy.
///
/// # Errors
/// The label is one of ours (by its beginning), but cannot be read.
pub fn parse(label: &str, is_profile: impl Fn(&str) -> bool) -> Result<Label, Rejection> {
    let lower = label.trim().to_ascii_lowercase();
    Ok(match lower.as_str() {
        "self-hosted" => Label::SelfHosted,
        "linux" => Label::Linux,
        "windows" | "macos" => Label::OtherSystem,
        "x64" => Label::Architecture(Architecture::X86_64),
        "arm64" => Label::Architecture(Architecture::Arm64),
        "fargate" => Label::Ours(Ask::default()),
        name if is_profile(name) => Label::Ours(Ask::profile(name)),
        text => {
            if let Some(keys) = text.strip_prefix("fargate/") {
                Label::Ours(compound::parse(label, keys)?)
            } else if let Some(name) = text
                .strip_prefix("profile=")
                .or_else(|| text.strip_prefix("profile-"))
            {
                Label::Ours(Ask::profile(value::name(label, name)?))
            } else if let Some(size) = units_and_mib(label, text) {
                Label::Ours(size?)
            } else {
                Label::Other
            }
        }
    })
}

/// `vcpu-<units>-mem-<MiB>`; `None` where the label does not look like it.
fn units_and_mib(label: &str, text: &str) -> Option<Result<Ask, Rejection>> {
    let rest = text.strip_prefix("vcpu-")?;
    let (cpu, memory) = rest.split_once("-mem-")?;
    let ask = || {
        Ok(Ask {
            cpu: Some(value::whole(label, cpu)?),
            memory_mib: Some(value::whole(label, memory)?),
            ..Ask::default()
        })
    };
    Some(ask())
}

/// The label's word for a processor.
pub fn architecture(of: Architecture) -> &'static str {
    match of {
        Architecture::X86_64 => "x64",
        Architecture::Arm64 => "arm64",
    }
}

/// The labels' words for several.
pub fn architectures(of: &[Architecture]) -> String {
    let words: Vec<_> = of.iter().map(|one| architecture(*one)).collect();
    words.join(" and ")
}
