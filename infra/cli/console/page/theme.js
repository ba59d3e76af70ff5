// Light or dark: as the system says, or as the switch in the header says.

const NAME = 'jit-runners-theme';
const WORDS = { system: 'Auto', light: 'Light', dark: 'Dark' };
const NEXT = { system: 'light', light: 'dark', dark: 'system' };

function stored() {
  try {
    return NEXT[localStorage.getItem(NAME)] ? localStorage.getItem(NAME) : 'system';
  } catch {
    return 'system';
  }
}

/** Sets the page's theme and its switch. */
export function begin(button) {
  const show = (theme) => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = WORDS[theme];
    button.setAttribute('aria-label', `${WORDS[theme]} theme, switch to ${WORDS[NEXT[theme]].toLowerCase()}`);
  };
  let theme = stored();
  show(theme);
  button.addEventListener('click', () => {
    theme = NEXT[theme];
    try {
      localStorage.setItem(NAME, theme);
    } catch { /* it then holds until the page is left */ }
    show(theme);
  });
}
