//! The place alone, without the command around it: `serve [--data DIR]`, on a free
//! port, until it is killed.

#![allow(clippy::print_stdout, reason = "its address is all that it says")]

use std::path::PathBuf;

use local::{Data, Place, Settings};

#[tokio::main]
async fn main() -> Result<(), local::StartError> {
    let mut words = std::env::args().skip_while(|word| word != "--data");
    let data = words.nth(1).map(|folder| Data {
        folder: PathBuf::from(folder),
        fsync: false,
    });
    let place = Place::start(Settings {
        data,
        ..Settings::default()
    })
    .await?;
    println!("The local place is ready at {}", place.endpoint());
    std::future::pending().await
}
