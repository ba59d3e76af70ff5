//! The sizes that AWS Fargate offers: memory depends on CPU.
//!
//! Source: "Fargate task definition considerations", Amazon ECS developer
//! guide. CPU in units (1024 to the vCPU), memory in MiB, storage in GiB.

/// Ephemeral storage that costs nothing, and cannot be made smaller.
pub const MIN_STORAGE_GIB: u32 = 20;
/// The largest ephemeral storage.
pub const MAX_STORAGE_GIB: u32 = 200;

const GIB: u32 = 1024;

/// One line of the table.
struct Row {
    cpu: u32,
    memory: Memory,
}

/// The memory sizes of one CPU size, MiB.
enum Memory {
    Listed(&'static [u32]),
    Stepped { from: u32, to: u32, step: u32 },
}

const fn gib(from: u32, to: u32, step: u32) -> Memory {
    Memory::Stepped {
        from: from * GIB,
        to: to * GIB,
        step: step * GIB,
    }
}

#[rustfmt::skip]
const TABLE: &[Row] = &[
    Row { cpu: 256, memory: Memory::Listed(&[512, GIB, 2 * GIB]) },
    Row { cpu: 512, memory: gib(1, 4, 1) },
    Row { cpu: 1024, memory: gib(2, 8, 1) },
    Row { cpu: 2048, memory: gib(4, 16, 1) },
    Row { cpu: 4096, memory: gib(8, 30, 1) },
    Row { cpu: 8192, memory: gib(16, 60, 4) },
    Row { cpu: 16384, memory: gib(32, 120, 8) },
    Row { cpu: 32768, memory: Memory::Listed(&[60 * GIB, 120 * GIB, 244 * GIB]) },
];

impl Memory {
    fn sizes(&self) -> Vec<u32> {
        match *self {
            Self::Listed(sizes) => sizes.to_vec(),
            Self::Stepped { from, to, step } => (from..=to).step_by(step as usize).collect(),
        }
    }
}

/// Every valid pair of CPU units and memory (MiB), smallest first.
pub fn sizes() -> impl Iterator<Item = (u32, u32)> {
    TABLE.iter().flat_map(|row| {
        row.memory
            .sizes()
            .into_iter()
            .map(|memory| (row.cpu, memory))
    })
}

/// The smallest valid size that has at least so much CPU and memory: the
/// fewest CPU units first. `None` where Fargate offers nothing as large.
pub fn round_up(cpu: u32, memory_mib: u32) -> Option<(u32, u32)> {
    sizes().find(|&(c, m)| c >= cpu && m >= memory_mib)
}

/// The largest valid size within both bounds; `None` below the smallest.
pub fn largest_within(cpu: u32, memory_mib: u32) -> Option<(u32, u32)> {
    sizes().filter(|&(c, m)| c <= cpu && m <= memory_mib).last()
}

/// Whether exactly this pair is in the table.
pub fn is_valid(cpu: u32, memory_mib: u32) -> bool {
    sizes().any(|size| size == (cpu, memory_mib))
}

/// The largest CPU and the largest memory on offer.
pub fn largest() -> (u32, u32) {
    sizes().last().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_larger_than_the_table() {
        assert_eq!(round_up(32769, 1), None);
        assert_eq!(round_up(65536, 131_072), None);
        assert_eq!(round_up(256, 244 * GIB + 1), None);
        assert_eq!(largest_within(255, u32::MAX), None);
        assert_eq!(largest_within(u32::MAX, 511), None);
    }

    #[test]
    fn gaps_are_rounded_up() {
        assert_eq!(round_up(1, 1), Some((256, 512)));
        assert_eq!(round_up(256, 513), Some((256, 1024)));
        assert_eq!(round_up(256, 8 * GIB), Some((1024, 8 * GIB)));
        assert_eq!(round_up(3000, 1), Some((4096, 8 * GIB)));
        assert_eq!(round_up(8192, 17 * GIB), Some((8192, 20 * GIB)));
        assert_eq!(round_up(16384, 33 * GIB), Some((16384, 40 * GIB)));
        assert_eq!(round_up(32768, 61 * GIB), Some((32768, 120 * GIB)));
        assert_eq!(round_up(1024, 121 * GIB), Some((32768, 244 * GIB)));
    }

    #[test]
    fn the_table_is_whole() {
        assert_eq!(sizes().count(), 3 + 4 + 7 + 13 + 23 + 12 + 12 + 3);
        assert_eq!(largest(), (32768, 244 * GIB));
        assert!(sizes().all(|(c, m)| is_valid(c, m) && round_up(c, m) == Some((c, m))));
    }

    #[test]
    fn the_largest_within_bounds() {
        assert_eq!(largest_within(32768, 244 * GIB), Some((32768, 244 * GIB)));
        assert_eq!(largest_within(4096, 9 * GIB), Some((4096, 9 * GIB)));
        assert_eq!(largest_within(4096, 4 * GIB), Some((2048, 4 * GIB)));
    }
}
