//! Every kind of fault, by name.

use std::fmt;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $chance:literal;)+) => {
        /// What can go wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $variant,)+ }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in tables and traces.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// How likely it is where it can strike, in a random run.
            pub(crate) const fn chance(self) -> f64 {
                match self { $(Self::$variant => $chance,)+ }
            }
        }
    };
}

kinds! {
    /// A delivery reaches nobody; GitHub notes it as failed.
    WebhookLost = "webhook lost", 0.02;
    /// A delivery comes seconds later.
    WebhookDelayed = "webhook delayed", 0.05;
    /// A delivery comes twice.
    WebhookRepeated = "webhook repeated", 0.05;
    /// A delivery comes minutes later, behind its successors.
    WebhookReordered = "webhook reordered", 0.03;
    /// EventBridge hands one event over twice.
    EventTwice = "event delivered twice", 0.05;
    /// A function's process ends at some point of its work.
    FunctionCrashed = "function crashed", 0.02;
    /// A function hangs at some point of its work.
    FunctionTimedOut = "function timed out", 0.01;
    /// Lambda has no room.
    FunctionThrottled = "function throttled", 0.02;
    /// GitHub takes the token for a bad one.
    GitHub401 = "GitHub 401", 0.005;
    /// GitHub refuses.
    GitHub403 = "GitHub 403", 0.002;
    /// GitHub does not know the thing, for once.
    GitHub404 = "GitHub 404", 0.002;
    /// The runner's name is taken, for once.
    GitHub409 = "GitHub 409", 0.02;
    /// GitHub finds the request invalid, for once.
    GitHub422 = "GitHub 422", 0.002;
    /// A rate limit, with retry-after.
    GitHub429 = "GitHub 429", 0.01;
    /// GitHub fails.
    GitHub500 = "GitHub 500", 0.02;
    /// GitHub does not answer.
    GitHubTimeout = "GitHub timeout", 0.01;
    /// The request takes effect and its answer gets lost.
    GitHubAnswerLost = "GitHub answer lost", 0.02;
    /// DynamoDB throttles a call of a function or a container.
    StoreThrottled = "DynamoDB throttled", 0.01;
    /// DynamoDB does what it is asked and its answer gets lost.
    StoreAnswerLost = "DynamoDB answer lost", 0.01;
    /// A DynamoDB task of the state machine fails before its effect.
    StepFailed = "step failed before", 0.01;
    /// A DynamoDB task of the state machine fails behind its effect.
    StepAnswerLost = "step answer lost", 0.01;
    /// RunTask is throttled.
    RunTaskThrottled = "RunTask throttled", 0.02;
    /// RunTask is refused.
    RunTaskRefused = "RunTask refused", 0.002;
    /// Fargate has no room.
    Capacity = "no capacity", 0.03;
    /// The task never leaves PROVISIONING.
    TaskStuck = "task stuck in PROVISIONING", 0.01;
    /// The image cannot be pulled.
    ImagePull = "image pull failed", 0.02;
    /// The container runs out of memory.
    OutOfMemory = "out of memory", 0.01;
    /// Spot capacity is taken back.
    SpotInterruption = "Spot interruption", 0.3;
    /// The task is killed without a word.
    TaskKilled = "task killed", 0.02;
    /// The container ends with an exit code before it listens.
    ContainerExit = "container exit code", 0.001;
    /// The hand-over item is gone.
    HandoverGone = "hand-over item gone", 0.01;
    /// Somebody stops the execution.
    ExecutionStopped = "execution stopped", 0.3;
    /// A runner of somebody else takes the job.
    JobStolen = "job taken by a foreign runner", 0.05;
    /// Somebody cancels the job.
    JobCancelled = "job cancelled", 0.1;
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
