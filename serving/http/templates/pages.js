// Eases work where a browser runs it; nothing needs it.
"use strict";
// A form is sent once, even if its button is pressed twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
// A page that comes back from the browser's memory can be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
// Whoever leaves with something written is asked first.
let written = false;
document.addEventListener("input", (event) => { if (event.target.form?.method === "post") written = true; });
document.addEventListener("submit", () => { written = false; });
window.addEventListener("beforeunload", (event) => { if (written) event.preventDefault(); });
// A choice that only changes what is shown needs no button.
document.addEventListener("change", (event) => {
  if (event.target.form?.matches(".live")) event.target.form.requestSubmit();
});
// Errors are read first.
document.querySelector(".errors")?.focus();
