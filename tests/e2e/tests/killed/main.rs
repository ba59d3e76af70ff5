//! A place with a data folder, killed at two hundred points: nothing that it
//! acknowledged is lost, and nothing that it recorded is done twice.
//!
//! Each world is one data folder, four users and a worker. Its place is killed
//! (`kill -9`) and started again, over and over, at moments that a seed decides; the
//! users call on, and note what was answered.

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]
#![allow(clippy::print_stdout, reason = "the count is what it is for")]

mod check;
mod ledger;
mod place;
mod setup;
mod user;
mod worker;

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::task::JoinSet;

use ledger::Ledger;
use place::Running;
use user::User;

/// Worlds, and kills in each.
const WORLDS: u64 = 8;
const KILLS: usize = 25;
/// Worlds at a time.
const AT_A_TIME: usize = 2;
/// The latest moment of a kill after a start, in milliseconds.
const LATEST: u64 = 160;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_and_nothing_done_twice_at_two_hundred_kills() {
    let began = Instant::now();
    let (mut running, mut answered, mut ready) = (JoinSet::new(), 0, Vec::new());
    let mut seeds = 1..=WORLDS;
    loop {
        while running.len() < AT_A_TIME
            && let Some(seed) = seeds.next()
        {
            running.spawn(world(seed));
        }
        let Some(ended) = running.join_next().await else {
            break;
        };
        let (calls, starts) = ended.expect("a world holds");
        answered += calls;
        ready.extend(starts);
    }
    ready.sort();
    println!(
        "killed at {} points: {answered} calls acknowledged, none lost, nothing done twice; ready again after {:?} (median) to {:?}; {:?} in all",
        WORLDS as usize * KILLS,
        ready[ready.len() / 2],
        ready[ready.len() - 1],
        began.elapsed(),
    );
}

/// One world: how many calls were acknowledged, and how long each start took.
async fn world(seed: u64) -> (usize, Vec<Duration>) {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    std::fs::create_dir(&out).unwrap();
    let ledger = Mutex::default();
    let mut random = StdRng::seed_from_u64(seed);
    let mut ready = Vec::new();
    for round in 0..KILLS {
        if random.random_bool(0.2) {
            // Nobody calls: what is under way and the start itself are cut off.
            let moment = Duration::from_millis(random.random_range(1..LATEST));
            Running::start_and_kill(&data, moment).await;
        }
        let place = Running::start(&data).await;
        ready.push(place.ready);
        if round == 0 {
            setup::world(&place.client, &out).await;
        } else {
            check::after_a_start(&place.client, &ledger).await;
        }
        let moment = Duration::from_millis(random.random_range(1..LATEST));
        play(place, &ledger, round, &mut random, moment).await;
    }
    let answered = end(&data, &out, &ledger).await;
    println!("seed {seed}: {answered} calls acknowledged");
    (answered, ready)
}

/// Users and the worker call until the place is killed.
async fn play(
    place: Running,
    ledger: &Mutex<Ledger>,
    round: usize,
    random: &mut StdRng,
    moment: Duration,
) {
    let users = (0..setup::USERS).map(|number| {
        let user = User {
            number,
            round,
            client: place.client.clone(),
            ledger,
        };
        let seed = random.random();
        async move { user.work(seed).await }
    });
    let users: Vec<_> = users.collect();
    let worker = worker::work(place.client.clone(), ledger, random.random(), false);
    let kill = async {
        tokio::time::sleep(moment).await;
        place.kill().await;
    };
    futures::join!(futures::future::join_all(users), worker, kill);
}

/// The last start: all that is under way comes to its end, and is looked at.
async fn end(data: &Path, out: &Path, ledger: &Mutex<Ledger>) -> usize {
    let place = Running::start(data).await;
    check::after_a_start(&place.client, ledger).await;
    // Reports of this worker are of no interest.
    let reports = Mutex::default();
    let worker = worker::work(place.client.clone(), &reports, 0, true);
    let answered = tokio::select! {
        answered = check::in_the_end(&place.client, ledger, out) => answered,
        () = worker => panic!("the place is gone"),
    };
    place.kill().await;
    answered
}
