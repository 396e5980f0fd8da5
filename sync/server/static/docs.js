"use strict";
// Everything comes from this server; no validator or other host is asked.
window.addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#interface",
    validatorUrl: null,
    // Its links would lie within keys, where no keyboard finds them apart.
    deepLinking: false,
    tryItOutEnabled: false,
  });
});
