//! The compound label: `fargate/<key>=<value>/…`, keys in any order.
//!
//! | key | value |
//! | --- | --- |
//! | `cpu` | vCPU, such as `2` or `0.5` |
//! | `mem` | memory in GB, such as `8` or `0.5` |
//! | `arch` | `x64` or `arm64` |
//! | `disk` | storage in GiB |
//! | `spot` | `true` or `false` |
//! | `profile` | a profile's name; other keys override its values |
//! | `run`, `id` | anything: makes the label unique, so that no other job can take the runner |
//!
//! `cpu` without `mem` gets the least memory that goes with it, and `mem`
//! without `cpu` the least CPU.

use std::collections::BTreeSet;

use super::ask::Ask;
use super::value;
use crate::rejection::Rejection;

/// The keys, as the documentation lists them.
pub const KEYS: &[&str] = &["cpu", "mem", "arch", "disk", "spot", "profile", "run", "id"];

/// `label` as it was written, `keys` in lower case without its `fargate/`.
pub(super) fn parse(label: &str, keys: &str) -> Result<Ask, Rejection> {
    let mut ask = Ask::default();
    let mut seen = BTreeSet::new();
    for part in keys.split('/').filter(|part| !part.is_empty()) {
        let Some((key, text)) = part.split_once('=') else {
            return Err(Rejection::bad_value(label, part, "written as key=value"));
        };
        if !seen.insert(key) {
            return Err(Rejection::KeyTwice {
                label: label.to_owned(),
                key: key.to_owned(),
            });
        }
        set(&mut ask, label, key, text)?;
    }
    Ok(ask)
}

fn set(ask: &mut Ask, label: &str, key: &str, text: &str) -> Result<(), Rejection> {
    match key {
        "cpu" => ask.cpu = Some(value::times_1024(label, text)?),
        "mem" => ask.memory_mib = Some(value::times_1024(label, text)?),
        "arch" => ask.architecture = Some(value::architecture(label, text)?),
        "disk" => ask.storage_gib = Some(value::whole(label, text)?),
        "spot" => ask.spot = Some(value::yes_or_no(label, text)?),
        "profile" => ask.profile = Some(value::name(label, text)?.to_owned()),
        "run" | "id" => {
            value::not_empty(label, text)?;
        }
        _ => {
            return Err(Rejection::UnknownKey {
                label: label.to_owned(),
                key: key.to_owned(),
            });
        }
    }
    Ok(())
}
