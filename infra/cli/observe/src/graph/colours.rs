//! The pictures' colours, as CSS for a page and for a file of its own.
//!
//! By status as in the AWS console: green succeeded, blue running, red
//! failed, orange caught, grey not reached. Text keeps a contrast of 4.5:1 in
//! both schemes, lines and borders 3:1; a test computes both.

macro_rules! light {
    () => {
        "--graph-ground:#ffffff;--graph-box:#ffffff;--graph-group:#f7f8fa;\
--graph-text:#16191f;--graph-muted:#545b64;--graph-border:#7d8998;--graph-line:#7d8998;\
--graph-way:#16191f;--graph-glyph:#ffffff;--graph-badge:#414d5c;--graph-badge-text:#ffffff;\
--graph-focus:#0972d3;--graph-succeeded:#1d8102;--graph-succeeded-box:#e6f4e1;\
--graph-running:#0972d3;--graph-running-box:#e1effb;--graph-failed:#c62a0f;\
--graph-failed-box:#fdeae6;--graph-caught:#a84b00;--graph-caught-box:#fdf0dc;\
--graph-stopped:#545b64;--graph-stopped-box:#eceef1;"
    };
}

macro_rules! dark {
    () => {
        "--graph-ground:#0f1b2a;--graph-box:#17263a;--graph-group:#132032;\
--graph-text:#f2f3f3;--graph-muted:#b6bec9;--graph-border:#7d8998;--graph-line:#7d8998;\
--graph-way:#f2f3f3;--graph-glyph:#0f1b2a;--graph-badge:#d1d5db;--graph-badge-text:#16191f;\
--graph-focus:#539fe5;--graph-succeeded:#6cc04a;--graph-succeeded-box:#16351a;\
--graph-running:#539fe5;--graph-running-box:#123456;--graph-failed:#ff7a64;\
--graph-failed-box:#471a16;--graph-caught:#f0a24b;--graph-caught-box:#40290c;\
--graph-stopped:#aab4c0;--graph-stopped-box:#2a3646;"
    };
}

/// The variables' values on a light page, for a page that sets them itself.
pub const LIGHT: &str = light!();
/// The variables' values on a dark page.
pub const DARK: &str = dark!();

