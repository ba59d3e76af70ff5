//! Frames: what the log is made of. A frame holds the records of one group of
//! changes and counts as a whole or not at all.
//!
//! `length u32 | CRC-32 of the body u32 | body`, numbers little-endian. The body is
//! one record after the other: `1 | key length u16 | key | value length u32 | value`
//! for a value, `0 | key length u16 | key` for its removal. Keys are texts, values
//! JSON; what they mean is the services' business.

use bytes::Bytes;

/// Length and checksum.
pub(super) const HEADER: usize = 8;
/// What marks a value.
const VALUE: u8 = 1;
/// What marks a removal.
const REMOVAL: u8 = 0;

/// A record of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) key: Bytes,
    /// None where the key is gone from here on.
    pub(super) value: Option<Bytes>,
}

/// Adds a value to a body.
pub(super) fn push_value(body: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    body.push(VALUE);
    push_key(body, key);
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
    body.extend_from_slice(&length.to_le_bytes());
    body.extend_from_slice(&value[..length as usize]);
}

/// Adds a removal to a body.
pub(super) fn push_removal(body: &mut Vec<u8>, key: &[u8]) {
    body.push(REMOVAL);
    push_key(body, key);
}

fn push_key(body: &mut Vec<u8>, key: &[u8]) {
    // The longest key, of an item in DynamoDB, has some 20 kB.
    let length = u16::try_from(key.len()).unwrap_or(u16::MAX);
    body.extend_from_slice(&length.to_le_bytes());
    body.extend_from_slice(&key[..usize::from(length)]);
}

/// What stands before that body.
pub(super) fn header(body: &[u8]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    header[..4].copy_from_slice(&length.to_le_bytes());
    header[4..].copy_from_slice(&crc32fast::hash(body).to_le_bytes());
    header
}

/// Reads the frames of a log from `start` on and gives each record to `take`; answers
/// where the last whole frame ends. What comes after it was never finished.
pub(super) fn scan(log: &Bytes, start: usize, mut take: impl FnMut(Record)) -> usize {
    let mut end = start;
    while let Some((body, next)) = body(log, end) {
        let Some(records) = records(&body) else { break };
        records.into_iter().for_each(&mut take);
        end = next;
    }
    end
}

/// The body of the frame at `start`, and where it ends.
fn body(log: &Bytes, start: usize) -> Option<(Bytes, usize)> {
    let header = log.get(start..start + HEADER)?;
    let length = usize::try_from(number(header)?).ok()?;
    let from = start + HEADER;
    let end = from.checked_add(length)?;
    if length == 0 || end > log.len() {
        return None;
    }
    let body = log.slice(from..end);
    (crc32fast::hash(&body) == number(&header[4..])?).then_some((body, end))
}

fn records(body: &Bytes) -> Option<Vec<Record>> {
    let mut records = Vec::new();
    let mut at = 0;
    while at < body.len() {
        let kind = body[at];
        let key_length = usize::from(u16::from_le_bytes([*body.get(at + 1)?, *body.get(at + 2)?]));
        let key_end = at + 3 + key_length;
        body.get(at + 3..key_end)?;
        let key = body.slice(at + 3..key_end);
        at = key_end;
        let value = match kind {
            REMOVAL => None,
            VALUE => {
                let length = usize::try_from(number(body.get(at..)?)?).ok()?;
                let from = at + 4;
                body.get(from..from.checked_add(length)?)?;
                at = from + length;
                Some(body.slice(from..at))
            }
            _ => return None,
        };
        records.push(Record { key, value });
    }
    Some(records)
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::{Record, header, push_removal, push_value, scan};

    type Given = Vec<(Vec<u8>, Option<Vec<u8>>)>;

    fn frame(records: &Given) -> Vec<u8> {
        let mut body = Vec::new();
        for (key, value) in records {
            match value {
                Some(value) => push_value(&mut body, key, value),
                None => push_removal(&mut body, key),
            }
        }
        let mut frame = header(&body).to_vec();
        frame.extend(body);
        frame
    }

    fn read(log: Vec<u8>) -> (Given, usize) {
        let mut all = Vec::new();
        let end = scan(&Bytes::from(log), 0, |Record { key, value }| {
            all.push((key.to_vec(), value.map(|value| value.to_vec())));
        });
        (all, end)
    }

    fn some_frames() -> impl Strategy<Value = Vec<Given>> {
        let bytes = || proptest::collection::vec(any::<u8>(), 0..40);
        let record = (bytes(), proptest::option::of(bytes()));
        let frame = proptest::collection::vec(record, 1..6);
        proptest::collection::vec(frame, 1..5)
    }

    proptest! {
        /// A log that was cut off anywhere gives the frames before the cut, whole.
        #[test]
        fn never_panics_on_a_log_cut_off_anywhere(frames in some_frames(), cut in any::<prop::sample::Index>()) {
            let whole: Vec<Vec<u8>> = frames.iter().map(frame).collect();
            let log = whole.concat();
            let cut = cut.index(log.len() + 1);
            let (mut left, mut expected, mut end) = (cut, Vec::new(), 0);
            for (frame, records) in whole.iter().zip(&frames) {
                if frame.len() > left {
                    break;
                }
                left -= frame.len();
                end += frame.len();
                expected.extend(records.clone());
            }
            prop_assert_eq!(read(log[..cut].to_vec()), (expected, end));
        }

        /// A byte that changed costs its frame and what follows, and nothing before.
        #[test]
        fn never_panics_on_a_changed_byte(
            frames in some_frames(), at in any::<prop::sample::Index>(), flip in 1..=255_u8,
        ) {
            let whole: Vec<Vec<u8>> = frames.iter().map(frame).collect();
            let mut log = whole.concat();
            let at = at.index(log.len());
            log[at] ^= flip;
            let mut before = Vec::new();
            let mut end = 0;
            for (frame, records) in whole.iter().zip(&frames) {
                if end + frame.len() > at {
                    break;
                }
                end += frame.len();
                before.extend(records.clone());
            }
            prop_assert_eq!(read(log), (before, end));
        }
    }
}
