//! Tables on a terminal: columns as wide as their widest text, cut where the
//! terminal is narrower. Widths are those of characters as shown.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Between two columns.
const GAP: usize = 2;
/// A cut column is no narrower.
const NARROWEST: usize = 8;

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Its heading.
    pub(crate) name: &'static str,
    /// How early it is left out where the terminal is too narrow for all: the
    /// highest first; 0 never.
    pub(crate) dispensable: u8,
    /// Whether it may be cut.
    pub(crate) cut: bool,
}

/// One line, with what is written below it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    /// One text a column, free of control characters.
    pub(crate) cells: Vec<String>,
    /// The colour of each cell: an SGR code, 0 for none.
    pub(crate) colours: Vec<u8>,
    /// An indented line of its own.
    pub(crate) below: Option<String>,
}

/// The table as text; cut where `width` is given.
pub(crate) fn text(
    columns: &[Column],
    lines: &[Line],
    width: Option<usize>,
    colour: bool,
) -> String {
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(number, column)| {
            let widest = lines.iter().filter_map(|line| line.cells.get(number));
            let widest = widest.map(|cell| cell.width()).max().unwrap_or(0);
            widest.max(column.name.width())
        })
        .collect();
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    if let Some(width) = width {
        fit(columns, &mut shown, &mut widths, width);
    }
    let mut text = String::new();
    let headings: Vec<(String, u8)> = columns
        .iter()
        .map(|column| (column.name.to_owned(), if colour { 1 } else { 0 }))
        .collect();
    write(&mut text, &shown, &widths, &headings);
    for line in lines {
        let cells: Vec<(String, u8)> = line
            .cells
            .iter()
            .enumerate()
            .map(|(number, cell)| {
                let code = line.colours.get(number).copied().unwrap_or(0);
                (cell.clone(), if colour { code } else { 0 })
            })
            .collect();
        write(&mut text, &shown, &widths, &cells);
        for below in line.below.iter().flat_map(|below| wrap(below, width)) {
            text.push_str(&format!("    {below}\n"));
        }
    }
    text
}

/// Leaves columns out and cuts others until they fit, as far as that goes.
fn fit(columns: &[Column], shown: &mut Vec<usize>, widths: &mut [usize], width: usize) {
    let least = |shown: &[usize], widths: &[usize]| -> usize {
        let of = |number: &usize| {
            let natural = widths[*number];
            if columns[*number].cut {
                natural.min(NARROWEST)
            } else {
                natural
            }
        };
        shown.iter().map(of).sum::<usize>() + GAP * shown.len().saturating_sub(1)
    };
    while least(shown, widths) > width {
        let spare = shown
            .iter()
            .copied()
            .filter(|number| columns[*number].dispensable > 0)
            .max_by_key(|number| columns[*number].dispensable);
        let Some(spare) = spare else { break };
        shown.retain(|number| *number != spare);
    }
    loop {
        let total: usize =
            shown.iter().map(|number| widths[*number]).sum::<usize>() + GAP * (shown.len() - 1);
        let widest = shown
            .iter()
            .copied()
            .filter(|number| columns[*number].cut && widths[*number] > NARROWEST)
            .max_by_key(|number| widths[*number]);
        match widest {
            Some(number) if total > width => widths[number] -= 1,
            _ => return,
        }
    }
}

fn write(text: &mut String, shown: &[usize], widths: &[usize], cells: &[(String, u8)]) {
    let mut line = String::new();
    for (place, number) in shown.iter().enumerate() {
        let Some((cell, code)) = cells.get(*number) else {
            continue;
        };
        let cell = cut(cell, widths[*number]);
        let last = place + 1 == shown.len();
        let pad = if last {
            0
        } else {
            widths[*number] - cell.width() + GAP
        };
        if *code == 0 || cell.is_empty() {
            line.push_str(&cell);
        } else {
            line.push_str(&format!("\u{1b}[{code}m{cell}\u{1b}[0m"));
        }
        line.push_str(&" ".repeat(pad));
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

/// At most so wide, with an ellipsis where something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

/// Lines of at most the terminal's width, for what stands below a line.
fn wrap(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width.map(|width| width.saturating_sub(4).max(20)) else {
        return vec![text.to_owned()];
    };
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is always one");
        if !last.is_empty() && last.width() + 1 + word.width() > width {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column {
            name: "ONE",
            dispensable: 0,
            cut: true,
        },
        Column {
            name: "TWO",
            dispensable: 2,
            cut: true,
        },
        Column {
            name: "THREE",
            dispensable: 0,
            cut: false,
        },
    ];

    fn line(cells: [&str; 3]) -> Line {
        Line {
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
            colours: vec![31, 0, 0],
            below: None,
        }
    }

    #[test]
    fn wide_characters_line_up() {
        let text = text(
            &COLUMNS,
            &[line(["漢字", "b", "c"]), line(["abcd", "b", "c"])],
            None,
            false,
        );
        assert_eq!(text, "ONE   TWO  THREE\n漢字  b    c\nabcd  b    c\n");
    }

    #[test]
    fn a_narrow_terminal_cuts_and_then_leaves_out() {
        let long = "a".repeat(30);
        let lines = [line([&long, &long, "c"])];
        for width in [70, 40, 25, 16] {
            let text = text(&COLUMNS, &lines, Some(width), false);
            for line in text.lines() {
                assert!(line.width() <= width, "{width}: {text}");
            }
        }
        assert!(!text(&COLUMNS, &lines, Some(16), false).contains("TWO"));
        assert!(text(&COLUMNS, &lines, Some(40), false).contains('…'));
    }

    #[test]
    fn colours_are_there_only_when_asked_for() {
        let lines = [line(["a", "b", "c"])];
        assert!(!text(&COLUMNS, &lines, None, false).contains('\u{1b}'));
        assert!(text(&COLUMNS, &lines, None, true).contains("\u{1b}[31ma\u{1b}[0m"));
    }

    #[test]
    fn what_stands_below_is_wrapped() {
        let mut one = line(["a", "b", "c"]);
        one.below = Some("word ".repeat(20).trim().to_owned());
        for line in text(&COLUMNS, &[one], Some(40), false).lines() {
            assert!(line.width() <= 40, "{line}");
        }
    }
}
