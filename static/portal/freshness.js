/* The badge of the data's age unfolds while a pointer rests on it, as it does by a press or by Enter. A press while it is
   unfolded by the pointer keeps it until the next one; Escape folds it, and it stays so until the pointer has left. */
(function () {
  "use strict";
  // As for explained words: who only passes unfolds nothing, and one may go over the gap to what was unfolded.
  const SHOW_AFTER = 250;
  const HIDE_AFTER = 200;
  const BADGE = "details.ui-fresh";
  let hovered = null;
  let timer = 0;

  function show(badge) {
    if (!badge.isConnected || badge.open || document.querySelector("dialog[open], details.ui-menu[open]")) return;
    badge.dataset.hovered = "";
    badge.open = true;
  }

  function hide(badge) {
    const reads = badge.querySelector(".ui-menu-body").contains(document.activeElement);
    if ("hovered" in badge.dataset && !reads) badge.open = false;
  }

  function hover(badge) {
    if (badge === hovered) return;
    const left = hovered;
    hovered = badge;
    clearTimeout(timer);
    if (badge) timer = setTimeout(show, SHOW_AFTER, badge);
    else timer = setTimeout(hide, HIDE_AFTER, left);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") hover(event.target.closest(BADGE));
  });
  document.documentElement.addEventListener("pointerleave", () => hover(null));

  document.addEventListener("click", (event) => {
    const summary = event.target.closest(`${BADGE} > summary`);
    if (!summary) return;
    // Whoever presses right after coming means to unfold it, not to fold what the pointer has just unfolded.
    clearTimeout(timer);
    if ("hovered" in summary.parentElement.dataset) {
      delete summary.parentElement.dataset.hovered;
      event.preventDefault();
    }
  });

  // Whatever folded it.
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.matches(BADGE) && !event.target.open) delete event.target.dataset.hovered;
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clearTimeout(timer);
  });
})();
