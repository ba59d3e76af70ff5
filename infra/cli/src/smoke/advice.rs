//! What to look at when a check does not hold: one sentence a check.

/// The sentence for a check's id.
pub(super) fn of(id: &str) -> Option<&'static str> {
    Some(match id {
        "queued" => {
            "GitHub never showed the jobs as queued: look at the Actions settings of the repository"
        }
        "delivered" => {
            "GitHub's deliveries do not reach the webhook: compare the App's webhook URL and secret with the stack's"
        }
        "rule" => {
            "the event did not start an execution: look at the rule, its target and the dead-letter queue"
        }
        "same-time" => "the executions did not run side by side: look at their start times",
        "states" | "served" => {
            "open the execution in the Step Functions console: its last state and error say what failed"
        }
        "task-statuses" | "container-stopped" | "task-result" => {
            "look at the stopped task's reason in the ECS console and at its log"
        }
        "task-size" => {
            "the task's size is not the label's: look at RunRunner's input in the execution"
        }
        "ran-in-container" => {
            "the task's log has no finished job: look at the log group and at the task's execution role"
        }
        "output-at-github" => {
            "read the job's log at GitHub: the step's output is missing there, or it is in the task's log"
        }
        "runner-removed" => {
            "the runner is still registered, or could not be asked for: look at the organisation's runners"
        }
        "handed-over" => {
            "look at the two tables: an item that stays is a runner that was never verified gone"
        }
        "signed" => {
            "the webhook did not take a signed delivery: look at the webhook function's log"
        }
        "forged" => "the webhook took a forged signature: take its URL down and look at its secret",
        "synthetic-rule" => {
            "the event did not start an execution: look at the rule, its target and the dead-letter queue"
        }
        "duplicate" => {
            "a second delivery of the same event did not end by itself: look at both executions"
        }
        "job-gone" => "the execution did not end as Done: its last state and error say what failed",
        "no-task" => {
            "a task was started for a job that does not exist: stop it, and look at the execution"
        }
        "claim-released" => {
            "the claim of the synthetic job is still there: it expires after three hours"
        }
        _ => return None,
    })
}
