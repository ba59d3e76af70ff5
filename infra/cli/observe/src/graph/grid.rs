//! Lines of box-drawing characters: each cell knows to which sides it leads.

/// Leads up, down, left, right.
pub(super) const UP: u8 = 1;
pub(super) const DOWN: u8 = 2;
pub(super) const LEFT: u8 = 4;
pub(super) const RIGHT: u8 = 8;

/// Rows of cells.
pub(super) struct Grid {
    width: usize,
    cells: Vec<u8>,
}

impl Grid {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            cells: vec![0; width * height],
        }
    }

    /// Adds sides to a cell.
    pub(super) fn add(&mut self, column: usize, row: usize, sides: u8) {
        if let Some(cell) = self.cells.get_mut(row * self.width + column)
            && column < self.width
        {
            *cell |= sides;
        }
    }

    /// A line from row to row; its ends lead inwards only.
    pub(super) fn down(&mut self, column: usize, from: usize, to: usize) {
        self.add(column, from, DOWN);
        self.add(column, to, UP);
        for row in from + 1..to {
            self.add(column, row, UP | DOWN);
        }
    }

    /// A line from a column to just before another one.
    pub(super) fn across(&mut self, row: usize, from: usize, to: usize) {
        self.add(from, row, RIGHT);
        for column in from + 1..to {
            self.add(column, row, LEFT | RIGHT);
        }
    }

    /// The first `columns` cells of a row.
    pub(super) fn line(&self, row: usize, columns: usize) -> String {
        (0..columns.min(self.width))
            .map(|column| {
                const SIGNS: &str = " ╹╻┃╸┛┓┫╺┗┏┣━┻┳╋";
                let cell = self.cells[row * self.width + column];
                SIGNS.chars().nth(usize::from(cell)).unwrap_or(' ')
            })
            .collect()
    }
}
