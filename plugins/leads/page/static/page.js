// The page works without this. Framed by Airflow it follows Airflow's theme, and lets the outer
// window follow links: the frame itself may not leave.
(() => {
  "use strict";
  let outer = null;
  try {
    if (window.parent !== window) outer = window.parent.document;
  } catch {
    return; // framed by somebody else: nothing is ours to touch
  }
  if (!outer) return;

  const follow = () => {
    const root = outer.documentElement;
    const told = root.dataset.theme || root.className;
    const theme = /\bdark\b/.test(told) ? "dark" : /\blight\b/.test(told) ? "light" : "";
    if (theme) document.documentElement.dataset.theme = theme;
  };
  follow();
  const watching = new MutationObserver(follow);
  watching.observe(outer.documentElement, { attributes: true, attributeFilter: ["class", "data-theme"] });

  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-top]");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    event.preventDefault();
    const twin = outer.createElement("a");
    twin.href = link.href;
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      twin.target = "_blank";
      twin.rel = "noopener";
    }
    outer.body.append(twin);
    twin.click();
    twin.remove();
  });
})();
