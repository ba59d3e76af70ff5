//! The errors that an execution ends with when it is stopped from outside, by
//! StopExecution: nothing of the definition, so nothing of [`super::failure`].

super::names! {
    /// A person cancelled it (`jit-runners cancel`, the console): nothing brings
    /// it back by itself, a person may redrive it.
    CANCELLED_BY_OPERATOR = "Cancelled";
}
