//! What a program asks of the C library, read from its symbol versions.

use anyhow::{Context as _, Result};
use object::Endianness;
use object::elf::FileHeader64;
use object::read::elf::FileHeader as _;

/// The newest `GLIBC_<major>.<minor>` that the program needs.
///
/// # Errors
/// It is no 64-bit ELF program, or needs no version of the C library.
pub(super) fn needed_glibc(binary: &[u8]) -> Result<(u32, u32)> {
    versions(binary)
        .context("the program's symbol versions cannot be read")?
        .into_iter()
        .filter_map(|name| parse(&name))
        .max()
        .context("the program names no version of glibc, though it is linked dynamically")
}

fn versions(binary: &[u8]) -> object::read::Result<Vec<String>> {
    let header = FileHeader64::<Endianness>::parse(binary)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, binary)?;
    let mut found = Vec::new();
    let Some((mut files, link)) = sections.gnu_verneed(endian, binary)? else {
        return Ok(found);
    };
    let strings = sections.strings(endian, binary, link)?;
    while let Some((_, mut names)) = files.next()? {
        while let Some(name) = names.next()? {
            let name = name.name(endian, strings)?;
            found.push(String::from_utf8_lossy(name).into_owned());
        }
    }
    Ok(found)
}

fn parse(name: &str) -> Option<(u32, u32)> {
    let mut numbers = name.strip_prefix("GLIBC_")?.split('.');
    let mut number = || numbers.next()?.parse().ok();
    Some((number()?, number()?))
}

#[cfg(test)]
mod tests {
    use super::{needed_glibc, parse};

    #[test]
    fn what_is_no_program_is_refused() {
        let error = needed_glibc(b"#!/bin/sh\n").unwrap_err();
        assert!(error.to_string().contains("cannot be read"), "{error}");
    }

    #[test]
    fn the_own_test_program_needs_some_glibc() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert!(needed_glibc(&program).unwrap() >= (2, 2));
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(parse("GLIBC_2.9") < parse("GLIBC_2.28"));
        assert_eq!(parse("GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(parse("GLIBC_PRIVATE"), None);
        assert_eq!(parse("GCC_3.0"), None);
    }
}
