// Small conveniences; every page works without them.
"use strict";

// The style sheet hides what only pages without scripts need.
document.documentElement.classList.add("js");

// Read out by screen readers, seen by nobody.
const announce = (words) => { document.getElementById("announcement").textContent = words; };

// A key that is meant for the page: nobody is typing or holds Ctrl, and such keys are not switched off.
const keysAreOff = () => window.localStorage.getItem("keys") === "off";
const isForPage = (event) =>
  !(event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) &&
  !event.target.closest?.("input, select, textarea, dialog, [contenteditable]") && !keysAreOff();

// 搜索: / leads to the box, which a Chinese input method writes as 、.
document.addEventListener("keydown", (event) => {
  if (!["/", "、"].includes(event.key) || !isForPage(event)) return;
  const box = [...document.querySelectorAll("input[data-search]")].find((each) => each.offsetParent);
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// An input method spells a word out before it stands there: the spelling is not searched for.
document.addEventListener("input", (event) => {
  if (event.isComposing && event.target.matches("input[data-search]")) event.stopPropagation();
}, true);
document.addEventListener("compositionend", (event) => {
  if (event.target.matches("input[data-search]")) event.target.dispatchEvent(new Event("input", { bubbles: true }));
});

// 全选: a checkbox marked data-all ticks the checkboxes of its form.
document.addEventListener("change", (event) => {
  const all = event.target.closest("input[data-all]");
  if (!all) return;
  for (const box of all.form.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
});

// A select or date marked data-submit sends its form when it changes.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// A telephone begins with what is marked data-folds closed, but for what is marked "later" and for the
// part that the address leads to.
if (window.matchMedia("(max-width: 720px)").matches) {
  for (const part of document.querySelectorAll("details[data-folds='']")) part.open = Boolean(part.querySelector(":target"));
}

// Paper cannot be opened: what is folded is printed whole, and folded again.
let unfolded = [];
window.addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("details:is([data-folds], .whole):not([open], .no-print)")];
  for (const part of unfolded) part.open = true;
});
window.addEventListener("afterprint", () => {
  for (const part of unfolded) part.open = false;
});

// 打印: a button that only makes sense with scripts shows itself.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
