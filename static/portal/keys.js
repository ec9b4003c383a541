/* Tables by keyboard: one stop of Tab for the headings and one for the rows, and keys that go between them.
   Keys of one letter work only while the focus is in the table. Without this file every link is a stop of Tab. */
(function () {
  "use strict";
  const TABLES = ".ui-scroll > table.ui-table";
  const STOPS = "a[href], button, input:not([type=hidden]), summary, [tabindex='0'], [data-stop]";
  const FIELDS = "select, textarea, input:not([type=checkbox]):not([type=hidden])";
  const JUMP = 10; // rows of PageUp and PageDown
  const hint = document.getElementById("table-keys-hint");
  const help = document.getElementById("table-keys");
  let returning = null; // where the focus was in a table that htmx is about to replace

  const stops = (part) => [...part.querySelectorAll(STOPS)];
  const opener = (row) => row.querySelector("th a[href], a[href]");
  const ticker = (row) => row.querySelector("input[type=checkbox]:not([disabled])");
  const target = (row) => opener(row) || stops(row)[0] || null;
  const rowsOf = (table) => [...table.tBodies].flatMap((body) => [...body.rows]).filter(target);
  const headings = (table) => (table.tHead ? stops(table.tHead) : []);
  const current = (table) => rowsOf(table).find((row) => row.hasAttribute("data-current"));

  function allow(stop, yes) {
    if (stop.getAttribute("tabindex") === "0") stop.dataset.stop = "";
    if (!yes) stop.setAttribute("tabindex", "-1");
    else if ("stop" in stop.dataset) stop.setAttribute("tabindex", "0");
    else stop.removeAttribute("tabindex");
  }

  function choose(table, row) {
    for (const other of rowsOf(table)) {
      other.toggleAttribute("data-current", other === row);
      for (const stop of stops(other)) allow(stop, other === row);
    }
  }

  function chooseHeading(table, heading) {
    for (const other of headings(table)) allow(other, other === heading);
  }

  // A table that is filled in is a form: each of its fields stays a stop.
  function prepare() {
    for (const table of document.querySelectorAll(TABLES)) {
      const rows = rowsOf(table);
      if (table.hasAttribute("data-keys") || !rows.length || table.querySelector(FIELDS)) continue;
      table.setAttribute("data-keys", "");
      if (hint) table.parentElement.setAttribute("aria-describedby", hint.id);
      choose(table, rows[0]);
      chooseHeading(table, headings(table)[0]);
    }
  }

  const tableAt = (element) =>
    element instanceof Element && element.closest(".ui-scroll")?.querySelector(":scope > table[data-keys]");

  function go(table, row) {
    if (!row) return;
    choose(table, row);
    target(row).focus({ preventScroll: true });
    show(table, row);
  }

  // The headings and the totals lie over the rows that are scrolled below them.
  function show(table, row) {
    const box = table.parentElement.getBoundingClientRect();
    const edge = row.getBoundingClientRect();
    const top = box.top + (table.tHead ? table.tHead.offsetHeight : 0);
    const bottom = Math.min(box.bottom, window.innerHeight) - (table.tFoot ? table.tFoot.offsetHeight : 0);
    if (edge.top < top) table.parentElement.scrollTop -= top - edge.top;
    else if (edge.bottom > bottom) table.parentElement.scrollTop += edge.bottom - bottom;
    row.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function step(table, by) {
    const rows = rowsOf(table);
    const inside = document.activeElement.closest("tbody tr");
    const place = rows.indexOf(inside || current(table));
    if (!inside) go(table, by > 0 ? rows[Math.max(place, 0)] : null);
    else if (by === -1 && place === 0) headings(table).find((one) => one.tabIndex === 0)?.focus();
    else go(table, rows[Math.min(Math.max(place + by, 0), rows.length - 1)]);
  }

  function along(table, by) {
    const all = headings(table);
    const next = all[all.indexOf(document.activeElement) + by];
    if (!next) return;
    chooseHeading(table, next);
    next.focus();
  }

  function turn(table, rel) {
    const link = table.closest(".ui-table-region")?.querySelector(`.ui-pages a[rel=${rel}]`);
    if (!link) return;
    returning = { region: link.closest(".ui-table-region").id, heading: -1 };
    link.click();
  }

  function leave(table) {
    const box = table.parentElement;
    (document.activeElement === box ? document.getElementById("main") : box)?.focus();
  }

  /* What a key does; false: it stays what it is. */
  function act(key, table, from) {
    const row = from.closest("tbody tr");
    const heading = from.closest("thead");
    const rows = rowsOf(table);
    if (key === "ArrowDown" || key === "j") step(table, 1);
    else if ((key === "ArrowUp" || key === "k") && row) step(table, -1);
    else if (key === "PageDown" && row) step(table, JUMP);
    else if (key === "PageUp" && row) step(table, -Math.min(JUMP, rows.indexOf(row)));
    else if (key === "Home" && row) go(table, rows[0]);
    else if (key === "End" && row) go(table, rows[rows.length - 1]);
    else if ((key === "ArrowRight" || key === "ArrowLeft") && heading) along(table, key === "ArrowRight" ? 1 : -1);
    else if (key === "n" || key === "p") turn(table, key === "n" ? "next" : "prev");
    else if (key === "?" && help) help.showModal();
    else if (key === "Escape") leave(table);
    else if (key === "Enter" && from.matches("input") && row && opener(row)) opener(row).click();
    else if ((key === "x" || (key === " " && from.matches("a"))) && row && ticker(row)) ticker(row).click();
    else return false;
    return true;
  }

  document.addEventListener("keydown", (event) => {
    const from = event.target;
    const table = tableAt(from);
    const typing = from instanceof Element && from.matches(FIELDS + ", [contenteditable]");
    if (!table || typing || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key !== "?")) return;
    if (document.querySelector("dialog[open], details.ui-menu[open]:not([data-hovered])")) return;
    if (act(event.key, table, from)) event.preventDefault();
  });

  // Wherever the focus comes to by itself, by mouse or by a screen reader, is from then on the stop.
  document.addEventListener("focusin", (event) => {
    const table = tableAt(event.target);
    if (hint) hint.hidden = !table || !event.target.matches(":focus-visible");
    if (!table) return;
    const row = event.target.closest("tbody tr");
    if (row && !row.hasAttribute("data-current") && target(row)) choose(table, row);
    if (headings(table).includes(event.target)) chooseHeading(table, event.target);
  });

  document.addEventListener("focusout", (event) => {
    if (hint && !event.relatedTarget) hint.hidden = true;
  });

  // A heading that was followed, or a page that was turned, brings a new table: the focus goes on in that one.
  document.addEventListener("htmx:beforeSwap", () => {
    const table = tableAt(document.activeElement);
    const region = table && table.closest(".ui-table-region");
    const heading = table ? headings(table).indexOf(document.activeElement) : -1;
    if (region && heading >= 0) returning = { region: region.id, heading };
  });

  document.addEventListener("htmx:afterSettle", () => {
    prepare();
    const place = returning && document.getElementById(returning.region);
    const table = place && place.querySelector(TABLES);
    if (table && tableAt(table) && (!document.activeElement || document.activeElement === document.body)) {
      const heading = headings(table)[returning.heading];
      if (heading) heading.focus();
      else go(table, rowsOf(table)[0]);
    }
    returning = null;
  });

  document.addEventListener("DOMContentLoaded", prepare);
  if (document.readyState !== "loading") prepare();
})();
