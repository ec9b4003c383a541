/* Behaviour of the frame: menus, dialogs, appearance, and what htmx needs said out loud. */
(function () {
  "use strict";

  function markAppearance() {
    const now = { setTheme: window.portalAppearance.theme(), setRows: window.portalAppearance.rows() };
    for (const [name, value] of Object.entries(now)) {
      const attribute = name === "setTheme" ? "data-set-theme" : "data-set-rows";
      for (const button of document.querySelectorAll("[" + attribute + "]")) {
        button.setAttribute("aria-pressed", String(button.getAttribute(attribute) === value));
      }
    }
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.ui-menu[open]")) {
      if (menu !== except) menu.removeAttribute("open");
    }
  }

  document.addEventListener("click", (event) => {
    const theme = event.target.closest("[data-set-theme]");
    if (theme) window.portalAppearance.setTheme(theme.dataset.setTheme);
    const rows = event.target.closest("[data-set-rows]");
    if (rows) window.portalAppearance.setRows(rows.dataset.setRows);
    if (theme || rows) markAppearance();

    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog).showModal();
    const dismiss = event.target.closest("[data-dismiss-dialog]");
    if (dismiss) dismiss.closest("dialog").close();
    if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop

    closeMenus(event.target.closest("details.ui-menu"));
  });

  // Whoever goes on with Tab has left the menu, which would lie over what has the focus now. A dialog that a menu opened
  // takes the focus by itself, and what it answers stands in the menu: that is no leaving.
  document.addEventListener("keyup", (event) => {
    const menu = document.querySelector("details.ui-menu[open]");
    const there = document.activeElement;
    if (event.key === "Tab" && menu && there && !menu.contains(there) && !there.closest("dialog")) closeMenus(null);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.ui-menu[open]");
    if (!open) return;
    const inside = open.contains(document.activeElement);
    closeMenus(null);
    if (inside) open.querySelector("summary").focus();
  });

  // A sort or page link that is followed while the filter above it was just changed takes the new filter along, and
  // the filter's own request, which may still be on its way or about to leave, keeps the new order.
  document.addEventListener("htmx:configRequest", (event) => {
    const region = event.detail.elt.closest(".ui-table-region");
    const filters = region && document.getElementById("filters-" + region.id);
    if (!filters) return;
    const address = new URL(event.detail.path, document.baseURI);
    const order = region.querySelector("input[data-order]");
    const fields = new FormData(filters);
    fields.delete(order.name);
    for (const name of new Set(fields.keys())) address.searchParams.delete(name);
    for (const [name, value] of fields) {
      if (value) address.searchParams.append(name, value);
    }
    order.value = address.searchParams.get(order.name) || "";
    order.disabled = !order.value;
    event.detail.path = address.pathname + address.search;
    window.htmx.trigger(filters, "htmx:abort");
  });

  function notice(text) {
    const box = document.getElementById("notices");
    if (!box || !text) return;
    const line = document.createElement("div");
    line.className = "ui-notice ui-notice-error";
    line.textContent = text;
    box.replaceChildren(line);
    box.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("htmx:sendError", () => notice(document.body.dataset.requestFailed));
  document.addEventListener("htmx:timeout", () => notice(document.body.dataset.requestFailed));
  document.addEventListener("htmx:responseError", (event) => {
    const refused = [400, 403, 404, 405].includes(event.detail.xhr.status);
    const { requestRefused, requestFailed } = document.body.dataset;
    const reference = event.detail.xhr.getResponseHeader("X-Reference");
    notice(refused ? requestRefused : [requestFailed, reference].filter(Boolean).join(" "));
  });

  // A read that was redirected (the session ended: sign-in page) is a page of its own, not a piece of this one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (!requestConfig || requestConfig.verb !== "get" || !xhr.responseURL) return;
    const answered = new URL(xhr.responseURL);
    const asked = new URL(requestConfig.path, document.baseURI);
    if (answered.pathname !== asked.pathname) {
      event.detail.shouldSwap = false;
      window.location.assign(answered.href);
    }
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (event.detail.successful && form.matches && form.matches("form[data-close-dialog]")) form.closest("dialog").close();
  });

  // What takes long is sent once: a second press would ask for it all again. Whoever comes back to the page may send anew.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) return;
    if ("sent" in form.dataset) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    for (const button of form.querySelectorAll("[type=submit]")) button.setAttribute("aria-disabled", "true");
    for (const words of form.querySelectorAll("[data-while-sent]")) words.hidden = false;
  });

  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-once][data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[type=submit]")) button.removeAttribute("aria-disabled");
      for (const words of form.querySelectorAll("[data-while-sent]")) words.hidden = true;
    }
  });

  // What came into the page says what it is. What is asked for every second says so only when that is something else;
  // a list says it each time, also when another filter finds as many rows.
  const SAID_AFTER = 100; // ms in which the pieces of one answer come in, and in which an emptied region is noticed
  const saidBy = new Map();
  let toSay = [];
  let saying = 0;

  function announce(speaker) {
    const text = speaker.dataset.announce;
    const polled = (speaker.getAttribute("hx-trigger") || "").startsWith("every");
    if (!text || (polled && saidBy.get(speaker.id) === text)) return;
    saidBy.set(speaker.id, text);
    toSay.push(text);
    const announcer = document.getElementById("announcer");
    if (!announcer) return;
    announcer.textContent = "";
    clearTimeout(saying);
    saying = setTimeout(() => {
      announcer.textContent = toSay.join(". ");
      toSay = [];
    }, SAID_AFTER);
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    const swapped = event.target;
    // A list that came in as a part of something larger was not asked for: its number would hide what was.
    const speakers = [swapped, ...swapped.querySelectorAll("[data-announce]:not(.ui-table-region)")];
    for (const speaker of speakers.filter((one) => one.matches("[data-announce]"))) announce(speaker);
  });

  // A page may be printed long after it was made. Written as portal.ui.formats writes a moment.
  window.addEventListener("beforeprint", () => {
    const dutch = document.documentElement.lang === "nl";
    const zone = { timeZone: "Europe/Amsterdam" };
    const parts = { day: dutch ? "2-digit" : "numeric", month: dutch ? "2-digit" : "short", year: "numeric" };
    const day = new Date().toLocaleDateString(dutch ? "nl-NL" : "en-GB", { ...zone, ...parts });
    const time = new Date().toLocaleTimeString("nl-NL", { ...zone, hour: "2-digit", minute: "2-digit" });
    for (const place of document.querySelectorAll("[data-print-time]")) place.textContent = day + " " + time;
  });

  document.addEventListener("DOMContentLoaded", markAppearance);
  if (document.readyState !== "loading") markAppearance();
})();
