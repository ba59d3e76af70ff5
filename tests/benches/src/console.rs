//! The console before a place that holds thousands of executions: how long its
//! list takes to open in a real browser, and what the page weighs.
//!
//! Place and console run in this process, as `jit-runners up` has them; the
//! page runs in Chromium, driven by tests/browser/weigh.mjs.

use crate::spread::Spread;
use anyhow::{Context as _, Result};
use jit_runners::page;
use local::{Place, Settings};
use serde_json::Value;
use support::browser::{Browser, can_browse};
use support::crowd::Crowd;

/// What was measured. Times are milliseconds, sizes bytes.
#[derive(Debug, Clone)]
pub struct Weight {
    /// From the navigation to the painted list, for the console's first visitor.
    pub first: f64,
    /// The same while the console reads the executions' details.
    pub during: Spread,
    /// The same when all are read, or as many as were in the script's time.
    pub after: Spread,
    /// How many were read by then.
    pub read: f64,
    /// From a word in the search to the list that it finds.
    pub search: f64,
    /// The JavaScript heap in use, at most.
    pub heap: f64,
    /// The renderer process's resident memory at most, the browser's own code included.
    pub resident: f64,
    /// The same without pages that files back.
    pub anonymous: f64,
}

/// Fills a place with `size` executions and opens their list again and again;
/// nothing, said aloud, where there is no browser.
///
/// # Errors
/// The place does not start, or the script says something else than figures.
pub async fn measure(size: usize, times: usize) -> Result<Option<Weight>> {
    if !can_browse() {
        return Ok(None);
    }
    let place = Place::start(Settings::default()).await?;
    Crowd::of(size).fill(&place).await;
    let console = page::mount(&place).await;
    let (times, size) = (times.to_string(), size.to_string());
    let browser = Browser::start("weigh.mjs", &[&page::address(&place), &times, &size]);
    let said = browser.ends_well().await;
    console.shutdown().await;
    place.shutdown().await;
    let last = said.lines().last().context("the script says its figures")?;
    let figures: Value = serde_json::from_str(last)?;
    let number = |value: &Value| value.as_f64().with_context(|| format!("no figure: {said}"));
    let spread = |name: &str| {
        let all = figures[name].as_array().into_iter().flatten();
        Spread::of(all.filter_map(Value::as_f64)).with_context(|| format!("no {name}: {said}"))
    };
    Ok(Some(Weight {
        first: number(&figures["first"])?,
        during: spread("during")?,
        after: spread("after")?,
        read: number(&figures["read"])?,
        search: number(&figures["search"])?,
        heap: number(&figures["most"]["heap"])?,
        resident: number(&figures["most"]["resident"])?,
        anonymous: number(&figures["most"]["anonymous"])?,
    }))
}
