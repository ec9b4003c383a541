/* Lists: how many rows are ticked, and ticking all of a page at once. Without it the boxes and the form still work. */
(function () {
  "use strict";

  function boxes(form) {
    return [...document.querySelectorAll('input[type="checkbox"][form="' + form + '"]')];
  }

  function count() {
    for (const place of document.querySelectorAll("[data-ticked-of]")) {
      place.textContent = String(boxes(place.dataset.tickedOf).filter((box) => box.checked).length);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tick-all]");
    if (!button) return;
    const all = boxes(button.dataset.tickAll);
    const tick = !all.every((box) => box.checked);
    for (const box of all) box.checked = tick;
    count();
  });

  document.addEventListener("change", count);
  document.addEventListener("htmx:afterSettle", count);
  document.addEventListener("DOMContentLoaded", count);
  if (document.readyState !== "loading") count();
})();
