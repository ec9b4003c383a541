/* Loaded first and not deferred: theme and row height are set before anything is drawn. */
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function read(key, allowed) {
    let value = null;
    try {
      value = window.localStorage.getItem(key);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // storage is switched off: the default stands
    }
    return allowed.includes(value) ? value : allowed[0];
  }

  function write(key, value) {
    try {
      window.localStorage.setItem(key, value);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }

  const themes = ["auto", "light", "dark"];
  const rows = ["normal", "compact"];

  function apply() {
    const theme = read("portal-theme", themes);
    root.setAttribute("data-bs-theme", theme === "auto" ? (dark.matches ? "dark" : "light") : theme);
    root.setAttribute("data-rows", read("portal-rows", rows));
    document.dispatchEvent(new CustomEvent("portal:theme"));
  }

  window.portalAppearance = {
    theme: () => read("portal-theme", themes),
    rows: () => read("portal-rows", rows),
    setTheme: (value) => {
      write("portal-theme", value);
      apply();
    },
    setRows: (value) => {
      write("portal-rows", value);
      apply();
    },
  };
  root.classList.add("js");
  apply();
  dark.addEventListener("change", apply);
})();
