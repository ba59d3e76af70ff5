//! The sizes that Fargate has, and AWS's spellings of CPU and memory.
//! Source: Amazon ECS developer guide, "Task CPU and memory".

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// A valid size: CPU units and MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Size {
    pub(super) cpu: u32,
    pub(super) memory: u32,
}

/// Why a size is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum SizeError {
    #[error("Invalid 'cpu' setting for task.")]
    Cpu,
    #[error("Invalid 'memory' setting for task.")]
    Memory,
    #[error(
        "No Fargate configuration exists for given values: {0} CPU, {1} memory. See the Amazon ECS documentation for the valid values."
    )]
    NoConfiguration(u32, u32),
}

impl Size {
    /// Reads a size as tasks and task definitions spell it.
    pub(super) fn read(cpu: &str, memory: &str) -> Result<Self, SizeError> {
        let cpu = parse(cpu, "vcpu").ok_or(SizeError::Cpu)?;
        let memory = parse(memory, "gb").ok_or(SizeError::Memory)?;
        if fits(cpu, memory) {
            Ok(Self { cpu, memory })
        } else {
            Err(SizeError::NoConfiguration(cpu, memory))
        }
    }
}

fn fits(cpu: u32, memory: u32) -> bool {
    let steps = |range: RangeInclusive<u32>, step: u32| {
        memory.is_multiple_of(1024)
            && range.contains(&(memory / 1024))
            && (memory / 1024 - range.start()).is_multiple_of(step)
    };
    match cpu {
        256 => [512, 1024, 2048].contains(&memory),
        512 => steps(1..=4, 1),
        1024 => steps(2..=8, 1),
        2048 => steps(4..=16, 1),
        4096 => steps(8..=30, 1),
        8192 => steps(16..=60, 4),
        16384 => steps(32..=120, 8),
        32768 => [60, 120, 244].map(|gib| gib * 1024).contains(&memory),
        _ => false,
    }
}

/// `1024`, or a decimal number of a unit of 1,024: `1 vCPU`, `.5 vCPU`, `2GB`.
fn parse(text: &str, unit: &str) -> Option<u32> {
    let lower = text.trim().to_ascii_lowercase();
    let Some(number) = lower.strip_suffix(unit) else {
        return lower.parse().ok();
    };
    let number: f64 = number.trim().parse().ok()?;
    let units = number * 1024.0;
    // Only whole units in the range of the table are any use.
    (units.fract() == 0.0 && (1.0..=1_000_000.0).contains(&units)).then_some(units as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_between_the_rows_are_refused_in_aws_words() {
        assert_eq!(
            Size::read("512", "512").unwrap_err().to_string(),
            "No Fargate configuration exists for given values: 512 CPU, 512 memory. See the Amazon ECS documentation for the valid values."
        );
        for (cpu, memory) in [
            ("256", "4096"),
            ("512", "5120"),
            ("1024", "1024"),
            ("1024", "2049"),
            ("2048", "3072"),
            ("4096", "31744"),
            ("8192", "17408"),
            ("16384", "33792"),
            ("32768", "122881"),
            ("65536", "245760"),
            ("0", "0"),
        ] {
            assert!(
                matches!(Size::read(cpu, memory), Err(SizeError::NoConfiguration(..))),
                "{cpu} {memory}"
            );
        }
        assert_eq!(Size::read("lots", "512"), Err(SizeError::Cpu));
        assert_eq!(Size::read("256", "NaN GB"), Err(SizeError::Memory));
        assert_eq!(Size::read("-1 vcpu", "512"), Err(SizeError::Cpu));
    }

    #[test]
    fn every_row_of_the_table_is_there() {
        for (cpu, memory) in [
            ("256", "512"),
            ("512", "1024"),
            ("1024", "8192"),
            ("2048", "16384"),
            ("4096", "30720"),
            ("8192", "61440"),
            ("8192", "20480"),
            ("16384", "122880"),
            ("32768", "61440"),
            ("32768", "249856"),
            (".25 vCPU", "0.5 GB"),
            ("1 vcpu", "2GB"),
        ] {
            assert!(Size::read(cpu, memory).is_ok(), "{cpu} {memory}");
        }
    }
}
