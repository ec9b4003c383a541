/* Fields of a day, month or period that show their page by themselves. Choosing from the calendar or the list with a
   pointer is a decision; a key is not yet one: browsers tell of a change at every digit that makes a whole date and at
   every step in a list (WCAG 3.2.2). Whoever types decides with Enter or with the button beside the field. */
(function () {
  "use strict";
  const FIELDS = "[data-submit-on-choice]";
  // By what the field was last touched. What happens in the browser's own calendar is not told, but it is opened by one.
  const typed = new WeakSet();

  // An opened calendar gives a value at each arrow key, and stays open. Browsers that cannot say so close it first.
  function isOpen(field) {
    try {
      return field.matches(":open");
    } catch {
      return false;
    }
  }

  function send(field) {
    if (field.checkValidity() && field.value) field.form.requestSubmit();
  }

  document.addEventListener("pointerdown", (event) => {
    const field = event.target.closest(FIELDS);
    if (field) typed.delete(field);
  });

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches(FIELDS)) return;
    // A list has no Enter of its own in every browser; a date does.
    if (event.key === "Enter" && field.matches("select") && !isOpen(field)) {
      event.preventDefault();
      send(field);
    }
    typed.add(field);
  });

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!field.matches(FIELDS) || typed.has(field)) return;
    // It closes after it has told.
    setTimeout(() => {
      if (!isOpen(field)) send(field);
    });
  });
})();
