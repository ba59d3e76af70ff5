//! A policy file to a checked [`Policy`]: defaults filled in, sizes rounded
//! up, and every value that could never be obeyed refused with its key.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::file::{Arch, File, LimitsEntry, MaximumEntry, RepositoriesEntry, SizeEntry};
use super::repositories::is_pattern;
use super::{DEFAULT_LIMITS, MAX_TOTAL_SECONDS, Maximum, Policy, PolicyInvalid, Repositories};
use crate::fargate;
use crate::label::{self, RESERVED};
use crate::steps::{Architecture, Capacity, Limits, Size};

/// Where the policy sets no default: what the smallest sensible build needs.
const DEFAULT_CPU: u32 = 1024;
const DEFAULT_MEMORY_MIB: u32 = 4096;

pub(super) fn check(file: File, hash: String) -> Result<Policy, PolicyInvalid> {
    let maximum = maximum(&file.maximum)?;
    let spot_allowed = file.spot_allowed.unwrap_or(true);
    let base = default_within(&maximum);
    let size = |key: &str, entry: &SizeEntry, base: Size| {
        let size = size(key, entry, base, &maximum)?;
        if size.capacity == Capacity::Spot && !spot_allowed {
            return refuse(format!(
                "{key}.spot is true, but spot_allowed is false. Change one of them"
            ));
        }
        Ok(size)
    };
    let default = size("default", &file.default, base)?;
    let mut profiles = BTreeMap::new();
    for (name, entry) in &file.profiles {
        let key = format!("profiles.{name}");
        let lower = profile_name(&key, name)?;
        if profiles
            .insert(lower, size(&key, entry, default)?)
            .is_some()
        {
            return refuse(format!(
                "{key} occurs twice but for upper and lower case. Rename one"
            ));
        }
    }
    let policy = Policy {
        default,
        profiles,
        maximum,
        spot_allowed,
        architectures: allowed(file.architectures.as_deref()),
        capacity_fallback: file.capacity_fallback,
        other_labels: file.other_labels,
        repositories: repositories(file.repositories)?,
        limits: limits(&file.limits)?,
        hash,
    };
    architectures(&policy)?;
    Ok(policy)
}

/// All of them where the policy says nothing; in one order, each once.
fn allowed(written: Option<&[Arch]>) -> Vec<Architecture> {
    let named = |one: &Architecture| {
        written.is_none_or(|written| written.iter().any(|arch| arch.architecture() == *one))
    };
    Architecture::ALL.iter().copied().filter(named).collect()
}

/// Sizes ask only for processors that runners may have.
pub(super) fn architectures(policy: &Policy) -> Result<(), PolicyInvalid> {
    let Some(one) = policy.architectures.first() else {
        return refuse(
            "architectures leaves no processor that runners are deployed for. Name one of those, x64 or arm64",
        );
    };
    let profiles = policy.profiles.iter();
    let sizes = profiles.map(|(name, size)| (format!("profiles.{name}"), size));
    for (key, size) in [("default".to_owned(), &policy.default)]
        .into_iter()
        .chain(sizes)
    {
        if !policy.architectures.contains(&size.architecture) {
            return refuse(format!(
                "{key} asks for {}, but runners exist for {} only. Set {key}.arch = \"{}\", or deploy and allow the other processor",
                label::architecture(size.architecture),
                label::architectures(&policy.architectures),
                label::architecture(*one),
            ));
        }
    }
    Ok(())
}

impl Arch {
    fn architecture(self) -> Architecture {
        match self {
            Self::X64 => Architecture::X86_64,
            Self::Arm64 => Architecture::Arm64,
        }
    }
}

fn refuse<T>(problem: impl Display) -> Result<T, PolicyInvalid> {
    Err(PolicyInvalid(format!("{problem}.")))
}

fn maximum(entry: &MaximumEntry) -> Result<Maximum, PolicyInvalid> {
    let (most_cpu, most_memory) = fargate::largest();
    let cpu = times_1024("maximum.cpu", entry.cpu)?.unwrap_or(most_cpu);
    let memory_mib = times_1024("maximum.mem", entry.mem)?.unwrap_or(most_memory);
    let storage_gib = entry.disk.unwrap_or(fargate::MAX_STORAGE_GIB);
    if fargate::largest_within(cpu, memory_mib).is_none() {
        return refuse(
            "maximum is below the smallest Fargate size, cpu = 0.25 with mem = 0.5. Raise it"
                .to_owned(),
        );
    }
    if !(fargate::MIN_STORAGE_GIB..=fargate::MAX_STORAGE_GIB).contains(&storage_gib) {
        return refuse(format!(
            "maximum.disk is {storage_gib}, but Fargate offers 20 to 200 GiB"
        ));
    }
    Ok(Maximum {
        cpu,
        memory_mib,
        storage_gib,
    })
}

