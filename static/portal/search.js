/* The search dialog: keys that open it, and choosing among the results while the cursor stays in the field. */
(function () {
  "use strict";
  const dialog = document.getElementById("search");
  if (!dialog) return;
  const input = document.getElementById("search-input");
  const list = document.getElementById("search-options");
  const status = document.getElementById("search-status");
  const slash = dialog.querySelector("[data-search-slash]");
  const SLASH = "portal-search-slash";
  let wanted = false; // Enter was pressed before the answer to what is in the field had come

  function slashOpens() {
    try {
      return window.localStorage.getItem(SLASH) !== "off";
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // storage is switched off: the default stands
      return true;
    }
  }

  function options() {
    return Array.from(list.querySelectorAll("[role=option]"));
  }

  function active() {
    return document.getElementById(input.getAttribute("aria-activedescendant") || "");
  }

  function activate(option) {
    for (const other of options()) other.setAttribute("aria-selected", String(other === option));
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function answered() {
    const answer = list.querySelector("[data-search-answer]");
    return Boolean(answer) && answer.dataset.q === input.value;
  }

  function open() {
    if (document.querySelector("dialog[open]")) return;
    for (const menu of document.querySelectorAll("details.ui-menu[open]")) menu.removeAttribute("open");
    slash.checked = slashOpens();
    wanted = false;
    dialog.showModal();
    input.select();
    window.htmx.trigger(input, "search-now");
  }

  function isTyping(target) {
    return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.shiftKey) return;
    const control = event.ctrlKey || event.metaKey;
    const opens =
      (control && event.key.toLowerCase() === "k") ||
      (event.ctrlKey && event.code === "Space") ||
      (!control && event.key === "/" && slashOpens() && !isTyping(event.target));
    if (!opens || (document.querySelector("dialog[open]") && !dialog.open)) return;
    event.preventDefault();
    if (dialog.open) input.select();
    else open();
  });

  document.addEventListener("click", (event) => {
    const opener = event.target instanceof Element && event.target.closest("[data-search-open]");
    // With a modifier it stays the link that it is, to the page in a new tab.
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });

  for (const opener of document.querySelectorAll("[data-search-open]")) {
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-haspopup", "dialog");
    opener.addEventListener("keydown", (event) => {
      if (event.key !== " ") return; // a button answers to the space bar too
      if (event.ctrlKey) return;
      event.preventDefault();
      open();
    });
  }

  slash.addEventListener("change", () => {
    try {
      window.localStorage.setItem(SLASH, slash.checked ? "on" : "off");
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  });

  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const all = options();
      if (!all.length) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      const place = all.indexOf(active());
      activate(all[(place + step + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!answered()) {
        wanted = true;
        window.htmx.trigger(input, "search-now");
      } else {
        choose();
      }
    }
  });

  function choose() {
    const option = active();
    if (option) option.click();
    else if (input.value.trim()) input.form.submit();
  }

  list.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== active()) activate(option);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== list) return;
    const all = options();
    const answer = list.querySelector("[data-search-answer]");
    list.hidden = all.length === 0;
    list.scrollTop = 0;
    input.setAttribute("aria-expanded", String(all.length > 0));
    status.textContent = answer ? answer.dataset.said : "";
    activate(all[0] || null);
    if (wanted && answered()) {
      wanted = false;
      choose();
    }
  });

  function failed(event) {
    if (event.detail.elt !== input) return;
    wanted = false;
    status.textContent = dialog.dataset.failed;
  }
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, failed);

  // A page that comes back from the browser's memory comes back without it.
  window.addEventListener("pagehide", () => dialog.close());
})();
