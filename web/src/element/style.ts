/**
 * The element's style sheet: constructed by script, so that a page whose Content-Security-Policy
 * forbids inline styles can have it. Colours follow the page's `color-scheme`.
 */
const CSS = `
:host {
  display: block;
  container-type: inline-size;
}
:host([hidden]) { display: none; }
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }

.base {
  --paper: var(--shiwu-paper, #fbfcf9);
  --ink: var(--shiwu-ink, #18211e);
  --ink-soft: var(--shiwu-ink-soft, #52605a);
  --line: var(--shiwu-line, #d3dad2);
  --edge: var(--shiwu-edge, #76857c);
  --accent: var(--shiwu-accent, #1d6a56);
  --error: var(--shiwu-error, #a3301d);
  --radius: var(--shiwu-radius, 0.5rem);
  display: grid;
  gap: 1rem;
  padding: 1rem;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.6 var(--shiwu-font, system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif);
  overflow-wrap: anywhere;
}
@supports (color: light-dark(red, red)) {
  .base {
    --paper: var(--shiwu-paper, light-dark(#fbfcf9, #181f1d));
    --ink: var(--shiwu-ink, light-dark(#18211e, #e7ece6));
    --ink-soft: var(--shiwu-ink-soft, light-dark(#52605a, #a3b1a9));
    --line: var(--shiwu-line, light-dark(#d3dad2, #2c3733));
    --edge: var(--shiwu-edge, light-dark(#76857c, #7b8a82));
    --accent: var(--shiwu-accent, light-dark(#1d6a56, #7cc7ac));
    --error: var(--shiwu-error, light-dark(#a3301d, #f0917c));
  }
}

.unseen {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.choose {
  position: relative;
  display: block;
  cursor: pointer;
  -webkit-tap-highlight-color: transparent;
}
.drop {
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 0.25rem;
  block-size: 100%;
  min-block-size: 11rem;
  padding: 1rem;
  border: 2px dashed var(--edge);
  border-radius: calc(var(--radius) * 0.75);
  text-align: center;
  transition: border-color 150ms, background-color 150ms;
}
.drop.shown {
  justify-content: start;
  gap: 0.75rem;
  padding: 0;
  border: 0;
}
input:focus-visible + .drop {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
.drop.over {
  border-color: var(--accent);
  background: color-mix(in srgb, var(--accent) 12%, transparent);
}
@media (hover: hover) {
  input:enabled + .drop:hover { border-color: var(--accent); }
  input:enabled + .shown:hover .label { text-decoration: underline; text-underline-offset: 0.25em; }
}
.label {
  padding-inline: 0.75rem;
  color: var(--accent);
  font-weight: 600;
}
.hint {
  color: var(--ink-soft);
  font-size: 0.875rem;
}
@media (hover: none) {
  .hint { display: none; }
}
:host([disabled]) .choose { cursor: not-allowed; }
:host([disabled]) .drop { border-color: var(--line); }
:host([disabled]) .label { color: var(--ink-soft); }

.preview {
  display: block;
  max-inline-size: 100%;
  max-block-size: var(--shiwu-preview-size, 18rem);
  border-radius: calc(var(--radius) * 0.5);
  object-fit: contain;
}

.answer {
  display: grid;
  align-content: start;
  gap: 0.5rem;
  min-inline-size: 0;
}
.answer:not(.filled) { display: contents; }
p { margin: 0; }
.status { color: var(--ink-soft); }
.progress { display: grid; gap: 0.25rem; color: var(--ink-soft); font-size: 0.875rem; }
.progress span { font-variant-numeric: tabular-nums; }
progress {
  inline-size: 100%;
  block-size: 0.375rem;
  accent-color: var(--accent);
}
.error {
  padding-inline-start: 0.75rem;
  border-inline-start: 3px solid var(--error);
  color: var(--error);
}

.list {
  display: grid;
  gap: 0.625rem;
  margin: 0;
  padding: 0;
  list-style: none;
}
.item {
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 0.125rem 1rem;
  align-items: baseline;
}
.item:first-child { font-size: 1.25rem; font-weight: 600; }
.score { font-variant-numeric: tabular-nums; }
.item:not(:first-child) .score { color: var(--ink-soft); }
.bar {
  grid-column: 1 / -1;
  block-size: 0.25rem;
  border-radius: 0.125rem;
  background:
    linear-gradient(var(--accent) 0 0) 0 0 / var(--share) 100% no-repeat,
    var(--line);
}

@container (min-width: 36rem) {
  .base:has(.answer.filled) { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .base { padding: 1.25rem; gap: 1.5rem; }
}
@media (prefers-reduced-motion: reduce) {
  .drop { transition: none; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all elements of the page. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
