// A page of results that changes in its place. Without this file every link and button loads a page.
(() => {
  "use strict";
  const wide = matchMedia("(min-width: 60rem)");
  const status = document.createElement("p");
  status.className = "vh";
  status.setAttribute("role", "status");
  document.body.append(status);
  let focusOnResults = false;

  // On a wide screen a tick takes effect at once; on a phone the filters have their own button.
  document.addEventListener("change", event => {
    if (wide.matches && event.target.matches(".tick input[form=find], #sort")) {
      event.target.form.requestSubmit();
    }
  });

  document.body.addEventListener("htmx:beforeRequest", event => {
    // Only a whole page leads back from the filters' own screen.
    const from = event.detail.elt;
    if (location.hash === "#filters" && !wide.matches && from.id === "find") {
      event.preventDefault();
      from.submit();
      return;
    }
    focusOnResults = from.matches("a") || document.activeElement?.id === "q" || document.activeElement?.type === "submit";
  });

  // Lists of filters stay as the reader left them.
  let opened = [], focused = "";
  document.body.addEventListener("htmx:beforeSwap", () => {
    opened = [...document.querySelectorAll("#filters details[open]")].map(each => each.id);
    focused = document.activeElement?.id || "";
  });

  document.body.addEventListener("htmx:afterSwap", () => {
    const answer = document.getElementById("answer");
    if (!answer) return;
    document.getElementById("main").dataset.answer = answer.dataset.state;
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    const count = document.getElementById("count"), now = document.getElementById("now");
    status.textContent = [now?.textContent, count.textContent].filter(Boolean).join(". ");
    const kept = focused && document.getElementById(focused);
    if (!focusOnResults && kept) kept.focus({ preventScroll: true });
    else (now || count).focus({ preventScroll: !focusOnResults });
  });

  // What cannot be fetched in its place is loaded as a page, which says what is wrong.
  for (const name of ["htmx:sendError", "htmx:responseError"]) {
    document.body.addEventListener(name, event => { location.href = event.detail.pathInfo.finalRequestPath; });
  }

  document.addEventListener("click", async event => {
    const share = event.target.closest("a[data-share]");
    if (!share || event.ctrlKey || event.metaKey || event.shiftKey) return;
    try {
      if (navigator.share) {
        event.preventDefault();
        await navigator.share({ title: document.title, url: share.href });
      } else if (navigator.clipboard) {
        event.preventDefault();
        await navigator.clipboard.writeText(share.href);
        status.textContent = share.textContent = share.dataset.share;
      }
    } catch (error) {
      if (error.name !== "AbortError") location.href = share.href;
    }
  });
})();
