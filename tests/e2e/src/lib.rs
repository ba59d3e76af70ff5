//! Stories over the whole way of a job; they are in `tests/`.
//!
//! GitHub's emulator, the place, the function binary, the container's first
//! process and the stand-in runner all run for real and talk over loopback.
