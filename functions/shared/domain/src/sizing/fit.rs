//! A wish to a Fargate size within the policy: rounded up, or rejected.

use super::merge::{SizeWish, Wish};
use crate::fargate;
use crate::label;
use crate::policy::{CapacityFallback, Maximum, Policy};
use crate::rejection::Rejection;
use crate::steps::{Architecture, Capacity, Size};

pub(super) fn fit(policy: &Policy, wish: &Wish<'_>) -> Result<Size, Rejection> {
    let mut size = match &wish.size {
        Some((wish, label)) => cpu_and_memory(policy, wish, label)?,
        None => policy.default,
    };
    if let Some((gib, label)) = wish.storage_gib {
        size.storage_gib = storage(policy, gib, label)?;
    }
    if let Some((architecture, label)) = wish.architecture {
        if !policy.architectures.contains(&architecture) {
            return Err(Rejection::NoSuchArchitecture {
                label: label.to_owned(),
                asked: label::architecture(architecture),
                offered: label::architectures(&policy.architectures),
            });
        }
        size.architecture = architecture;
    }
    match wish.spot {
        Some((true, label)) if !policy.spot_allowed => {
            return Err(Rejection::SpotForbidden {
                label: label.to_owned(),
            });
        }
        Some((true, _)) => size.capacity = Capacity::Spot,
        Some((false, _)) => size.capacity = Capacity::OnDemand,
        None => {}
    }
    Ok(size)
}

/// The processor that the job may have instead: where the policy allows it and
/// neither a label nor a profile has chosen one.
pub(super) fn fallback(policy: &Policy, wish: &Wish<'_>, size: &Size) -> Option<Architecture> {
    let of_profile = |wish: &SizeWish| wish.profile.is_some();
    let chosen =
        wish.architecture.is_some() || wish.size.as_ref().is_some_and(|(wish, _)| of_profile(wish));
    if chosen || policy.capacity_fallback == CapacityFallback::None {
        return None;
    }
    let mut others = policy.architectures.iter().copied();
    others.find(|other| *other != size.architecture)
}

fn cpu_and_memory(policy: &Policy, wish: &SizeWish, label: &str) -> Result<Size, Rejection> {
    let base = match &wish.profile {
        Some(name) => *policy
            .profiles
            .get(name)
            .ok_or_else(|| Rejection::UnknownProfile {
                label: label.to_owned(),
                profile: name.clone(),
                known: policy.profile_names(),
            })?,
        None => policy.default,
    };
    // A number alone gets the least of the other that goes with it; over a
    // profile, the profile's.
    let least = |of_profile: u32| {
        if wish.profile.is_some() {
            of_profile
        } else {
            1
        }
    };
    let cpu = wish.cpu.unwrap_or(least(base.cpu));
    let memory = wish.memory_mib.unwrap_or(least(base.memory_mib));

    let (most_cpu, most_memory) = fargate::largest();
    let maximum = &policy.maximum;
    let beyond = |asked, most| Rejection::BeyondFargate {
        label: label.to_owned(),
        asked,
        most,
        nearest: nearest(cpu, memory, maximum),
    };
    if cpu > most_cpu {
        return Err(beyond(vcpu(cpu), vcpu(most_cpu)));
    }
    let Some((rounded_cpu, rounded_memory)) = fargate::round_up(cpu, memory) else {
        return Err(beyond(gb(memory), gb(most_memory)));
    };
    if rounded_cpu > maximum.cpu || rounded_memory > maximum.memory_mib {
        return Err(Rejection::BeyondPolicy {
            label: label.to_owned(),
            asked: asked(cpu, memory, rounded_cpu, rounded_memory),
            most: pair(maximum.cpu, maximum.memory_mib),
            nearest: nearest(rounded_cpu, rounded_memory, maximum),
        });
    }
    Ok(Size {
        cpu: rounded_cpu,
        memory_mib: rounded_memory,
        ..base
    })
}

fn storage(policy: &Policy, gib: u32, label: &str) -> Result<u32, Rejection> {
    if gib > fargate::MAX_STORAGE_GIB {
        return Err(Rejection::BeyondFargate {
            label: label.to_owned(),
            asked: format!("{gib} GiB of disk"),
            most: format!("{} GiB of disk", fargate::MAX_STORAGE_GIB),
            nearest: format!("disk={}", policy.maximum.storage_gib),
        });
    }
    let most = policy.maximum.storage_gib;
    if gib > most {
        return Err(Rejection::BeyondPolicy {
            label: label.to_owned(),
            asked: format!("{gib} GiB of disk"),
            most: format!("{most} GiB"),
            nearest: format!("disk={most}"),
        });
    }
    Ok(gib.max(fargate::MIN_STORAGE_GIB))
}

/// What was asked, and what Fargate makes of it where that differs.
fn asked(cpu: u32, memory: u32, rounded_cpu: u32, rounded_memory: u32) -> String {
    let rounded = pair(rounded_cpu, rounded_memory);
    if (cpu, memory) == (rounded_cpu, rounded_memory) {
        return rounded;
    }
    match (cpu, memory) {
        (_, 1) => format!("{}, for which Fargate's next size is {rounded}", vcpu(cpu)),
        (1, _) => format!("{}, for which Fargate's next size is {rounded}", gb(memory)),
        _ => format!(
            "{}, for which Fargate's next size is {rounded}",
            pair(cpu, memory)
        ),
    }
}

/// The largest allowed size that is no larger than what was asked, in the
/// words of the compound label.
fn nearest(cpu: u32, memory: u32, maximum: &Maximum) -> String {
    let within = fargate::largest_within(cpu.min(maximum.cpu), memory.min(maximum.memory_mib))
        .or_else(|| fargate::largest_within(maximum.cpu, maximum.memory_mib));
    within.map_or_else(String::new, |(cpu, memory)| {
        format!(
            "cpu={}/mem={}",
            thousand_and_24th(cpu),
            thousand_and_24th(memory)
        )
    })
}

fn pair(cpu: u32, memory_mib: u32) -> String {
    format!("{} with {}", vcpu(cpu), gb(memory_mib))
}

fn vcpu(units: u32) -> String {
    format!("{} vCPU", thousand_and_24th(units))
}

fn gb(mib: u32) -> String {
    format!("{} GB", thousand_and_24th(mib))
}

/// `2048` as `2`, `256` as `0.25`; at most three decimals.
fn thousand_and_24th(number: u32) -> String {
    let text = format!("{:.3}", f64::from(number) / 1024.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
