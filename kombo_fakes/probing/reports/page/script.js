"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const cases = JSON.parse(byId("data").textContent);
  const make = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  // The theme: as the system has it, light, dark. Nothing is kept: a page from a file has no place.
  const themes = [["", "system"], ["light", "light"], ["dark", "dark"]];
  let theme = 0;
  byId("theme").hidden = false;
  byId("theme").addEventListener("click", () => {
    theme = (theme + 1) % themes.length;
    const [value, name] = themes[theme];
    if (value) document.documentElement.dataset.theme = value;
    else delete document.documentElement.dataset.theme;
    byId("theme").querySelector("span").textContent = name;
  });

  // What a cell or a row stands for. Text goes in as text: no payload is ever read as HTML.
  const block = (name, text) => {
    const figure = make("figure", undefined, "block");
    figure.append(make("figcaption", name));
    const pre = make("pre", text);
    pre.tabIndex = 0;
    figure.append(pre);
    return figure;
  };
  const shown = (number, open) => {
    const found = cases[number];
    const details = make("details");
    details.open = open;
    const summary = make("summary", undefined, found.state);
    summary.append(make("span", found.mark + " ", "mark"), found.id + ": " + found.answer);
    details.append(summary, make("p", found.about, "about"), make("p", found.why, "why"));
    details.append(block("Request", found.head), block("Body", found.body), block("Response: " + found.answer, found.response));
    return details;
  };
  const dialog = byId("dialog");
  const show = (title, numbers) => {
    byId("dialog-title").textContent = title;
    byId("dialog-body").replaceChildren(...numbers.map((number) => shown(number, numbers.length === 1)));
    dialog.showModal();
    dialog.scrollTop = 0;
  };
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-cases]");
    if (cell) {
      // What went wrong comes first.
      const numbers = cell.dataset.cases.split(" ").map(Number);
      const isWrong = (number) => (cases[number].state === "wrong" ? 0 : 1);
      show(cell.getAttribute("aria-label"), numbers.sort((a, b) => isWrong(a) - isWrong(b) || a - b));
    }
    if (event.target === dialog) dialog.close();
  });

  // The map is one stop of the tabulator key; within it the arrow keys move.
  for (const table of document.querySelectorAll(".map")) {
    const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.firstElementChild));
    const all = rows.flat().filter(Boolean);
    const focus = (cell) => {
      for (const other of all) other.tabIndex = other === cell ? 0 : -1;
      cell.focus();
    };
    all.forEach((cell, index) => { cell.tabIndex = index ? -1 : 0; });
    table.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
      const step = steps[event.key];
      let y = rows.findIndex((row) => row.includes(event.target));
      if (!step || y < 0) return;
      let x = rows[y].indexOf(event.target);
      do {
        y += step[0];
        x += step[1];
      } while (rows[y] && x >= 0 && x < rows[y].length && !rows[y][x]);
      if (rows[y] && rows[y][x]) {
        event.preventDefault();
        focus(rows[y][x]);
      }
    });
  }

  // The list of all cases: a button each, and filters.
  const list = byId("list");
  if (!list) return;
  const rows = [...list.tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  rows.forEach((row, number) => {
    const code = row.querySelector("code");
    const button = make("button", code.textContent);
    button.type = "button";
    button.dataset.cases = String(number);
    button.setAttribute("aria-label", code.textContent);
    code.replaceChildren(button);
  });
  const filter = () => {
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const group = byId("group").value;
    const outcome = byId("outcome").value;
    let count = 0;
    rows.forEach((row, number) => {
      const fits = (!group || row.dataset.group === group) && (!outcome || row.dataset.state === outcome)
        && words.every((word) => texts[number].includes(word));
      row.hidden = !fits;
      count += fits;
    });
    byId("shown").textContent = count + " of " + rows.length + " cases";
  };
  byId("filters").hidden = false;
  for (const kind of ["input", "change"]) byId("filters").addEventListener(kind, filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  filter();
})();
