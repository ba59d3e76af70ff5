//! The values inside labels: numbers, processors, yes or no, names.

use crate::rejection::Rejection;
use crate::steps::Architecture;

/// A whole number above 0. One that is larger than any computer is kept as
/// the largest `u32`, so that the size check can answer it.
pub(super) fn whole(label: &str, text: &str) -> Result<u32, Rejection> {
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<u32>() {
        _ if !is_number => Err(Rejection::bad_value(label, text, "a whole number above 0")),
        Ok(0) => Err(Rejection::bad_value(label, text, "a whole number above 0")),
        Ok(number) => Ok(number),
        Err(_) => Ok(u32::MAX),
    }
}

/// A decimal number above 0, times 1024, rounded up: vCPU to CPU units, GB to MiB.
pub(super) fn times_1024(label: &str, text: &str) -> Result<u32, Rejection> {
    let bad = || Rejection::bad_value(label, text, "a number above 0, such as 2 or 0.5");
    let is_decimal = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = text.parse().map_err(|_| bad())?;
    if !is_decimal || number <= 0.0 {
        return Err(bad());
    }
    // `as` saturates; the size check answers what is too large.
    Ok((number * 1024.0).ceil() as u32)
}

/// The processor's name, in the ways that people write it.
pub(super) fn architecture(label: &str, text: &str) -> Result<Architecture, Rejection> {
    match text {
        "x64" | "x86_64" | "amd64" => Ok(Architecture::X86_64),
        "arm64" | "aarch64" => Ok(Architecture::Arm64),
        _ => Err(Rejection::bad_value(label, text, "x64 or arm64")),
    }
}

/// `true` or `false`.
pub(super) fn yes_or_no(label: &str, text: &str) -> Result<bool, Rejection> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Rejection::bad_value(label, text, "true or false")),
    }
}

/// A profile's name.
pub(super) fn name<'a>(label: &str, text: &'a str) -> Result<&'a str, Rejection> {
    if text.is_empty() {
        return Err(Rejection::bad_value(label, text, "the name of a profile"));
    }
    Ok(text)
}

/// What makes a label unique.
pub(super) fn not_empty(label: &str, text: &str) -> Result<(), Rejection> {
    if text.is_empty() {
        return Err(Rejection::bad_value(
            label,
            text,
            "something unique, such as the run's id",
        ));
    }
    Ok(())
}
