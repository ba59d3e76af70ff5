//! What waits to be written: records in the order of the changes, up to the last
//! moment at which no group of changes was open.

use super::frame;

/// Records on their way to the log.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Bodies of records, one after the other.
    body: Vec<u8>,
    /// Up to here no group is cut in two.
    cut: usize,
    /// Records ever added, and those before the cut.
    added: u64,
    added_before_cut: u64,
    /// Groups that are open.
    open: u32,
    /// No more is to come.
    pub(super) closing: bool,
}

impl Pending {
    pub(super) fn value(&mut self, key: &[u8], value: &[u8]) {
        frame::push_value(&mut self.body, key, value);
        self.count();
    }

    pub(super) fn removal(&mut self, key: &[u8]) {
        frame::push_removal(&mut self.body, key);
        self.count();
    }

    pub(super) fn begin(&mut self) {
        self.open += 1;
    }

    pub(super) fn end(&mut self) {
        self.open -= 1;
        self.move_cut();
    }

    /// How many records there ever were.
    pub(super) fn added(&self) -> u64 {
        self.added
    }

    /// Whether anything can be written.
    pub(super) fn is_ready(&self) -> bool {
        self.cut > 0
    }

    /// What is to be written now, into `body`, which is empty; answers how many records
    /// there will be in the log by then.
    pub(super) fn take(&mut self, body: &mut Vec<u8>) -> u64 {
        if self.cut == self.body.len() {
            std::mem::swap(&mut self.body, body);
        } else {
            body.extend(self.body.drain(..self.cut));
        }
        self.cut = 0;
        self.added_before_cut
    }

    fn count(&mut self) {
        self.added += 1;
        self.move_cut();
    }

    fn move_cut(&mut self) {
        if self.open == 0 {
            self.cut = self.body.len();
            self.added_before_cut = self.added;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pending;

    #[test]
    fn an_open_group_is_not_written_nor_what_comes_after_it_began() {
        let mut pending = Pending::default();
        pending.value(b"before", b"1");
        pending.begin();
        pending.value(b"within", b"2");
        pending.value(b"another's", b"3");
        let mut body = Vec::new();
        assert_eq!(pending.take(&mut body), 1);
        assert!(body.windows(6).any(|part| part == b"before"));
        assert!(!body.windows(6).any(|part| part == b"within"));
        assert!(!pending.is_ready());
        pending.removal(b"within");
        pending.end();
        assert!(pending.is_ready());
        body.clear();
        assert_eq!(pending.take(&mut body), 4);
        assert_eq!((pending.added(), pending.is_ready()), (4, false));
    }
}
