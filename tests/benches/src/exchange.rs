//! The least that one HTTP exchange costs a process: the kernel's own work for
//! one write and one read on a connection that stays open, without HTTP.
//!
//! It is what is subtracted as "the network" from a warm mint. A real client
//! also polls, times out and parses; all of that stays in the mint's figure.

use crate::process::Cpu;
use anyhow::{Result, anyhow};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// A signed AWS call and its answer have about these sizes.
const REQUEST: usize = 1400;
const ANSWER: usize = 1000;

/// CPU of one bare exchange over loopback, milliseconds, on the asking side.
///
/// # Errors
/// Loopback does not work.
pub fn bare(exchanges: u32) -> Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let answering = std::thread::spawn(move || -> Result<()> {
        let (mut stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let (mut request, answer) = ([0; REQUEST], [0; ANSWER]);
        // The end comes when the asking side closes.
        while stream.read_exact(&mut request).is_ok() {
            stream.write_all(&answer)?;
        }
        Ok(())
    });
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let (request, mut answer) = ([0; REQUEST], [0; ANSWER]);
    let mut ask = |times: u32| -> Result<()> {
        for _ in 0..times {
            stream.write_all(&request)?;
            stream.read_exact(&mut answer)?;
        }
        Ok(())
    };
    ask(exchanges / 10)?;
    let before = Cpu::of_this_thread()?;
    ask(exchanges)?;
    let used = Cpu::of_this_thread()? - before;
    drop(stream);
    answering
        .join()
        .map_err(|_| anyhow!("the answering side failed"))??;
    Ok(used as f64 / 1e6 / f64::from(exchanges))
}
