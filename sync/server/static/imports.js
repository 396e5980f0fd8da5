"use strict";
// A journal of years takes a while over a telephone: show how much of it has gone.
(() => {
  const bar = document.getElementById("sent");
  const form = document.getElementById("import");
  if (!bar || !form) return;
  form.addEventListener("htmx:xhr:progress", (event) => {
    if (!event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = event.detail.loaded / event.detail.total;
  });
  form.addEventListener("htmx:afterRequest", () => { bar.hidden = true; });
  form.addEventListener("htmx:sendError", () => { bar.hidden = true; });
})();