/// The built-in default, or what the maximum leaves of it.
fn default_within(maximum: &Maximum) -> Size {
    let (cpu, memory_mib) = fargate::largest_within(
        maximum.cpu.min(DEFAULT_CPU),
        maximum.memory_mib.min(DEFAULT_MEMORY_MIB),
    )
    .unwrap_or((DEFAULT_CPU, DEFAULT_MEMORY_MIB));
    Size {
        cpu,
        memory_mib,
        storage_gib: fargate::MIN_STORAGE_GIB,
        architecture: Architecture::X86_64,
        capacity: Capacity::OnDemand,
    }
}

fn size(
    key: &str,
    entry: &SizeEntry,
    base: Size,
    maximum: &Maximum,
) -> Result<Size, PolicyInvalid> {
    let cpu = times_1024(&format!("{key}.cpu"), entry.cpu)?;
    let memory = times_1024(&format!("{key}.mem"), entry.mem)?;
    // As with labels: one without the other gets the least that goes with it.
    let (cpu, memory) = match (cpu, memory) {
        (None, None) => (base.cpu, base.memory_mib),
        (cpu, memory) => (cpu.unwrap_or(1), memory.unwrap_or(1)),
    };
    let Some((cpu, memory_mib)) = fargate::round_up(cpu, memory) else {
        return refuse(format!(
            "{key} is larger than any Fargate size (at most cpu = 32, mem = 244). Lower it"
        ));
    };
    let storage_gib = entry
        .disk
        .unwrap_or(base.storage_gib)
        .max(fargate::MIN_STORAGE_GIB);
    if cpu > maximum.cpu || memory_mib > maximum.memory_mib || storage_gib > maximum.storage_gib {
        return refuse(format!(
            "{key} (rounded up to {cpu} CPU units, {memory_mib} MiB, disk {storage_gib} GiB) is above the maximum ({} CPU units, {} MiB, disk {} GiB). Lower it or raise the maximum",
            maximum.cpu, maximum.memory_mib, maximum.storage_gib
        ));
    }
    Ok(Size {
        cpu,
        memory_mib,
        storage_gib,
        architecture: entry.arch.map_or(base.architecture, Arch::architecture),
        capacity: match entry.spot {
            Some(true) => Capacity::Spot,
            Some(false) => Capacity::OnDemand,
            None => base.capacity,
        },
    })
}

fn profile_name(key: &str, name: &str) -> Result<String, PolicyInvalid> {
    let lower = name.to_ascii_lowercase();
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if lower.is_empty() || lower.len() > 64 || !lower.chars().all(good) {
        return refuse(format!(
            "{key}: a profile's name has up to 64 letters, digits, `-`, `_` and `.`. Rename it"
        ));
    }
    let prefixes = ["vcpu-", "profile-"];
    if RESERVED.contains(&lower.as_str()) || prefixes.iter().any(|p| lower.starts_with(p)) {
        return refuse(format!(
            "{key}: the label `{lower}` already has a meaning. Rename the profile"
        ));
    }
    Ok(lower)
}

fn repositories(entry: RepositoriesEntry) -> Result<Repositories, PolicyInvalid> {
    let allow = entry
        .allow
        .iter()
        .flatten()
        .map(|pattern| ("allow", pattern));
    let public = entry.public.iter().map(|pattern| ("public", pattern));
    for (list, pattern) in allow.chain(public) {
        if !is_pattern(pattern) {
            return refuse(format!(
                "repositories.{list} has {pattern:?}, which must be `owner/name`, `owner/*` or `*`"
            ));
        }
    }
    Ok(Repositories {
        allow: entry.allow,
        public: entry.public,
    })
}

fn limits(entry: &LimitsEntry) -> Result<Limits, PolicyInvalid> {
    let limits = Limits {
        start_seconds: entry.start_seconds.unwrap_or(DEFAULT_LIMITS.start_seconds),
        idle_seconds: entry.idle_seconds.unwrap_or(DEFAULT_LIMITS.idle_seconds),
        total_seconds: entry.total_seconds.unwrap_or(DEFAULT_LIMITS.total_seconds),
    };
    for (key, seconds, most) in [
        ("start_seconds", limits.start_seconds, 3600),
        ("idle_seconds", limits.idle_seconds, 3600),
        ("total_seconds", limits.total_seconds, MAX_TOTAL_SECONDS),
    ] {
        if !(1..=most).contains(&seconds) {
            return refuse(format!(
                "limits.{key} is {seconds}, but must be from 1 to {most}"
            ));
        }
    }
    Ok(limits)
}

fn times_1024(key: &str, number: Option<f64>) -> Result<Option<u32>, PolicyInvalid> {
    match number {
        None => Ok(None),
        Some(n) if n.is_finite() && n > 0.0 => Ok(Some((n * 1024.0).ceil() as u32)),
        Some(n) => refuse(format!("{key} is {n}, but must be a number above 0")),
    }
}
