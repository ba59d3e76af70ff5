//! The tables of docs/costs.md, as Markdown.

use super::{
    Architecture, Capacity, Deployment, HOURS_A_MONTH, Job, Size, fixed, functions, hosted, job,
    rest, usage,
};
use std::fmt::Write as _;

/// The sizes shown: CPU units and MiB.
const SIZES: [(u32, u32); 7] = [
    (256, 512),
    (512, 1024),
    (1024, 4096),
    (2048, 8192),
    (4096, 16384),
    (8192, 32768),
    (16384, 65536),
];
/// The lengths shown, minutes.
const MINUTES: [u64; 3] = [1, 10, 60];

fn of(
    cpu: u32,
    memory_mib: u32,
    architecture: Architecture,
    capacity: Capacity,
    minutes: u64,
) -> Job {
    let size = Size {
        cpu,
        memory_mib,
        storage_gib: 20,
    };
    job(size, architecture, capacity, minutes * 60)
}

/// One job by size, all of it.
#[must_use]
pub fn jobs() -> String {
    let mut text = String::from("| vCPU | memory |");
    for (name, _, _) in KINDS {
        for minutes in MINUTES {
            let _ = write!(text, " {name}, {minutes} min |");
        }
    }
    text.push_str("\n| --- | --- |");
    text.push_str(&" --- |".repeat(KINDS.len() * MINUTES.len()));
    text.push('\n');
    for (cpu, memory) in SIZES {
        let _ = write!(
            text,
            "| {} | {} GB |",
            f64::from(cpu) / 1024.0,
            f64::from(memory) / 1024.0
        );
        for (_, architecture, capacity) in KINDS {
            for minutes in MINUTES {
                let total = of(cpu, memory, architecture, capacity, minutes).total();
                let _ = write!(text, " ${total:.5} |");
            }
        }
        text.push('\n');
    }
    text
}

/// Column, processor, capacity.
const KINDS: [(&str, Architecture, Capacity); 3] = [
    ("x86_64", Architecture::X86, Capacity::OnDemand),
    ("arm64", Architecture::Arm, Capacity::OnDemand),
    ("arm64 Spot", Architecture::Arm, Capacity::Spot),
];

/// What is around one task, part by part.
#[must_use]
pub fn around() -> String {
    let one = of(256, 512, Architecture::X86, Capacity::OnDemand, 1);
    let requests: u32 = usage::CALLS.iter().map(|call| call.times).sum();
    let rows = [
        (format!("{} transitions", usage::TRANSITIONS), one.execution),
        (
            format!("{requests} calls of functions (arm64)"),
            one.functions,
        ),
        (
            format!(
                "{} write and {} read units",
                usage::WRITE_UNITS,
                usage::READ_UNITS
            ),
            one.tables,
        ),
        (format!("{} events on the bus", usage::EVENTS), one.events),
        (format!("{} kB of logs", usage::LOG_BYTES / 1000), one.logs),
        ("**together**".to_owned(), one.around()),
        (
            "the functions' calls where they run on x86_64".to_owned(),
            functions(rest(), Architecture::X86),
        ),
    ];
    let mut text = String::from("| part | one job | 1,000 jobs |\n| --- | --- | --- |\n");
    for (part, usd) in rows {
        let _ = writeln!(text, "| {part} | ${usd:.6} | ${:.3} |", usd * 1000.0);
    }
    text
}

/// A month without any job.
#[must_use]
pub fn months(deployment: &Deployment) -> String {
    let items = fixed(deployment);
    let mut text = String::from("| what | USD a month | |\n| --- | --- | --- |\n");
    for item in &items {
        let when = if item.optional { "option" } else { "always" };
        let _ = writeln!(text, "| {} | ${:.2} | {when} |", item.what, item.usd);
    }
    let always: f64 = items
        .iter()
        .filter(|item| !item.optional)
        .map(|item| item.usd)
        .sum();
    let _ = writeln!(text, "| **always, together** | **${always:.2}** | |");
    let network = &rest().network;
    let _ = writeln!(
        text,
        "\nBeside the hours, a NAT gateway takes ${} and an interface endpoint ${} for each GB; a signature by the KMS key takes ${:.6}. A month has {HOURS_A_MONTH} hours.",
        network.nat_gb,
        network.interface_endpoint_gb,
        rest().secrets.kms_rsa_2048_request
    );
    text
}

/// Ten minutes here and on GitHub's hosted runners of as many cores.
#[must_use]
pub fn comparison() -> String {
    let mut text = String::from(
        "| vCPU | memory | here, x86_64 | GitHub-hosted, x64 | here, arm64 | GitHub-hosted, arm64 |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for runner in hosted() {
        let here = |architecture| {
            let (cpu, memory) = (runner.vcpu * 1024, runner.memory_gb * 1024);
            of(cpu, memory, architecture, Capacity::OnDemand, 10).total()
        };
        let _ = writeln!(
            text,
            "| {} | {} GB | ${:.4} | ${:.4} | ${:.4} | ${:.4} |",
            runner.vcpu,
            runner.memory_gb,
            here(Architecture::X86),
            runner.x86_64_minute * 10.0,
            here(Architecture::Arm),
            runner.arm64_minute * 10.0
        );
    }
    text
}
