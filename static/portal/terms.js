/* What payroll words mean. The control beside a word has its explanation as its title, which is all there is without
   script. With script it is shown while the pointer is on the word, the control or the explanation itself, while the
   control has the focus of the keyboard, and after a press or a tap until the next one. Escape takes it away. */
(function () {
  "use strict";
  // A pointer that only passes shows nothing, and one may go from the word to its explanation.
  const SHOW_AFTER = 250;
  const HIDE_AFTER = 200;
  const GAP = 4;
  const EDGE = 8;
  const CONTROL = ".ui-term-open";
  let shown = null;
  let pressed = false;
  let hovered = null;
  let timer = 0;

  const box = () => document.getElementById("explanation");

  function controlOf(place) {
    if (!(place instanceof Element)) return null;
    if (place.closest("#explanation")) return shown;
    const term = place.closest(".ui-term");
    return term && term.querySelector(CONTROL);
  }

  function put() {
    if (!shown) return;
    const at = shown.getBoundingClientRect();
    const size = box().getBoundingClientRect();
    const page = document.documentElement;
    const left = Math.min(at.left + at.width / 2 - size.width / 2, page.clientWidth - size.width - EDGE);
    const above = at.top - GAP - size.height;
    const below = at.bottom + GAP;
    box().style.left = Math.max(left, EDGE) + "px";
    box().style.top = (below + size.height > page.clientHeight && above > EDGE ? above : below) + "px";
  }

  function hide() {
    if (!shown) return;
    shown.title = box().textContent;
    shown.removeAttribute("aria-describedby");
    box().hidePopover();
    shown = null;
    pressed = false;
  }

  function show(control) {
    if (shown === control || !control.isConnected) return;
    hide();
    box().textContent = control.title;
    // The browser would show the title too.
    control.removeAttribute("title");
    control.setAttribute("aria-describedby", "explanation");
    box().showPopover();
    shown = control;
    put();
  }

  function settle() {
    if (hovered && !pressed) show(hovered);
    if (!hovered && !pressed && document.activeElement !== shown) hide();
  }

  function hover(control) {
    if (control === hovered) return;
    hovered = control;
    clearTimeout(timer);
    timer = setTimeout(settle, control ? SHOW_AFTER : HIDE_AFTER);
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") hover(controlOf(event.target));
  });
  document.documentElement.addEventListener("pointerleave", () => hover(null));

  document.addEventListener("focusin", (event) => {
    if (event.target.matches(CONTROL + ":focus-visible")) show(event.target);
    else if (controlOf(event.target) !== shown) hide();
  });

  document.addEventListener("pointerdown", (event) => {
    if (controlOf(event.target) !== shown) hide();
  });

  document.addEventListener("click", (event) => {
    const control = event.target.closest(CONTROL);
    if (!control) return;
    // A pointer that came just before the press would otherwise show again what a second press took away.
    clearTimeout(timer);
    if (shown === control && pressed) {
      hide();
    } else {
      show(control);
      pressed = true;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    clearTimeout(timer);
    hide();
    // The key did its work: a table or a dialog around the word is not left as well.
    event.preventDefault();
  });

  window.addEventListener("scroll", put, { capture: true, passive: true });
  window.addEventListener("resize", put);
  window.addEventListener("beforeprint", hide);
  document.addEventListener("htmx:afterSwap", () => {
    if (shown && !shown.isConnected) hide();
  });
})();
