/**
 * Reloads the page after each build, or shows what was wrong with the build over the page.
 * Served by `build.py --serve` only.
 */
(() => {
  let shown;

  function show(error) {
    let panel = document.getElementById("build-error");
    if (!panel) {
      panel = document.createElement("pre");
      panel.id = "build-error";
      panel.setAttribute("role", "alert");
      panel.style.cssText =
        "position:fixed;inset:auto 0 0 0;z-index:100;margin:0;padding:1rem;max-height:50vh;overflow:auto;" +
        "font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap;color:#fff;background:#8c1d18";
      document.body.append(panel);
    }
    panel.textContent = error;
  }

  new EventSource("/-/events").addEventListener("message", (event) => {
    const { build, error } = JSON.parse(event.data);
    if (error) show(error);
    else if (shown !== undefined && build !== shown) location.reload();
    shown = build;
  });
})();
