//! What a job costs, and what a deployment costs without any: computed from the
//! table `prices.toml`, AWS's list prices in USD.
//!
//! Nothing is rounded here. Free tiers, discounts and taxes are left out, and so
//! is traffic to the internet, which a job alone decides.

mod fixed;
pub mod report;
mod table;
pub mod usage;

pub use fixed::{Deployment, Fixed, fixed};

use serde::Serialize;
use std::sync::LazyLock;
use table::{Hosted, Region, Rest, Table};

/// AWS's own figure.
const HOURS_A_MONTH: f64 = 730.0;
const SECONDS_AN_HOUR: f64 = 3600.0;
const MIB_A_GB: f64 = 1024.0;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("prices.toml")).expect("the table is checked by this crate's tests")
});

/// The processor of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// Intel and AMD.
    X86,
    /// Graviton.
    Arm,
}

/// What a task runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capacity {
    /// Fargate.
    OnDemand,
    /// Fargate Spot, at the largest discount that AWS names: it costs at least this.
    Spot,
}

/// The size of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// CPU units: 1024 are one vCPU.
    pub cpu: u32,
    /// MiB.
    pub memory_mib: u32,
    /// GiB of ephemeral storage; 20 are included.
    pub storage_gib: u32,
}

/// The price of one job, USD.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Job {
    /// CPU, memory and storage of the task.
    pub task: f64,
    /// The task's public address, where it has one.
    pub address: f64,
    /// Transitions of its execution.
    pub execution: f64,
    /// Calls of the functions.
    pub functions: f64,
    /// Writes and reads of the two tables.
    pub tables: f64,
    /// Events on the bus.
    pub events: f64,
    /// Log lines.
    pub logs: f64,
}

impl Job {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.task + self.address + self.around()
    }

    /// All but the task and its address: the same for every job.
    #[must_use]
    pub fn around(&self) -> f64 {
        self.execution + self.functions + self.tables + self.events + self.logs
    }
}

/// The regions of the table.
#[must_use]
pub fn regions() -> Vec<&'static str> {
    TABLE
        .region
        .iter()
        .map(|region| region.name.as_str())
        .collect()
}

/// The price of a job of this size whose task is billed for so many seconds
/// (from the image's pull on), at the first region's prices, with a public
/// address and functions on arm64, as the stack has them by default.
#[must_use]
pub fn job(size: Size, architecture: Architecture, capacity: Capacity, seconds: u64) -> Job {
    job_of(first(), size, architecture, capacity, seconds)
}

/// The same in another region of the table; what that does not have is priced
/// as in the first one. Nothing for a region that the table does not know.
#[must_use]
pub fn job_in(
    region: &str,
    size: Size,
    architecture: Architecture,
    capacity: Capacity,
    seconds: u64,
) -> Option<Job> {
    let region = TABLE.region.iter().find(|known| known.name == region)?;
    Some(job_of(region, size, architecture, capacity, seconds))
}

/// The price of one transition of an execution, USD; nothing for a region that
/// the table does not know.
#[must_use]
pub fn transition_in(region: &str) -> Option<f64> {
    let region = TABLE.region.iter().find(|known| known.name == region)?;
    let rest = region.rest.as_ref().unwrap_or_else(|| rest());
    Some(rest.step_functions.transition)
}

/// The region whose prices stand for those of regions that are not in the table.
#[must_use]
pub fn first_region() -> &'static str {
    &first().name
}

fn job_of(
    region: &Region,
    size: Size,
    architecture: Architecture,
    capacity: Capacity,
    seconds: u64,
) -> Job {
    let fargate = &region.fargate;
    let rest = region.rest.as_ref().unwrap_or_else(|| rest());
    let hourly = match architecture {
        Architecture::X86 => fargate.x86_64,
        Architecture::Arm => fargate.arm64,
    };
    let part = match capacity {
        Capacity::OnDemand => 1.0,
        Capacity::Spot => 1.0 - fargate.spot_discount,
    };
    let billed = seconds.max(fargate.minimum_seconds);
    let hours = billed as f64 / SECONDS_AN_HOUR;
    let more_storage = size
        .storage_gib
        .saturating_sub(fargate.included_storage_gib);
    let computing = f64::from(size.cpu) / 1024.0 * hourly.vcpu_hour
        + f64::from(size.memory_mib) / MIB_A_GB * hourly.gb_hour;
    let storage = f64::from(more_storage) * fargate.storage_gb_hour;
    Job {
        // Spot takes off from storage as well: it is one price for the task.
        task: hours * (computing + storage) * part,
        address: hours * rest.network.public_ipv4_hour,
        execution: f64::from(usage::TRANSITIONS) * rest.step_functions.transition,
        functions: functions(rest, Architecture::Arm),
        tables: f64::from(usage::WRITE_UNITS) * rest.dynamodb.write_unit
            + f64::from(usage::READ_UNITS) * rest.dynamodb.read_unit,
        events: f64::from(usage::EVENTS) * rest.eventbridge.custom_event,
        logs: f64::from(usage::LOG_BYTES) / 1e9 * rest.cloudwatch.log_gb_ingested,
    }
}

