/* Tables that are wider than a phone: they are marked for stacked.css, which shows a row as a block; each value gets its
   heading to stand above it, and what does not look like a table any more is still told as one. Headings are repeated
   here, and not in what is sent: a list of two hundred rows would be a third heavier. */
(function () {
  "use strict";
  const TABLES = ".ui-scroll > table.ui-table:not([data-stacked])";
  const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
  const narrow = window.matchMedia("(max-width: 480px)");

  const words = (cell) => (cell.getAttribute("aria-label") || cell.textContent).replace(/\s+/g, " ").trim();
  const says = (cell) => cell.textContent.trim() || cell.querySelector("svg, img, input, select, textarea, button");

  // A word that half the width of a phone would break, an e-mail address for instance.
  const isLong = (cell) => cell.textContent.split(/\s+/).some((word) => word.length > 20);

  function role(part) {
    if (part.tagName !== "TH") return ROLES[part.tagName];
    return part.scope === "row" ? "rowheader" : "columnheader";
  }

  // What a row leads to names itself, and so does the row of totals.
  const named = (cell) => cell.tagName === "TH" && (cell.querySelector("a") || cell.closest("tfoot"));

  function stack(table) {
    const headings = table.tHead ? [...table.tHead.rows[table.tHead.rows.length - 1].cells].map(words) : [];
    table.setAttribute("data-stacked", "");
    for (const part of [table, ...table.querySelectorAll("thead, tbody, tfoot, tr, th, td")]) {
      const told = role(part);
      if (told && !part.hasAttribute("role")) part.setAttribute("role", told);
    }
    for (const row of [...table.tBodies, table.tFoot].flatMap((part) => (part ? [...part.rows] : []))) {
      for (const cell of row.cells) {
        const heading = cell.colSpan === 1 && !named(cell) && headings[cell.cellIndex];
        if (!says(cell)) cell.setAttribute("data-blank", "");
        else if (heading) cell.setAttribute("data-label", heading);
        cell.toggleAttribute("data-wide", isLong(cell));
      }
    }
  }

  function prepare() {
    if (!narrow.matches) return;
    // All are measured before the first is changed: the page is laid out once.
    const wide = [...document.querySelectorAll(TABLES)].filter((table) => {
      const box = table.parentElement;
      return box.scrollWidth > box.clientWidth;
    });
    wide.forEach(stack);
  }

  narrow.addEventListener("change", prepare);
  window.addEventListener("resize", prepare);
  // Letters that come later may be wider, and what is folded has no width before it is unfolded.
  window.addEventListener("load", prepare);
  document.fonts.ready.then(prepare);
  document.addEventListener("toggle", prepare, true);
  document.addEventListener("htmx:afterSettle", prepare);
  document.addEventListener("DOMContentLoaded", prepare);
  if (document.readyState !== "loading") prepare();
})();