/// Everything that colours a drawing of [`super::svg`]: the scheme that the
/// reader's system asks for, or the one that the page names
/// (`<html data-theme="light">` or `dark`).
pub const CSS: &str = concat!(
    ".graph{",
    light!(),
    "}@media (prefers-color-scheme:dark){.graph{",
    dark!(),
    "}}:root[data-theme=\"light\"] .graph{",
    light!(),
    "}:root[data-theme=\"dark\"] .graph{",
    dark!(),
    "}",
    "
.graph{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Amazon Ember',Helvetica,Arial,sans-serif}
.graph .ground{fill:var(--graph-ground)}
.graph text{fill:var(--graph-text)}
.graph .name{font-size:13px;font-weight:600}
.graph .caption{font-size:11px;fill:var(--graph-muted)}
.graph .icon{fill:none;stroke:var(--graph-muted);stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.graph .box{fill:var(--graph-box);stroke:var(--graph-border);stroke-width:1.2}
.graph .group>.box{fill:var(--graph-group);stroke-dasharray:6 3}
.graph .terminal .box{fill:var(--graph-box)}
.graph .terminal text{font-size:12px;text-anchor:middle}
.graph .terminal.reached .box{stroke:var(--graph-way);stroke-width:2}
.graph .line{fill:none;stroke:var(--graph-line);stroke-width:1.2}
.graph .arrow{fill:var(--graph-line)}
.graph .catch .line{stroke-dasharray:5 4}
.graph .taken .line{stroke:var(--graph-way);stroke-width:2.4}
.graph .taken .arrow{fill:var(--graph-way)}
.graph .label rect{fill:var(--graph-ground);opacity:.92}
.graph .label text{font-size:11px;text-anchor:middle;fill:var(--graph-muted)}
.graph .label.taken text{fill:var(--graph-text);font-weight:600}
.graph .state{cursor:pointer}
.graph .state .box{transition:fill .3s,stroke .3s}
.graph .state:focus{outline:none}
.graph .state:focus-visible>.box,.graph .state[aria-pressed=\"true\"]>.box{stroke:var(--graph-focus);stroke-width:4}
.graph .status circle{fill:var(--graph-status)}
.graph .glyph{fill:none;stroke:var(--graph-glyph);stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.graph .badge rect{fill:var(--graph-badge)}
.graph .badge text{font-size:10.5px;font-weight:600;fill:var(--graph-badge-text);text-anchor:middle}
.graph .succeeded{--graph-status:var(--graph-succeeded)}
.graph .running{--graph-status:var(--graph-running)}
.graph .failed,.graph .timed_out{--graph-status:var(--graph-failed)}
.graph .caught{--graph-status:var(--graph-caught)}
.graph .aborted{--graph-status:var(--graph-stopped)}
.graph .succeeded>.box,.graph .running>.box,.graph .failed>.box,.graph .timed_out>.box,.graph .caught>.box,.graph .aborted>.box{stroke:var(--graph-status);stroke-width:2}
.graph .succeeded>.box{fill:var(--graph-succeeded-box)}
.graph .running>.box{fill:var(--graph-running-box)}
.graph .failed>.box,.graph .timed_out>.box{fill:var(--graph-failed-box)}
.graph .caught>.box{fill:var(--graph-caught-box)}
.graph .aborted>.box{fill:var(--graph-stopped-box)}
@media (prefers-reduced-motion:no-preference){.graph .running .status circle{animation:graph-pulse 1.6s infinite}}
@keyframes graph-pulse{50%{opacity:.45}}
@media (prefers-reduced-motion:reduce){.graph .state .box{transition:none}}
"
);

#[cfg(test)]
mod tests {
    use super::{CSS, DARK, LIGHT};
    use std::collections::BTreeMap;

    fn colours(scheme: &str) -> BTreeMap<&str, [f64; 3]> {
        scheme
            .split_terminator(';')
            .map(|line| {
                let (name, value) = line.split_once(":#").expect("name:#colour");
                let part = |at: usize| {
                    let byte = u8::from_str_radix(&value[at..at + 2], 16).expect("hexadecimal");
                    f64::from(byte) / 255.0
                };
                (name, [part(0), part(2), part(4)])
            })
            .collect()
    }

    /// WCAG 2: relative luminance, and the contrast of two of them.
    fn luminance(colour: [f64; 3]) -> f64 {
        let [r, g, b] = colour.map(|part| {
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_is_readable_on_everything_in_both_schemes() {
        for (scheme, name) in [(LIGHT, "light"), (DARK, "dark")] {
            let colours = colours(scheme);
            let on = |text: &str, ground: &str, wanted: f64| {
                let found = contrast(colours[text], colours[ground]);
                assert!(
                    found >= wanted,
                    "{name}: {text} on {ground} has {found:.2}:1"
                );
            };
            let statuses = ["succeeded", "running", "failed", "caught", "stopped"];
            let boxes = statuses.map(|status| format!("--graph-{status}-box"));
            let plain = ["--graph-ground", "--graph-box", "--graph-group"];
            for ground in boxes.iter().map(String::as_str).chain(plain) {
                on("--graph-text", ground, 4.5);
                on("--graph-muted", ground, 4.5);
            }
            on("--graph-badge-text", "--graph-badge", 4.5);
            for ground in plain {
                on("--graph-line", ground, 3.0);
                on("--graph-border", ground, 3.0);
                on("--graph-way", ground, 4.5);
                on("--graph-focus", ground, 3.0);
            }
            for (status, ground) in statuses.iter().zip(&boxes) {
                let status = format!("--graph-{status}");
                on("--graph-glyph", &status, 4.5);
                on(&status, ground, 3.0);
                on(&status, "--graph-ground", 3.0);
            }
        }
    }

    #[test]
    fn every_variable_that_is_used_is_set_in_both_schemes() {
        let (light, dark) = (colours(LIGHT), colours(DARK));
        assert!(light.keys().eq(dark.keys()));
        for used in CSS.split("var(").skip(1) {
            let name = used.split(')').next().unwrap();
            assert!(
                name == "--graph-status" || light.contains_key(name),
                "{name}"
            );
        }
        assert_eq!(CSS.matches('{').count(), CSS.matches('}').count());
    }
}
