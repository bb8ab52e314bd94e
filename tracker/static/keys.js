// 我的任务 by keyboard: j and k move, the space bar ticks, u uploads, ? shows the keys. Everything can be
// reached with the Tab key as well.
"use strict";

(() => {
  const dialog = document.getElementById("keys");
  let lastId = "";

  const rowOf = (element) => element?.closest?.(".task") ?? null;
  const currentRow = () => rowOf(document.activeElement) ?? document.getElementById(lastId);
  const boxOf = (row) => row.querySelector(".box");

  // What a screen reader says of a row that the focus comes to: number, task, light, what the box does.
  const wordsOf = (row) => {
    const parts = [".no", ".t > a", ".due .tag"].map((part) => row.querySelector(part).textContent.trim());
    return [...parts, boxOf(row).getAttribute("aria-label")].join("，");
  };

  const goTo = (row) => {
    row.tabIndex = -1;
    row.setAttribute("aria-label", wordsOf(row));
    row.focus();
  };

  const move = (step) => {
    const rows = [...document.querySelectorAll(".task")];
    const here = rows.indexOf(currentRow());
    const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), rows.length - 1);
    if (rows[next]) goTo(rows[next]);
  };

  // The box takes the focus, so that htmx gives it to the box of the new row.
  const tick = (row) => {
    const box = boxOf(row);
    if (!box.matches("button")) return announce(box.getAttribute("aria-label"));
    box.focus();
    box.click();
  };

  const upload = () => {
    const row = currentRow();
    const link = row?.querySelector("a[data-upload]");
    if (link) link.click();
    else announce(row ? "这一行不能上传材料" : "请先按 j 选中一行");
  };

  const show = () => dialog.open || dialog.showModal();
  const KEYS = { j: () => move(1), k: () => move(-1), u: upload, "?": show, "？": show };

  document.addEventListener("focusin", (event) => {
    const row = rowOf(event.target);
    if (row) lastId = row.id;
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.(".task") && [" ", "Enter"].includes(event.key)) {
      event.preventDefault();
      if (!event.repeat) tick(event.target);
      return;
    }
    const act = KEYS[event.key.toLowerCase()];
    if (!act || !isForPage(event)) return;
    event.preventDefault();
    act();
  });

  // A row that was exchanged under the focus gets it back, on its box where that can be clicked.
  document.addEventListener("htmx:after:swap", () => {
    const row = document.getElementById(lastId);
    if (!row || document.activeElement !== document.body) return;
    if (boxOf(row).matches("button")) boxOf(row).focus();
    else goTo(row);
  });

  const button = document.querySelector("button[data-keys]");
  button.hidden = false;
  button.addEventListener("click", show);

  const areOn = dialog.querySelector("input");
  areOn.checked = !keysAreOff();
  areOn.addEventListener("change", () => window.localStorage.setItem("keys", areOn.checked ? "on" : "off"));
})();
