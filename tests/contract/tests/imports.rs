//! Imports flow one way: the crates against the table in docs/architecture.md.

use cargo_metadata::{DependencyKind, MetadataCommand};
use contract::repo;
use std::collections::{BTreeMap, BTreeSet};

/// The tests' own crates: they may import anything.
const FREE: [&str; 6] = [
    "support",
    "e2e",
    "aws-emulator",
    "contract",
    "benches",
    "chaos",
];

type Imports = BTreeMap<String, BTreeSet<String>>;

/// The table "The crates": crate → what it may import.
fn allowed() -> Imports {
    repo::read("docs/architecture.md")
        .lines()
        .skip_while(|line| !line.starts_with("| crate | folder |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let words = |cell: &str| {
                cell.split('`')
                    .skip(1)
                    .step_by(2)
                    .map(str::to_owned)
                    .collect::<BTreeSet<_>>()
            };
            let name = words(cells[1]).into_iter().next().expect("a crate's name");
            (name, words(cells[3]))
        })
        .collect()
}

/// What the crates import, tests' own imports left out.
fn actual() -> Imports {
    let metadata = MetadataCommand::new()
        .no_deps()
        .other_options(vec!["--offline".to_owned()])
        .current_dir(repo::root())
        .exec()
        .expect("cargo knows the workspace");
    let ours: BTreeSet<String> = metadata
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    metadata
        .packages
        .iter()
        .map(|package| {
            let imports = package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind != DependencyKind::Development)
                .map(|dependency| dependency.name.clone())
                .filter(|name| ours.contains(name))
                .collect();
            (package.name.to_string(), imports)
        })
        .collect()
}

#[test]
fn no_crate_imports_more_than_its_row_allows() {
    let allowed = allowed();
    for (name, imports) in actual() {
        if FREE.contains(&name.as_str()) {
            continue;
        }
        let row = allowed
            .get(&name)
            .unwrap_or_else(|| panic!("docs/architecture.md has no row for {name}"));
        let more: Vec<_> = imports.difference(row).collect();
        assert!(
            more.is_empty(),
            "{name} imports {more:?}, which its row in docs/architecture.md does not allow"
        );
    }
}

#[test]
fn every_row_names_a_crate_in_its_folder() {
    for line in repo::read("docs/architecture.md")
        .lines()
        .filter(|line| line.starts_with("| `") && line.contains('/'))
    {
        let folder = line.split('|').nth(2).unwrap_or_default().trim();
        if folder.contains(' ') {
            continue;
        }
        assert!(
            repo::root().join(folder).join("Cargo.toml").is_file(),
            "{folder} holds no crate"
        );
    }
}

#[test]
fn emulators_share_nothing_with_the_product_even_in_their_tests() {
    let metadata = MetadataCommand::new()
        .no_deps()
        .other_options(vec!["--offline".to_owned()])
        .current_dir(repo::root())
        .exec()
        .expect("cargo knows the workspace");
    let product = ["domain", "github", "aws", "handler", "webhook", "mint"];
    for package in &metadata.packages {
        if ["asl", "github-emulator", "local"].contains(&package.name.as_str()) {
            for dependency in &package.dependencies {
                assert!(
                    !product.contains(&dependency.name.as_str()),
                    "{} uses {}",
                    package.name,
                    dependency.name
                );
            }
        }
    }
}