/// The functions' calls for one job, on this processor.
fn functions(rest: &Rest, architecture: Architecture) -> f64 {
    let gb_second = match architecture {
        Architecture::X86 => rest.lambda.x86_64_gb_second,
        Architecture::Arm => rest.lambda.arm64_gb_second,
    };
    usage::CALLS
        .iter()
        .map(|call| {
            let gb = f64::from(call.memory_mib) / MIB_A_GB;
            let seconds = f64::from(call.milliseconds) / 1000.0;
            f64::from(call.times) * (rest.lambda.request + gb * seconds * gb_second)
        })
        .sum()
}

fn first() -> &'static Region {
    &TABLE.region[0]
}

fn rest() -> &'static Rest {
    first()
        .rest
        .as_ref()
        .expect("the first region has every price: held by this crate's tests")
}

fn hosted() -> &'static [Hosted] {
    &TABLE.github_hosted
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Size = Size {
        cpu: 256,
        memory_mib: 512,
        storage_gib: 20,
    };

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
    }

    #[test]
    fn the_table_is_whole_and_starts_with_us_east_1() {
        assert_eq!(regions(), ["us-east-1", "eu-west-1"]);
    }

    #[test]
    fn an_hour_of_the_smallest_task_is_as_computed_by_hand() {
        // 0.25 × 0.04048 + 0.5 × 0.004445 = 0.01012 + 0.0022225
        let job = job(SMALL, Architecture::X86, Capacity::OnDemand, 3600);
        near(job.task, 0.012_342_5);
        near(job.address, 0.005);
    }

    #[test]
    fn ten_minutes_of_two_arm_cores_with_fifty_gib_of_disk() {
        let size = Size {
            cpu: 2048,
            memory_mib: 8192,
            storage_gib: 50,
        };
        // (2 × 0.03238 + 8 × 0.00356 + 30 × 0.000111) / 6 = (0.06476 + 0.02848 + 0.00333) / 6
        let job = job(size, Architecture::Arm, Capacity::OnDemand, 600);
        near(job.task, 0.016_095);
    }

    #[test]
    fn less_than_a_minute_is_a_minute() {
        let of = |seconds| job(SMALL, Architecture::X86, Capacity::OnDemand, seconds).task;
        near(of(1), of(60));
        near(of(60), 0.012_342_5 / 60.0);
        assert!(of(61) > of(60));
    }

    #[test]
    fn spot_takes_off_from_the_task_alone() {
        let spot = job(SMALL, Architecture::X86, Capacity::Spot, 3600);
        near(spot.task, 0.003_702_75);
        near(spot.address, 0.005);
        let full = job(SMALL, Architecture::X86, Capacity::OnDemand, 3600);
        near(spot.around(), full.around());
    }

    #[test]
    fn what_is_around_a_task_is_as_computed_by_hand() {
        let job = job(SMALL, Architecture::X86, Capacity::OnDemand, 60);
        near(job.execution, 0.0003);
        // 6 requests; 0.25 GB × (0.15 + 1 + 1) s + 0.125 GB × 0.01 s = 0.53875 GB-s
        near(
            job.functions,
            6.0 * 0.000_000_2 + 0.538_75 * 0.000_013_333_4,
        );
        let x86 = functions(rest(), Architecture::X86);
        near(x86, 6.0 * 0.000_000_2 + 0.538_75 * 0.000_016_666_7);
        near(job.tables, 0.000_013);
        near(job.events, 0.000_003);
        near(job.logs, 0.000_015);
    }

    #[test]
    fn a_month_of_fixed_costs_is_as_computed_by_hand() {
        let of = Deployment {
            alarms: 10,
            metrics: 5,
            zones: 2,
            builds: 4,
            build_minutes: 10,
            image_gb: 3,
        };
        let found: Vec<f64> = fixed(&of).iter().map(|item| item.usd).collect();
        let wanted = [0.8, 1.0, 3.0, 1.5, 0.3, 0.2, 0.136, 1.0, 32.85, 43.8];
        assert_eq!(found.len(), wanted.len());
        for (found, wanted) in found.into_iter().zip(wanted) {
            near(found, wanted);
        }
    }

    #[test]
    fn a_region_that_is_not_in_the_table_has_no_price() {
        assert!(job_in("mars-1", SMALL, Architecture::Arm, Capacity::Spot, 60).is_none());
        let ireland = job_in(
            "eu-west-1",
            SMALL,
            Architecture::X86,
            Capacity::OnDemand,
            3600,
        );
        near(ireland.unwrap().task, 0.012_342_5);
    }
}
