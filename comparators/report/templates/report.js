"use strict";
(function () {
  function key(row, column) {
    const cell = row.cells[column];
    return cell.dataset.key === undefined ? null : Number(cell.dataset.key);
  }

  function text(row, column) {
    return row.cells[column].textContent;
  }

  function sort(table, heading, column) {
    const descending = heading.getAttribute("aria-sort") === "ascending";
    const rows = Array.from(table.tBodies[0].rows);
    const numeric = rows.some(function (row) { return key(row, column) !== null; });
    const missing = rows.filter(function (row) { return numeric && key(row, column) === null; });
    const sorted = rows.filter(function (row) { return !numeric || key(row, column) !== null; });
    sorted.sort(function (one, other) {
      const order = numeric
        ? key(one, column) - key(other, column)
        : text(one, column).localeCompare(text(other, column), undefined, { numeric: true });
      return descending ? -order : order;
    });
    for (const other of table.tHead.rows[0].cells) { other.removeAttribute("aria-sort"); }
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    table.tBodies[0].append(...sorted, ...missing);
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    Array.from(table.tHead.rows[0].cells).forEach(function (heading, column) {
      const button = document.createElement("span"); // browsers do not print a real button in a repeated heading
      button.className = "sort";
      button.tabIndex = 0;
      button.setAttribute("role", "button");
      button.append(...heading.childNodes);
      button.addEventListener("click", function () { sort(table, heading, column); });
      button.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          sort(table, heading, column);
        }
      });
      heading.append(button);
    });
  }

  function selected(code) {
    const range = document.createRange();
    range.selectNodeContents(code);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  }

  function say(button, words) {
    button.textContent = words;
    window.setTimeout(function () { button.textContent = "Copy"; }, 2000);
  }

  function byHand(button, code) {
    say(button, selected(code) ? "Copied" : "Selected: press Ctrl+C");
  }

  for (const box of document.querySelectorAll(".code")) {
    const code = box.querySelector("code");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.setAttribute("aria-live", "polite");
    button.textContent = "Copy";
    button.addEventListener("click", function () {
      if (!navigator.clipboard) { byHand(button, code); return; }
      navigator.clipboard.writeText(code.textContent).then(
        function () { say(button, "Copied"); },
        function () { byHand(button, code); }
      );
    });
    box.append(button);
  }

  function reveal() {
    const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    if (target instanceof HTMLDetailsElement) { target.open = true; }
  }
  window.addEventListener("hashchange", reveal);
  reveal();

  const closed = [];
  window.addEventListener("beforeprint", function () {
    for (const details of document.querySelectorAll("details[data-print]:not([open])")) {
      closed.push(details);
      details.open = true;
    }
  });
  window.addEventListener("afterprint", function () {
    for (const details of closed.splice(0)) { details.open = false; }
  });
})();
