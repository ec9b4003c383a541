// The buttons of passkeys: the device is asked only when somebody presses one. Needs mfa/js/webauthn.js of allauth.
// The page comes with them switched off, so that nobody presses one that does nothing yet.
"use strict";

document.addEventListener("allauth.error", (event) => {
  // The person stopped it, or the device refused: said on the page, not in the console.
  event.preventDefault();
  for (const notice of document.querySelectorAll("[data-passkey-refused]")) notice.hidden = false;
});

for (const button of document.querySelectorAll("[data-passkey]")) {
  const ids = { credential: button.dataset.credential, data: "js_data" };
  if (button.dataset.passkey === "add") {
    window.allauth.webauthn.forms.addForm({ ids: { ...ids, add: button.id } });
  } else {
    window.allauth.webauthn.forms.authenticateForm({ ids: { ...ids, authenticate: button.id } });
  }
  button.disabled = false;
}
