// Uploading: several files, by choosing, dropping or pasting, with a bar each. Without this file the
// plain forms of the page do the same.
"use strict";

(() => {
  const token = () => document.querySelector("input[name=csrf_token]").value;

  // Send one file; resolves to { ok, text } and shows how far it is.
  const send = (address, fields, file, line) =>
    new Promise((resolve) => {
      const form = new FormData();
      form.append("csrf_token", token());
      for (const [name, value] of fields) form.append(name, value);
      form.append("file", file, file.name);
      const request = new XMLHttpRequest();
      request.open("POST", address);
      request.setRequestHeader("HX-Request", "true");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) line.bar.value = event.loaded / event.total;
      });
      request.addEventListener("error", () => resolve({ ok: false, text: "" }));
      request.addEventListener("load", () => resolve({ ok: request.status === 200, text: request.responseText, to: request.getResponseHeader("HX-Redirect") }));
      request.send(form);
    });

  const addLine = (list, name) => {
    const item = document.createElement("p");
    const bar = document.createElement("progress");
    const words = document.createElement("span");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `上传 ${name}`);
    words.textContent = ` ${name}`;
    item.append(bar, words);
    list.append(item);
    return { item, bar, words };
  };

  const problemOf = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = page.querySelector(".message.error");
    return found ? found.textContent.trim() : "上传中断，没有保存，请重试";
  };

  // Send the files one after the other; returns the last good answer, the failures stay on the page.
  const sendAll = async (address, fields, files, list) => {
    let last = null;
    const done = [], failed = [];
    for (const file of files) {
      const line = addLine(list, file.name);
      const answer = await send(address, fields, file, line);
      if (answer.to) return window.location.assign(answer.to);
      if (answer.ok) { last = answer.text; done.push(file.name); }
      else failed.push(problemOf(answer.text));
      line.words.textContent = ` ${file.name}：${answer.ok ? "已上传" : "没有上传"}`;
      line.bar.value = 1;
    }
    return { last, done, failed };
  };

  // A shelf of the task page: its answer is the shelf itself.
  const toShelf = async (shelf, files, material) => {
    const fields = [["unit", shelf.dataset.unit]];
    if (material) fields.push(["material", material]);
    const list = shelf.querySelector("[data-progress]");
    const slot = shelf.contains(document.activeElement) && document.activeElement.closest("li[id^=slot-]");
    const outcome = await sendAll(shelf.dataset.drop, fields, files, list);
    if (!outcome) return;
    if (outcome.last) {
      const page = new DOMParser().parseFromString(outcome.last, "text/html");
      shelf.replaceWith(document.adoptNode(page.getElementById("materials")));
    }
    const now = document.querySelector("#materials [data-progress]");
    if (outcome.last) now.replaceChildren();
    if (outcome.last && slot) document.querySelector(`#${slot.id} .upload button`)?.focus();
    const told = document.querySelectorAll("#materials .message.ok");
    announce([...[...told].map((each) => each.textContent), ...outcome.failed].join("；"));
    for (const words of outcome.failed) {
      const line = document.createElement("p");
      line.className = "message error";
      line.textContent = words;
      now.append(line);
    }
  };

  // What the page of a task says of the file that was sent last.
  const toldBy = (answer) => [...new DOMParser().parseFromString(answer, "text/html").querySelectorAll("#materials .message.ok")].map((each) => each.textContent.trim());

  // A row of the desk: it is fetched again, with its count of materials, and says what came of the files.
  const toRow = async (link, files) => {
    const row = link.closest(".task");
    const list = row.querySelector("[data-progress]");
    list.replaceChildren();
    const outcome = await sendAll(link.dataset.upload, [["unit", link.dataset.unit]], files, list);
    if (!outcome) return;
    const back = encodeURIComponent(window.location.pathname + window.location.search);
    if (outcome.last) await window.htmx.ajax("GET", `${link.dataset.row}?back=${back}`, { target: `#${row.id}`, swap: "outerHTML" });
    const now = document.querySelector(`#${row.id} [data-progress]`);
    const good = outcome.done.length > 1 ? [`已上传 ${outcome.done.length} 份：${outcome.done.join("、")}`] : outcome.last ? toldBy(outcome.last) : [];
    announce([...good, ...outcome.failed].join("；"));
    const lines = [...good.map((words) => [words, "done"]), ...outcome.failed.map((words) => [words, "error"])];
    for (const [words, kind] of lines) {
      const line = document.createElement("p");
      line.className = kind;
      line.textContent = words;
      now.append(line);
    }
  };

  const choose = (then, { isCamera = false } = {}) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = !isCamera;
    if (isCamera) {
      input.accept = "image/*";
      input.setAttribute("capture", "environment");
    }
    input.id = "chosen-files";
    input.hidden = true;
    input.addEventListener("change", () => { then([...input.files]); input.remove(); });
    document.getElementById("chosen-files")?.remove();
    document.body.append(input);
    input.click();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-upload]");
    if (!link) return;
    event.preventDefault();
    choose((files) => toRow(link, files));
  });

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.upload");
    if (!form || event.target.type !== "file" || !event.target.files.length) return;
    const shelf = form.closest("#materials");
    if (shelf) toShelf(shelf, [...event.target.files], form.elements.material.value);
    else form.requestSubmit();
  });

  // With scripts the field is hidden, and the button opens its chooser, or the telephone's camera.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("form.upload button");
    if (!button) return;
    const field = button.form.elements.file;
    if (button.matches("[data-camera]")) {
      const shelf = button.closest("#materials");
      choose((files) => toShelf(shelf, named(files, "照片"), button.form.elements.material.value), { isCamera: true });
    } else if (!field.files.length) {
      event.preventDefault();
      field.click();
    }
  });

  const shelfUnder = (event) => event.target.closest?.("#materials[data-drop]");
  document.addEventListener("dragover", (event) => {
    const shelf = shelfUnder(event);
    if (!shelf) return;
    event.preventDefault();
    shelf.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => shelfUnder(event)?.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    const shelf = shelfUnder(event);
    if (!shelf || !event.dataTransfer.files.length) return;
    event.preventDefault();
    shelf.classList.remove("dropping");
    const slot = event.target.closest("li[id^=slot-]");
    toShelf(shelf, [...event.dataTransfer.files], slot?.id.slice("slot-".length));
  });

  // A screenshot is pasted anywhere on the page of a task.
  document.addEventListener("paste", (event) => {
    const shelf = document.querySelector("#materials[data-drop]");
    const files = [...(event.clipboardData?.files ?? [])];
    if (!shelf || !files.length) return;
    event.preventDefault();
    toShelf(shelf, named(files, "截图"));
  });

  // What the system calls image.png gets a name by which it is known again.
  const named = (files, word) =>
    files.map((file, place) => {
      const ending = file.name.includes(".") ? file.name.split(".").pop() : "png";
      const plain = /^image\.\w+$/.test(file.name);
      return plain ? new File([file], `${word}-${stamp()}${place ? `-${place + 1}` : ""}.${ending}`, { type: file.type }) : file;
    });

  const stamp = () => {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    return `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  };
})();
