//! A believed delivery: `workflow_job` goes to the bus, trimmed; all else is
//! answered and forgotten.

use domain::event::{DETAIL_TYPE, SOURCE, read, trim};
use http::HeaderMap;

use crate::answer::{Answer, Delivery};
use crate::state::State;

const ACTIONS: &[&str] = &["queued", "in_progress", "completed", "waiting"];
/// GitHub's delivery ids have 36 characters.
const LONGEST_HEADER: usize = 100;

pub(crate) async fn take(
    headers: &HeaderMap,
    body: &[u8],
    state: &State,
) -> Result<Answer, Answer> {
    let mut delivery = Delivery {
        event: header(headers, "x-github-event")?,
        id: header(headers, "x-github-delivery")?,
        action: String::new(),
    };
    if delivery.event == "ping" {
        return Ok(Answer::new(200, "pong").of(&delivery));
    }
    if delivery.event != DETAIL_TYPE {
        let sentence = format!("Ignored: {} is not workflow_job.", delivery.event);
        return Ok(Answer::new(200, sentence).of(&delivery));
    }
    let payload = read(body).map_err(|error| {
        let sentence = format!(
            "The body is not JSON (line {}, column {}): set the webhook's content type to application/json.",
            error.line(),
            error.column()
        );
        Answer::new(400, sentence).of(&delivery)
    })?;
    let trimmed = trim(&payload, &delivery.id).map_err(|error| {
        Answer::new(400, format!("This is not a workflow_job event: {error}.")).of(&delivery)
    })?;
    delivery.action.clone_from(&trimmed.action);
    let job = trimmed.workflow_job.id.0;
    let answer = |status: u16, sentence: String| {
        let mut answer = Answer::new(status, sentence).of(&delivery);
        answer.job = job;
        answer
    };
    if !ACTIONS.contains(&trimmed.action.as_str()) {
        let sentence = format!(
            "Ignored: nothing is done for the action {}.",
            trimmed.action
        );
        return Ok(answer(200, sentence));
    }
    if !state.serves(&trimmed.repository.owner.login) {
        let sentence = format!(
            "Repositories of {} are not served here: GITHUB_OWNERS does not name it.",
            trimmed.repository.owner.login
        );
        return Err(answer(403, sentence));
    }
    let detail = serde_json::to_string(&trimmed)
        .map_err(|error| answer(400, format!("The event cannot be passed on: {error}.")))?;
    match state.events().put(SOURCE, DETAIL_TYPE, detail).await {
        Ok(_) => Ok(answer(202, "Accepted: the event is on the bus.".to_owned())),
        Err(error) => {
            tracing::error!(error = %error, delivery_id = delivery.id, "the bus refused an event");
            Err(answer(
                503,
                "The event bus did not take the event: redeliver it later.".to_owned(),
            ))
        }
    }
}

fn header(headers: &HeaderMap, name: &'static str) -> Result<String, Answer> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .filter(|text| !text.is_empty() && text.len() <= LONGEST_HEADER)
        .map(str::to_owned)
        .ok_or_else(|| {
            Answer::new(
                400,
                format!("The header {name} is missing or unusable: this is not GitHub's delivery."),
            )
        })
}
